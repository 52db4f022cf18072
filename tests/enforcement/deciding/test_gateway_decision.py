"""What passes to the model, and what does not."""

import pytest

from stillwatch.enforcement.deciding.gateway_decision import ALLOWED, GatewayDecision, Limit
from stillwatch.model import ActionKind


@pytest.mark.parametrize("kind", list(ActionKind))
def test_only_what_denies_or_throttles_ends_a_request(kind):
    found = GatewayDecision(Limit(kind, "action 1", "bulk_collection"))
    assert found.passes is (kind not in {"throttle", "step_up", "suspend"})


def test_what_would_have_been_changes_nothing():
    assert ALLOWED.passes
    assert GatewayDecision(would=Limit(ActionKind.SUSPEND, "action 1", "bulk_collection")).passes
