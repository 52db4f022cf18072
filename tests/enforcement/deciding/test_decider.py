"""One answer per request: the strictest rule that holds, and what shadow rules would have done."""

from datetime import timedelta

import pytest

from stillwatch.enforcement.deciding.buckets import LocalBuckets
from stillwatch.enforcement.deciding.decider import Decider
from stillwatch.enforcement.deciding.gateway_decision import ALLOWED
from stillwatch.enforcement.snapshot.holder import Holder
from stillwatch.enforcement.snapshot.rules import Fails
from stillwatch.enforcement.snapshot.snapshot import written
from stillwatch.signing import keys


@pytest.fixture
def decider(tmp_path, snapshot, key, clock):
    """Return a function that makes a decider over pairs of a rule and its accounts."""

    def made(*pairs):
        path = tmp_path / "snapshot"
        path.write_bytes(written(snapshot(*pairs), key))
        holder = Holder(path, keys.public_hex(key), clock=clock, elapsed=clock.elapsed)
        return Decider(holder, LocalBuckets(clock=clock.elapsed), clock=clock)

    return made


def test_everybody_else_passes(decider, rule):
    assert decider((rule(), ["a"])).decide("b") == ALLOWED


@pytest.mark.parametrize("kind", ["observe", "watermark", "withhold", "step_up", "suspend"])
def test_a_limit_says_what_it_is(decider, rule, kind):
    found = decider((rule(kind, rule_id="action 9"), ["a"])).decide("a")
    assert (found.limit.kind, found.limit.rule_id, found.limit.reason) == (kind, "action 9", "bulk_collection")
    assert found.passes is (kind in {"observe", "watermark", "withhold"})


def test_a_throttle_limits_what_is_beyond_its_rate(decider, rule, clock):
    one = decider((rule("throttle"), ["a", "b"]))
    assert [one.decide("a").passes for _ in range(3)] == [True, True, False]
    late = one.decide("a")
    assert late.limit.kind == "throttle"
    assert 0 < late.retry_after_s <= 1
    assert one.decide("b").passes, "of each account alone"
    clock.advance(seconds=late.retry_after_s)
    assert one.decide("a") == ALLOWED


def test_the_strictest_rule_counts_and_a_throttle_comes_before_what_changes_answers(decider, rule):
    kinds = ["watermark", "suspend", "withhold"]
    several = decider(*((rule(kind, rule_id=kind), ["a"]) for kind in kinds), (rule("throttle"), ["b"]),
                      (rule("withhold"), ["b"]))  # fmt: skip
    assert several.decide("a").limit.kind == "suspend"
    assert [several.decide("b").limit.kind for _ in range(3)] == ["withhold", "withhold", "throttle"]


def test_a_rule_ends_without_a_new_snapshot(decider, rule, clock):
    one = decider((rule(until=clock.now + timedelta(minutes=5)), ["a"]))
    assert not one.decide("a").passes
    clock.advance(minutes=5)
    assert one.decide("a") == ALLOWED


def test_a_stale_snapshot_fails_as_each_rule_says(decider, rule, clock):
    one = decider((rule(serves_stale_s=60), ["a"]), (rule(serves_stale_s=60, fails=Fails.CLOSED), ["b"]))
    assert [one.decide(account).passes for account in "ab"] == [False, False]
    clock.advance(seconds=61)
    assert [one.decide(account).passes for account in "ab"] == [True, False]


def test_a_shadow_rule_changes_nothing_and_is_told(decider, rule):
    one = decider((rule("suspend", shadow=True), ["a", "b"]), (rule("watermark"), ["b"]))
    alone, beside = one.decide("a"), one.decide("b")
    assert (alone.limit, alone.would.kind, alone.passes) == (None, "suspend", True)
    assert (beside.limit.kind, beside.would.kind) == ("watermark", "suspend")


def test_a_shadow_rule_that_a_real_one_outdoes_is_not_told(decider, rule):
    found = decider((rule("watermark", shadow=True), ["a"]), (rule("suspend"), ["a"])).decide("a")
    assert (found.limit.kind, found.would) == ("suspend", None)


def test_a_shadow_throttle_takes_nothing_from_the_real_one(decider, rule):
    real, shadow = rule("throttle"), rule("throttle", rule_id="action 2", shadow=True)
    one = decider((real, ["a"]), (shadow, ["a", "b"]))
    assert [one.decide("a").passes for _ in range(3)] == [True, True, False]
    would = [one.decide("b").would for _ in range(3)]
    assert would[:2] == [None, None]
    assert would[2].rule_id == "action 2"


def test_explaining_lists_every_rule_and_counts_for_no_throttle(decider, rule, clock):
    ended = rule("suspend", rule_id="action 2", until=clock.now)
    one = decider((rule("throttle"), ["a"]), (ended, ["a"]))
    for _ in range(5):
        assert [(found.rule_id, holds) for found, holds in one.explain("a")] == [
            ("action 1", True), ("action 2", False),
        ]  # fmt: skip
    assert one.decide("a").passes
