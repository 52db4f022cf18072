"""What people decided becomes rules for gateways; what they lifted, held out or rehearsed does not limit anybody."""

from datetime import timedelta

import pytest

from stillwatch.cases.decisions import actions, allowances, judgements
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.enforcement.publishing.compilation import compiled
from stillwatch.settings import GatewaySettings


@pytest.fixture
def found(desk):
    """Return a function that compiles, and gives the kinds of the rules of each account."""

    def made(settings=None):
        with desk.look() as look:
            now = compiled(look, settings or GatewaySettings())
        return now, {
            account: [str(now.rules[place].kind) for place in now.index.rules_of(account)] for account in "abcd"
        }

    return made


def test_limits_in_force_become_rules(found, limited, clock):
    ends = clock.now + timedelta(days=3)
    limited("suspend", ["a", "b"])
    limited("throttle", ["b"], ends_at=ends)
    now, kinds = found(GatewaySettings(throttle_per_minute=7, throttle_burst=2, serve_stale_hours=1))
    assert kinds == {"a": ["suspend"], "b": ["suspend", "throttle"], "c": [], "d": []}
    suspend, throttle = now.rules
    assert (suspend.rule_id, suspend.group, suspend.until, suspend.since) == ("action 1", "case 1", None, clock.now)
    assert (throttle.until, throttle.parameters) == (ends, {"per_minute": 7, "burst": 2})
    assert {rule.reason for rule in now.rules} == {"bulk_collection"}
    assert (throttle.serves_stale_s, throttle.fails) == (3600, "open")


def test_an_account_that_is_cleared_is_left_out(found, limited, do, ann, lea, clock):
    number = limited("suspend", ["a", "b", "c", "d"])
    do(ann, judgements.judge, 1, Verdict.INNOCENT, "A class.", accounts=["a"])
    do(ann, actions.undo, number, "They called.", ["b"])
    do(
        lea,
        allowances.allow,
        allowances.AllowanceKind.RESEARCH,
        "A lab",
        ["c"],
        "A contract.",
        clock.now + timedelta(1),
    )
    _, kinds = found()
    assert kinds == {"a": [], "b": [], "c": [], "d": ["suspend"]}
    clock.advance(days=1)
    assert found()[1]["c"] == ["suspend"], "the allowance has ended"


def test_held_out_accounts_are_limited_by_nothing(found, limited):
    limited("suspend", ["a", "b", "c", "d"], holdout=0.5)
    _, kinds = found()
    assert sorted(kinds.values()) == [[], [], ["suspend"], ["suspend"]]


def test_a_dry_run_with_an_end_is_a_shadow_rule_until_then(found, limited, clock):
    limited("suspend", ["a"], dry_run=True, ends_at=clock.now + timedelta(days=2))
    limited("suspend", ["b"], dry_run=True)
    now, kinds = found()
    assert kinds["a"] == ["suspend"]
    assert kinds["b"] == [], "without an end it is over once it has been rehearsed"
    assert [rule.shadow for rule in now.rules] == [True]
    clock.advance(days=2)
    assert found()[0].rules == ()


def test_denials_with_one_name_are_counted_apart(found, limited, clock):
    limited("suspend", ["a", "b"])  # below cases.two_people_above
    limited("suspend", ["c", "e", "f", "g"])  # a second person approved
    limited("throttle", ["c"])
    limited("step_up", ["d"])
    limited("suspend", ["x"], dry_run=True, ends_at=clock.now + timedelta(days=1))
    now, _ = found()
    assert {account for account in "abcdefgx" if now.denied_alone.rules_of(account)} == {"a", "b", "d"}


def test_the_same_decisions_compile_to_the_same(found, limited):
    limited("suspend", ["b", "a"])
    one, other = found()[0], found()[0]
    assert one.same_as(other)
    assert not one.same_as(None)
    limited("observe", ["c"])
    assert not one.same_as(found()[0])
