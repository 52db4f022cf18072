from typing import Any

import pytest

from stillwatch.ingest.bodies.exchange_bodies import read_bodies

ASKED = {"model": "large-1", "messages": [{"role": "user", "content": "Why?"}]}


def test_both_bodies_make_one_row() -> None:
    found = read_bodies(ASKED, {"choices": [{"message": {"content": "So"}}], "usage": {"prompt_tokens": 3}})
    assert (found.row["prompt"], found.row["completion"], found.row["input_tokens"]) == ("Why?", "So", 3)
    assert found.row["model"] == "large-1"
    assert found.status(200) == "ok"


def test_no_bodies_make_an_empty_row() -> None:
    found = read_bodies(None, None)
    assert {value for value in found.row.values() if value is not None} == set()
    assert found.status(None, failed=True) == "error"


@pytest.mark.parametrize(
    ("answer", "code", "status"),
    [
        ({"error": {"type": "rate_limit_exceeded"}}, None, "throttled"),
        ({"error": {"code": 403}}, None, "refused"),
        ({"error": "it broke"}, 200, "error"),
        ({"error": {"message": "it broke"}}, 429, "throttled"),
        ({"choices": [{"finish_reason": "content_filter"}]}, 200, "refused"),
        ({"error_code": "PERMISSION_DENIED"}, 400, "refused"),
        ({"choices": []}, 500, "error"),
    ],
)
def test_how_it_ended(answer: Any, code: Any, status: str) -> None:
    assert read_bodies(ASKED, answer).status(code) == status
