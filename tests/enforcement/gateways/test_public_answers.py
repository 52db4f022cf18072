"""A client is told the class of reason and how to object, and no rule, number or other account."""

import orjson
import pytest

from stillwatch.enforcement.deciding.gateway_decision import ALLOWED, GatewayDecision, Limit
from stillwatch.enforcement.gateways.public_answers import public_answer, too_large, unreadable
from stillwatch.model import ActionKind


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("throttle", 429, "rate_limit_exceeded"), ("step_up", 403, "verification_required"),
     ("suspend", 403, "account_suspended")],
)  # fmt: skip
def test_what_is_told(kind, status, code):
    decision = GatewayDecision(Limit(ActionKind(kind), "action 12", "bulk_collection"), 2.1)
    told = public_answer(decision, appeal_address="help@example.org")
    error = orjson.loads(told.body)["error"]
    assert (told.status, error["code"]) == (status, code)
    assert "bulk_collection" in error["message"]
    assert "help@example.org" in error["message"]
    assert b"action 12" not in told.body
    headers = dict(told.headers)
    assert headers[b"content-length"] == str(len(told.body)).encode()
    assert headers.get(b"retry-after") == (b"3" if kind == "throttle" else None)


def test_what_passes_has_no_answer_of_the_gateway():
    with pytest.raises(ValueError, match="from the model"):
        public_answer(ALLOWED)


def test_what_is_refused_says_why():
    assert unreadable("the body is no JSON object").status == 400
    assert too_large(1000).status == 413
    assert b"1,000 bytes" in too_large(1000).body
