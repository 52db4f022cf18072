from typing import Any

import pytest

from stillwatch.ingest.parsing.statuses import is_refusal, outcome, problem_of, problem_words


@pytest.mark.parametrize(
    ("code", "words", "failed", "expected"),
    [
        (200, (), False, "ok"),
        ("cached", (), False, "ok"),
        ("2xx", (), False, "ok"),
        ("5xx", (), False, "error"),
        ("200", (), False, "ok"),
        (None, (), False, "ok"),
        (None, (), True, "error"),
        (429, (), False, "throttled"),
        ("529", (), True, "throttled"),
        (401, (), True, "refused"),
        ("403", (), False, "refused"),
        (500, (), False, "error"),
        (400, ("BadRequestError",), True, "error"),
        (400, ("ContentPolicyViolationError",), True, "refused"),
        (500, ("RateLimitError",), True, "throttled"),
        (None, ("rate limit exceeded",), True, "throttled"),
        (None, ("overloaded_error",), True, "throttled"),
        ("refused", (), False, "refused"),
        ("nonsense", (None, 3, ["x"]), False, "nonsense"),
        (True, (), False, "ok"),
        (False, (), False, "error"),
        ("200 OK", (), False, "ok"),
        (200.0, (), False, "ok"),
        ("HTTP/1.1 429 Too Many Requests", (), False, "throttled"),
        ("503", (), False, "error"),
        (0, (), False, "error"),
        (304, (), False, "error"),
        ("500ms", (), False, "500ms"),
        ("success", (), False, "ok"),
        ("Failed", (), False, "error"),
        ("StatusCode.ERROR", (), False, "error"),
        ("rate-limited", (), False, "throttled"),
        ("blocked", (), False, "refused"),
        ("upstream_error", (), False, "error"),
        ("error", (), False, "error"),
        ("error", ("rate_limit_exceeded",), True, "throttled"),
        ("request-failed", (), False, "error"),
        ("partial_success", (), False, "ok"),
        ("unsuccessful", (), False, "error"),
        ("ERROR 429", (), False, "throttled"),
        ("-", (), False, "ok"),
        (200, ("stop",), False, "ok"),
        (None, ("Error code: 429 - {'error': {}}",), True, "throttled"),
        (None, ("[Errno 111] Connection refused",), True, "error"),
        (400, ("Additional properties are not allowed",), True, "error"),
        (400, ("the prompt triggered the content management policy",), True, "refused"),
    ],
)
def test_outcome(code: object, words: tuple[object, ...], failed: bool, expected: str) -> None:
    assert outcome(code, *words, failed=failed) == expected


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error": {"code": "content_filter", "status": 400, "message": "filtered"}}, "refused"),
        ({"error": {"code": None, "status": 400, "innererror": {"code": "ResponsibleAIPolicyViolation"}}}, "refused"),
        ({"error": {"code": 400, "message": "the response was filtered by the content management policy"}}, "refused"),
        ({"error": {"code": "429", "message": "the call rate was exceeded"}}, "throttled"),
        ({"error": {"type": "insufficient_quota", "code": "insufficient_quota"}}, "throttled"),
        ({"error": {"type": "invalid_request_error", "code": "invalid_api_key", "message": "wrong key"}}, "refused"),
        ({"error": '{"type": "rate_limit_error"}'}, "throttled"),
        ({"error": "Rate limit reached"}, "throttled"),
        ({"errors": [{"code": 10000, "message": "Authentication error"}]}, "refused"),
        ({"statusCode": 401, "message": "invalid subscription key"}, "refused"),
        ({"object": "error", "message": "no such tool", "type": "BadRequestError", "code": 400}, "error"),
        ({"__type": "ThrottlingException", "message": "later"}, "throttled"),
        ({"code": 1, "detail": "Not authenticated"}, "refused"),
    ],
)
def test_the_reason_of_a_failure_is_read_where_it_stands(body: dict[str, object], status: str) -> None:
    problem = problem_of(body)
    assert problem is not None
    assert outcome(None, *problem_words(problem), failed=True) == status


def test_an_answer_is_no_error_body() -> None:
    for body in (
        {"choices": []},
        {"error": None, "output": []},
        {"message": {"content": "Hi"}, "usage": {}},
        {},
        {"message": "Hi"},
    ):
        assert problem_of(body) is None
    assert problem_words(None, {}, "", [None, 7]) == []


@pytest.mark.parametrize(
    ("reason", "withheld"),
    [("SAFETY", True), ("content-filter", True), ("refusal", True), ("stop", False), (None, False), (7, False)],
)
def test_reasons_of_a_withheld_answer(reason: Any, withheld: bool) -> None:
    assert is_refusal(reason) is withheld
