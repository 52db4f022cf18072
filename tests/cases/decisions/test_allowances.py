from datetime import timedelta

import pytest

from stillwatch.cases.decisions import allowances
from stillwatch.cases.decisions.allowances import AllowanceKind
from stillwatch.errors import InputError, PolicyError


def test_an_allowance_holds_until_its_day(desk, lea, do, see, clock):
    until = clock.now + timedelta(days=90)
    number = do(lea, allowances.allow, AllowanceKind.RESEARCH, "A university", ["a", "b"], "Agreement 12.", until)
    assert see(allowances.allowed, ["a", "b", "c"]) == {"a", "b"}
    assert [(x.allowance_id, x.holder) for x in see(allowances.allowances)] == [(number, "A university")]
    clock.advance(days=90)
    assert see(allowances.allowed, ["a"]) == set()
    assert see(allowances.allowances) == []


def test_an_allowance_can_be_revoked(desk, lea, leo, do, see, clock):
    until = clock.now + timedelta(days=90)
    number = do(lea, allowances.allow, AllowanceKind.EVALUATION, "A lab", ["a"], "why", until)
    do(leo, allowances.revoke, number, "It was used for something else.")
    assert see(allowances.allowed, ["a"]) == set()
    with pytest.raises(InputError, match="no such allowance"):
        do(leo, allowances.revoke, number, "Again.")


def test_who_may_not_approve_allows_nothing(desk, ann, lea, do, clock):
    until = clock.now + timedelta(days=1)
    with pytest.raises(PolicyError, match="may not approve"):
        do(ann, allowances.allow, AllowanceKind.RESEARCH, "x", ["a"], "why", until)
    with pytest.raises(InputError, match="end has already passed"):
        do(lea, allowances.allow, AllowanceKind.RESEARCH, "x", ["a"], "why", clock.now)
    with pytest.raises(InputError, match="no accounts"):
        do(lea, allowances.allow, AllowanceKind.RESEARCH, "x", [], "why", until)


def test_those_that_hold_are_listed_first_and_by_their_end(lea, do, see, clock):
    days = {"late": 9, "soon": 2, "ended": 9, "expired": 1}
    for name, n in days.items():
        until = clock.now + timedelta(days=n)
        do(lea, allowances.allow, AllowanceKind.EVALUATION, name, ["a", "b"], "why", until)
    do(lea, allowances.revoke, 3, "why")
    clock.advance(days=1)
    found, total = see(allowances.listed)
    assert [(x.holder, x.holds, x.n_accounts) for x in found] == [
        ("soon", True, 2),
        ("late", True, 2),
        ("expired", False, 2),
        ("ended", False, 2),
    ]
    part, again = see(allowances.listed, start=3, count=5)
    assert ([x.revoked_by for x in part], total, again) == (["lea"], 4, 4)
