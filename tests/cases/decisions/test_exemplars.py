from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.cases import Permission, Role
from stillwatch.cases.access.roles import Actor
from stillwatch.cases.decisions import exemplars
from stillwatch.cases.decisions.exemplars import Prompt, choose
from stillwatch.cases.store import audit
from stillwatch.errors import MissingError, PolicyError

AT = datetime(2026, 3, 1, tzinfo=UTC)
MEMBERS = [f"acct_20c4d8_{n:05d}" for n in range(5)]
PROMPTS = [
    Prompt(account, AT, f"Write to jane@example.org about {account} {i}") for account in MEMBERS for i in range(3)
]


@pytest.fixture
def keeping(store):
    """Let the store keep prompts."""
    store.exemplars = 3


@given(st.permutations(PROMPTS), st.integers(1, 9))
def test_the_same_prompts_are_chosen_in_whatever_order_they_come(prompts, most):
    chosen = choose(prompts, most)
    assert chosen == choose(PROMPTS, most)
    assert len({p.account_id for p in chosen}) == len(chosen) == min(most, 5)


def test_nothing_is_kept_unless_a_setting_says_so(taken, ann, do):
    with pytest.raises(PolicyError, match="do not allow exemplars"):
        do(ann, exemplars.keep, 2, PROMPTS)


def test_prompts_are_kept_redacted_of_members_alone(keeping, taken, ann, do, see):
    stranger = Prompt("acct_7f3a91_00000", AT, "mine")
    assert do(ann, exemplars.keep, 2, [*PROMPTS, stranger, Prompt(MEMBERS[0], AT, " ")]) == 3
    found = see(exemplars.shown, 2)
    assert {x.account_id for x in found} < set(MEMBERS)
    assert all(x.beginning.startswith("Write to [e-mail] about …") for x in found)
    assert do(ann, exemplars.keep, 2, PROMPTS[:3]) == 1
    assert len(see(exemplars.shown, 2)) == 1, "the ones before are gone"


def test_reading_one_asks_why_and_is_written_down(keeping, taken, ann, do, see, desk):
    do(ann, exemplars.keep, 2, PROMPTS)
    one = see(exemplars.shown, 2)[0]
    text = do(ann, exemplars.reveal, 2, one.exemplar_id, "To see whether it is a class.")
    assert text.startswith("Write to [e-mail] about acct_20c4d8_")
    with desk.look() as look:
        last = list(audit.entries(look.session.connection()))[-1]
    assert (last.actor, last.action) == ("ann", "exemplar revealed")
    assert "To see whether it is a class." in last.details
    assert "e-mail" not in last.details
    for case, number in ((1, one.exemplar_id), (2, 99)):
        with pytest.raises(MissingError):
            do(ann, exemplars.reveal, case, number, "why")
    with pytest.raises(PolicyError, match="may not reveal"):
        do(Actor("x", Role.VIEWER), exemplars.reveal, 2, one.exemplar_id, "why", needs=Permission.VIEW)


def test_prompts_are_forgotten_when_their_time_is_over(keeping, taken, store, ann, do, see, clock, desk):
    do(ann, exemplars.keep, 2, PROMPTS)
    one = see(exemplars.shown, 2)[0]
    clock.advance(days=30)
    assert see(exemplars.shown, 2) == []
    with pytest.raises(MissingError):
        do(ann, exemplars.reveal, 2, one.exemplar_id, "why")
    assert do(ann, exemplars.forget) == 3
    if store.is_sqlite:
        desk.close()
        assert b"[e-mail]" not in Path(store.url.removeprefix("sqlite:///")).read_bytes()
