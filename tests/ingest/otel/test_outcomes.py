from typing import Any

import pytest

from stillwatch.ingest.otel.outcomes import status_of

FAILED = {"status": {"code": 2}}


def exception(kind: str, message: str = "") -> list[tuple[str, dict[str, Any]]]:
    return [("exception", {"exception.type": kind, "exception.message": message})]


@pytest.mark.parametrize(
    ("span", "facts", "events", "status"),
    [
        ({}, {}, [], "ok"),
        ({"status": {"code": "STATUS_CODE_OK"}}, {"finish_reasons": ["stop"]}, [], "ok"),
        (FAILED, {}, [], "error"),
        (FAILED, {"error": "timeout"}, [], "error"),
        (FAILED, {"error": "RateLimitError"}, [], "throttled"),
        (FAILED, {"error": "429"}, [], "throttled"),
        (FAILED, {"http_code": "401"}, [], "refused"),
        ({}, {"http_code": 503}, [], "error"),
        ({}, {"http_code": 200}, [], "ok"),
        ({"status": {"code": 2, "message": "Rate limit exceeded. Please retry."}}, {}, [], "throttled"),
        ({"status": {"code": 2, "message": "Error code: 403 - no"}}, {}, [], "refused"),
        ({"status": {"code": 2, "message": "status_code: 529, body"}}, {}, [], "throttled"),
        ({"status": {"code": 2, "message": "room 429 is closed"}}, {}, [], "error"),
        (FAILED, {}, exception("openai.AuthenticationError"), "refused"),
        (FAILED, {}, exception("AI_APICallError", "Too Many Requests"), "throttled"),
        ({}, {}, exception("openai.RateLimitError"), "throttled"),
        ({}, {"output_tokens": 3}, exception("openai.RateLimitError"), "ok"),  # it was tried again
        ({}, {"finish_reasons": '["content_filter"]'}, [], "refused"),
        ({}, {"finish_reasons": "content-filter"}, [], "refused"),
        ({}, {"finish_reasons": ["SAFETY"]}, [], "refused"),
        ({}, {"success": False}, [], "error"),
        ({}, {"success": "false", "http_code": 429}, [], "throttled"),
        ({}, {"level": "ERROR", "error_message": "quota exceeded"}, [], "throttled"),
        ({}, {"error": False}, [], "ok"),
        ({}, {"error": True, "http_code": 429}, [], "throttled"),
        ({}, {"state": "ERROR", "error_message": "Too many requests"}, [], "throttled"),
    ],
)
def test_the_reason_of_a_failure_wherever_it_stands(span: Any, facts: Any, events: Any, status: str) -> None:
    assert status_of(span, facts, events) == status


def test_a_type_counts_before_a_message_that_quotes_somebody() -> None:
    facts = {"error": "RateLimitError", "error_message": "the prompt said: content_filter"}
    assert status_of(FAILED, facts, []) == "throttled"


def test_finish_reasons_of_the_answer() -> None:
    assert status_of({}, {}, [], ["stop", "refusal"]) == "refused"
