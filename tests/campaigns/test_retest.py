"""A campaign without some of its members: what a scan left says what a scan of the others would say of them."""

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns.candidates import Group
from stillwatch.campaigns.coordination import CROSSING, MAX_BITS, Sharing, coordination
from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.ground_rows import bond_rows, everywhere, ground_rows
from stillwatch.campaigns.membership import Membership
from stillwatch.campaigns.retest import prepare_retest
from stillwatch.campaigns.sameness import sameness
from stillwatch.errors import InputError
from stillwatch.model import RetestVerdict
from stillwatch.settings import CampaignsSettings
from stillwatch.tables import BONDS, GROUNDS

TASTES = Tastes(0.2, 0.4, 0.125)
RULES = CampaignsSettings()


class Left:
    """A group as a scan leaves it, and what the scan itself says of any part of it."""

    def __init__(self, population, bonds, members):
        self.sharing, self.members = Sharing(population, bonds), members
        nothing = np.zeros(len(members))
        found = Membership(members, nothing + 1, nothing, np.zeros((len(members), 5)))
        group = Group(0.01, found, sameness(population.whole, members, TASTES), self.sharing.evidence(members))
        self.grounds = pa.Table.from_pylist(ground_rows(self.sharing, TASTES, group, "C"), schema=GROUNDS.schema)
        self.bonds = pa.Table.from_pylist(bond_rows(self.sharing, group, "C"), schema=BONDS.schema)
        self.names = [population.accounts[m] for m in members]

    def without(self, *positions, rules=RULES):
        removed = {self.names[p] for p in positions}
        return prepare_retest(self.grounds, self.bonds, everywhere(self.sharing))(removed, rules)

    def scanned(self, *positions):
        """Return the tests that a scan makes of the others, and their dial."""
        others = np.delete(self.members, list(positions))
        tests = self.sharing.evidence(others)
        same = sameness(self.sharing.population.whole, others, TASTES)
        return {t.reason.signal: t for t in tests if t.tells}, same, coordination(same, tests)


@pytest.fixture
def left(sample, bonds, households):
    """Forty accounts that were dealt one list; thirty share three cards, and all of them five networks."""
    drawn = sample(honest=400, dealt=40, prompts=20)
    who = drawn.dealt
    shared = {
        "shared_payment": {f"card-{c}": who[10 * c : 10 * c + 10].tolist() for c in range(3)}
        | households(400, 0.2, 3, 1),
        "shared_address": {f"net-{n}": who[n::5].tolist() for n in range(5)}
        | households(400, 0.5, 4, 2)
        # Most of them have an address or two that only strangers have, too.
        | {f"exit-{n}": [int(who[n % 40]), 3 * n, 3 * n + 1, 3 * n + 2] for n in range(60)},
    }
    return Left(drawn.population, bonds(drawn.population, shared), who)


@pytest.mark.parametrize("out", [(), (0,), tuple(range(8)), tuple(range(10, 40)), (0, 5, 11, 17, 22, 31)])
def test_what_is_left_is_what_a_scan_says_of_the_others(left, out):
    found = left.without(*out)
    tests, same, dial = left.scanned(*out)
    lines = {line.signal: line for line in found.lines}
    assert found.n_accounts == 40 - len(out)
    assert found.n_removed == len(out)
    assert found.coordination_after == pytest.approx(dial, abs=1e-3)
    assert {s for s, line in lines.items() if line.bits_after} == {*tests, *(["same_worklist"] if same.tells else [])}
    for signal, test in tests.items():
        assert lines[signal].after == pytest.approx(test.reason.observed)
        assert lines[signal].bits_after == pytest.approx(test.reason.value, rel=1e-6)
        assert lines[signal].expected == pytest.approx(test.reason.expected)
    assert lines["same_worklist"].after == pytest.approx(same.observed, abs=1e-4)


def test_a_campaign_stands_as_it_is_and_without_a_few(left):
    assert left.without().verdict is RetestVerdict.STANDS
    assert left.without().why == ""
    assert left.without().coordination_before == left.without().coordination_after
    assert left.without(3, 4, 5).verdict is RetestVerdict.STANDS


def test_too_few_are_no_campaign(left):
    found = left.without(*range(2, 40))
    assert found.verdict is RetestVerdict.FALLS
    assert "min_accounts" in found.why
    assert left.without(*range(40)).n_accounts == 0
    assert left.without(*range(40)).coordination_after == 0


