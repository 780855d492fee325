"""What a message never holds."""

import pytest

from churnrisk.errors import without_secrets


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("password=hunter2 host=h", "password=*** host=h"),
        ("('password=hunter2')", "('password=***')"),
        ("password='hun ter2' host=h", "password=*** host=h"),
        ("PGPASSWORD=hunter2", "PGPASSWORD=***"),
        ("AWS_SECRET_ACCESS_KEY=hunter2", "AWS_SECRET_ACCESS_KEY=***"),
        ("GET /list?access_token=hunter2&page=2", "GET /list?access_token=***&page=2"),
        ("GET /list?X-Amz-Signature=hunter2", "GET /list?X-Amz-Signature=***"),
        ("{'user': 'ana', 'password': 'hunter2'}", "{'user': 'ana', 'password': ***}"),
        ("postgresql://ana:hunter2@host/db", "postgresql://***@host/db"),
        ("the token is missing: set it", "the token is missing: set it"),
        ("mail ana@host, see http://host", "mail ana@host, see http://host"),
    ],
)
def test_a_secret_is_never_printed_and_all_else_is(text, printed):
    assert without_secrets(text) == printed
