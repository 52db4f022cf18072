"""A rule applies between its times, and as long as the snapshot is fresh enough for it."""

import json
from datetime import timedelta

import pytest

from stillwatch.enforcement.snapshot.rules import Fails, Rule


def test_a_rule_holds_from_its_beginning_to_its_end(rule, clock):
    one = rule(until=clock.now + timedelta(hours=2))
    at = [one.holds(clock.now + timedelta(hours=hours), 0) for hours in (-1, 0, 1.9, 2)]
    assert at == [False, True, True, False]


@pytest.mark.parametrize(("fails", "age", "holds"), [("open", 60, True), ("open", 61, False), ("closed", 10**9, True)])
def test_a_stale_snapshot_ends_a_rule_that_fails_open(rule, clock, fails, age, holds):
    assert rule(fails=Fails(fails), serves_stale_s=60).holds(clock.now, age) is holds


@pytest.mark.parametrize("kind", ["suspend", "throttle", "observe"])
def test_a_rule_is_read_as_it_was_written(rule, clock, kind):
    one = rule(kind, until=clock.now + timedelta(days=1), shadow=True, fails=Fails.CLOSED, serves_stale_s=5)
    assert Rule.read(json.loads(json.dumps(one.written()))) == one


@pytest.mark.parametrize("change", [{"kind": "ban"}, {"fails": "soft"}, {"since": "soon"}, {"parameters": {"a": "x"}}])
def test_what_no_publisher_writes_is_no_rule(rule, change):
    with pytest.raises(ValueError, match=r"valid|Invalid|convert"):
        Rule.read(rule().written() | change)