def test_without_those_who_were_run_together_the_rest_are_strangers(sample, bonds, households):
    """Eight who share a card and a network carry a group of twenty people with tastes of their own."""
    drawn = sample(honest=400, prompts=20)
    who = np.arange(20)
    shared = {
        "shared_payment": {"card": list(range(8))} | households(400, 0.2, 3, 1),
        "shared_address": {"net": list(range(8))} | households(400, 0.5, 4, 2),
    }
    group = Left(drawn.population, bonds(drawn.population, shared), who)
    lenient = RULES.model_copy(update={"min_coordination": 0.2})
    assert group.without(rules=lenient).verdict is RetestVerdict.STANDS
    found = group.without(*range(8), rules=lenient)
    assert found.verdict is RetestVerdict.FALLS
    assert "min_coordination" in found.why
    assert all(line.bits_after == 0 for line in found.lines)


def test_one_family_alone_does_not_carry_a_campaign(sample, bonds, households):
    drawn = sample(honest=400, prompts=20)
    shared = {"shared_payment": {"card": list(range(20))} | households(400, 0.2, 3, 1)}
    found = Left(drawn.population, bonds(drawn.population, shared), np.arange(20)).without()
    assert found.verdict is RetestVerdict.FALLS
    assert "one family" in found.why


def test_ties_that_cross_are_tested_again(sample, bonds):
    drawn = sample(honest=600, prompts=1)
    cards = {f"c-{h}": list(range(6 * h, 6 * h + 6)) for h in range(5)}
    devices = {f"d-{h}": list(range(h, 30, 5)) for h in range(5)}
    homes = {f"h-{h}": list(range(100 + 4 * h, 104 + 4 * h)) for h in range(40)}
    shared = {"shared_payment": cards | homes, "shared_device": devices | homes}
    group = Left(drawn.population, bonds(drawn.population, shared), np.arange(30))
    for out in ((), (0, 1, 2), tuple(range(12))):
        tests, _, _ = group.scanned(*out)
        lines = {line.signal: line for line in group.without(*out).lines}
        assert lines[CROSSING].bits_after == pytest.approx(tests[CROSSING].reason.value)
    assert group.without().verdict is RetestVerdict.STANDS


def test_what_anybody_can_copy_holds_no_campaign_together(sample, bonds, households):
    """A card, and beside it a client, a template and a link that all have: still one family."""
    drawn = sample(honest=400, prompts=20)
    everybody = {name: {"all": list(range(20))} for name in ("shared_user_agent", "shared_frame", "model_move")}
    cards = {f"c-{h}": list(range(5 * h, 5 * h + 5)) for h in range(4)}
    links = {f"l-{h}": list(range(h, 20, 4)) for h in range(4)}
    shared = {"shared_payment": cards | households(400, 0.2, 3, 1), "shared_referrer": links, **everybody}
    group = Left(drawn.population, bonds(drawn.population, shared), np.arange(20))
    assert set(group.bonds["signal"].to_pylist()) == set(shared), "they are told, as what members have in common"
    found = group.without()
    assert {line.signal for line in found.lines} == {"shared_payment"}
    assert found.verdict is RetestVerdict.FALLS
    assert found.why


def test_evidence_is_capped_as_in_a_scan(left):
    values = [line.bits_before for line in left.without().lines]
    assert 0 < min(values) <= max(values) == pytest.approx(MAX_BITS)


def test_members_of_whom_nothing_is_known_are_tested_by_what_they_share(left):
    cut = left.grounds.to_pylist()
    for row in cut:
        row.update(n=0, mean=None)
    left.grounds = pa.Table.from_pylist(cut, schema=GROUNDS.schema)
    found = left.without()
    assert "same_worklist" not in {line.signal for line in found.lines}
    assert found.verdict is RetestVerdict.STANDS


def test_a_bond_that_does_not_fit_says_nothing(left):
    whole = left.without()
    stranger = {**left.bonds.to_pylist()[0], "account_id": "nobody"}
    unknown = {**left.bonds.to_pylist()[0], "hub": "another", "n_holders": None}
    left.bonds = pa.Table.from_pylist([*left.bonds.to_pylist(), stranger, unknown], schema=BONDS.schema)
    assert left.without() == whole


def test_vectors_of_different_lengths_are_told(left):
    cut = left.grounds.to_pylist()
    cut[3]["mean"] = cut[3]["mean"][:-2]
    left.grounds = pa.Table.from_pylist(cut, schema=GROUNDS.schema)
    with pytest.raises(InputError, match="different lengths"):
        left.without()


@pytest.mark.parametrize("broken", [{}, {"n_units": 3}, {"n_units": "x", "n_tied": 1, "n_crossing": 1, "signals": []}])
def test_a_summary_without_strangers_is_told(left, broken):
    with pytest.raises(InputError, match="strangers share"):
        prepare_retest(left.grounds, left.bonds, broken)
