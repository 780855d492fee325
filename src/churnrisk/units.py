"""The units of features and columns, and what each means."""

UNITS = {
    "hours": "whole or part hours",
    "days": "whole or part days",
    "weeks": "weeks of seven days",
    "months": "calendar months",
    "count": "how many",
    "seats": "users that a subscription pays for",
    "per week": "how many in a week, on average",
    "ratio": "one level over another; 1 is unchanged",
    "share": "a part of a whole, 0 to 1",
    "slope": "relative change a week; 0 is level",
    "money": "the company's own currency, a month where it recurs",
    "score": "points on the scale of its source",
    "yes/no": "1 is yes, 0 is no",
    "number": "as the company gives it",
    "category": "one of a set of words",
}
