"""Names that break spreadsheets, pages, queries and files that don't guard themselves."""

NAMES = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    'Müller & Söhne "Fein"',
    "@SUM(1+1)*9",
    "+1;-1",
    "-2+3",
    "<img src=x onerror=alert(2)> GmbH",
    "'); DROP TABLE accounts; --",
    "</script></main><h1>",
    "{{ 7 * 7 }} {% raw %}",
    'Łódź 東京 "Trading", Ltd',
    "https://example.org/?a=1&b=2",
    "{=1+1}",
    "\\u003cb\\u003e \\",
)
