import dataclasses

import pytest

from stillwatch.model import CAPABILITIES, Family, Reason, ReasonKind, Severity


def test_severities_rank_in_order_of_urgency() -> None:
    assert [severity.rank for severity in (Severity.WATCH, Severity.REVIEW, Severity.URGENT)] == [0, 1, 2]
    assert Severity("review") is Severity.REVIEW


def test_there_are_the_five_families_of_the_design() -> None:
    assert {str(family) for family in Family} == {"identity", "infrastructure", "client", "content", "tempo"}


def test_values_cannot_be_changed() -> None:
    reason = Reason("shared_payment", "identity", ReasonKind.RARITY, expected=0.1, observed=3, value=12.5, cap=20.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        reason.value = 99.0  # type: ignore[misc]


def test_capabilities_keep_their_order_because_sketches_store_the_index() -> None:
    assert [capability.name for capability in CAPABILITIES][:11] == [
        "software engineering",
        "agentic reasoning",
        "tool use",
        "reasoning traces",
        "grading",
        "rewriting",
        "data analysis",
        "role-play",
        "chat",
        "search",
        "business bot",
    ]
    assert len({capability.name for capability in CAPABILITIES}) == len(CAPABILITIES) <= 127
    assert all(capability.sentence for capability in CAPABILITIES)
