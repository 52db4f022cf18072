from typing import Any

import pytest

from stillwatch.ingest.parsing.bodies.callers import caller_in, read_caller

HASH = "ab" * 32
ACCOUNT, SESSION = "11111111-2222-3333-4444-555555555555", "99999999-8888-7777-6666-555555555555"


@pytest.mark.parametrize(
    ("request_body", "caller"),
    [
        ({"user": "u"}, ("u", None)),
        ({"safety_identifier": "s", "user": "u", "prompt_cache_key": "k"}, ("s", None)),
        ({"prompt_cache_key": "k"}, (None, None)),
        ({"metadata": {"user_id": "u", "session_id": "c"}}, ("u", "c")),
        ({"metadata": {"user_id": f"user_{HASH}_account_{ACCOUNT}_session_{SESSION}"}}, (ACCOUNT, SESSION)),
        ({"metadata": {"user_id": f"user_{HASH}_account__session_{SESSION}"}}, (HASH, SESSION)),
        ({"user": "u", "conversation": {"id": "c"}}, ("u", "c")),
        ({"user": "u", "conversation": "c"}, ("u", "c")),
        ({"user": "NULL"}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_who_asked(request_body: dict[str, Any], caller: tuple[str | None, str | None]) -> None:
    assert caller_in(request_body) == caller


def test_a_caller_in_json() -> None:
    told = f'{{"device_id": "d", "account_uuid": "{ACCOUNT}", "session_id": "s"}}'
    assert read_caller(told) == (ACCOUNT, "s")
    assert read_caller('{"device_id": "d", "account_uuid": "", "session_id": "s"}') == ("d", "s")
    assert read_caller("user_17_account_x") == ("user_17_account_x", None)
    assert read_caller(None) == (None, None)
