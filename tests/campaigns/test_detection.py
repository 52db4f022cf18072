"""Links, profiles and prints in; campaigns that both keys fit out."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns import detect, detection
from stillwatch.engine import DuckDBEngine
from stillwatch.model import Severity
from stillwatch.settings import CampaignsSettings
from stillwatch.tables import ACTIVITY, BONDS, CAMPAIGNS, JUDGED, LINKS, MEMBERS, PLACES, PRINTS, PROFILES, SPREADS

SETTINGS = CampaignsSettings()
DEALT = np.arange(300, 340)
NOWHERE = {"places": PLACES.schema.empty_table(), "spreads": SPREADS.schema.empty_table(), "vectors": ()}
"""Accounts whose prompts fall into no topic: whole accounts are all there is to compare."""
RING = {f"ring-{h}": [int(DEALT[h]), *DEALT[h + 1 :: 8].tolist()] for h in range(8)}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with DuckDBEngine(tmp_path_factory.mktemp("detection"), threads=1) as engine:
        yield engine


def _prints(honest_items=30, passes=2):
    """Everybody asks 40 prompts; the dealt ones come up *passes* times each, in accounts drawn at random."""
    random = np.random.default_rng(1)
    at = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    rest = {"at": at, "system_hash": 0, "head_hash": 0, "tail_hash": 0, "n_words": 12, "capability": -1, "asks": 0}
    rows = []
    for i in range(300):
        own = (
            random.integers(10_000 + 50 * i, 10_050 + 50 * i, 36).tolist()
            + random.integers(1, honest_items, 4).tolist()
        )
        rows += [{"account_id": f"acct-{i}", "prompt_hash": p, **rest} for p in own]
    items = len(DEALT) * 40 // passes
    passes_ = np.concatenate([random.permutation(items) for _ in range(passes)]) + 10**6
    for account, own in zip(DEALT, np.split(passes_, len(DEALT)), strict=True):
        rows += [{"account_id": f"acct-{account}", "prompt_hash": int(p), **rest} for p in own]
    return pa.Table.from_pylist(rows, schema=PRINTS.schema)


@pytest.fixture(scope="module")
def prints():
    return _prints()


@pytest.fixture(scope="module")
def drawn(sample):
    return sample(honest=300, dealt=40, prompts=40, n_asking=[0] * 300 + [20] * 40)


@pytest.fixture(scope="module")
def loose(sample):
    """A group whose members differ a little, so that no dial stands at its end."""
    return sample(honest=300, dealt=40, prompts=40, dealt_taste=0.01, n_asking=[0] * 300 + [20] * 40)


def _detect(engine, sample, links, prints, settings=SETTINGS, judged=None):
    return detect(
        engine, activity=sample.activity, profiles=sample.profiles, links=links, prints=prints, settings=settings,
        judged=judged, **NOWHERE,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(engine, drawn, links_of, prints):
    return _detect(engine, drawn, links_of({"shared_payment": RING}), prints)


def test_a_campaign_is_found_and_its_tables_agree(found, drawn):
    assert found.campaigns.schema.equals(CAMPAIGNS.schema)
    assert found.members.schema.equals(MEMBERS.schema)
    assert found.bonds.schema.equals(BONDS.schema)
    (campaign,) = found.campaigns.to_pylist()
    members = found.members.to_pylist()
    assert {m["account_id"] for m in members} == {f"acct-{i}" for i in DEALT}
    assert {m["campaign_id"] for m in members} == {campaign["campaign_id"]}
    assert campaign["n_accounts"] == 40
    assert campaign["n_exchanges"] == 40 * 40
    assert campaign["severity"] in {Severity.REVIEW, Severity.URGENT}
    stated = [m["p_member"] for m in members]
    assert np.round(stated, 9).tolist() == sorted(np.round(stated, 9).tolist(), reverse=True)
    assert min(stated) >= SETTINGS.min_member
    assert {b["signal"] for b in found.bonds.to_pylist()} == {"shared_payment"}
    assert {b["bits"] for b in found.bonds.to_pylist()} == {6.0}
    assert found.counts["n_groups_coordinated"] >= 1
    assert found.counts["n_groups_tested"] >= found.counts["n_groups_coordinated"]


def test_a_group_is_held_against_what_all_others_ask(engine, drawn, links_of, prints, monkeypatch):
    """Who carries the traffic of many is told by it; of a group by a part, the rest is anybody's."""
    cards = []
    card = detection.harvest.card

    def spy(*arguments, **named):
        cards.append(named)
        return card(*arguments, **named)

    monkeypatch.setattr(detection.harvest, "card", spy)
    found = _detect(engine, drawn, links_of({"shared_payment": RING}), prints)
    assert len(found.campaigns) == 1
    (given,) = (named["usual"] for named in cards if not named["covered"])
    n = drawn.population.whole.n
    assert given[2] == pytest.approx(n[:300].sum(), rel=0.02), "everybody else's exchanges and nobody of the group's"


def test_of_many_accounts_a_group_is_held_against_some(engine, drawn, links_of, prints, monkeypatch, found):
    seen, card = [], detection.harvest.card

    def spy(population, members, outside, *rest, **named):
        seen.append(outside)
        return card(population, members, outside, *rest, **named)

    monkeypatch.setattr(detection.harvest, "card", spy)
    monkeypatch.setattr("stillwatch.campaigns.detection.SOME", 100)
    some = _detect(engine, drawn, links_of({"shared_payment": RING}), prints)
    assert {len(outside) <= 100 for outside in seen} == {True}
    assert min(np.diff(outside).min() for outside in seen) > 1
    assert some.members.num_rows == found.members.num_rows


def test_the_same_tables_in_any_order_give_the_same_result(engine, found, drawn, links_of, prints):
    def shuffled(table):
        return table.take(np.random.default_rng(9).permutation(len(table)))

    again = detect(
        engine, activity=shuffled(drawn.activity), profiles=shuffled(drawn.profiles),
        links=shuffled(links_of({"shared_payment": RING})), prints=shuffled(prints), settings=SETTINGS, **NOWHERE,
    )  # fmt: skip
    assert again.campaigns.equals(found.campaigns)
    assert again.members.equals(found.members)
    assert again.bonds.equals(found.bonds)


def _innocent(accounts, days=0):
    last = dt.datetime.fromtimestamp(1_772_000_000 + 1000, dt.UTC) - dt.timedelta(days=days)
    rows = [
        {"account_id": a, "case_id": 1, "verdict": "innocent", "overturned": True, "decided_at": last} for a in accounts
    ]
    return pa.Table.from_pylist(rows, schema=JUDGED.schema)


def test_whom_people_found_innocent_belongs_to_no_group(engine, found, drawn, links_of, prints):
    links, spared = links_of({"shared_payment": RING}), {f"acct-{i}" for i in DEALT[:4]}
    again = _detect(engine, drawn, links, prints, judged=_innocent(spared))
    assert set(again.members.column("account_id").to_pylist()) == {f"acct-{i}" for i in DEALT[4:]}
    assert again.counts["n_cleared"] == 4
    past = _detect(engine, drawn, links, prints, judged=_innocent(spared, days=SETTINGS.cleared_days + 1))
    assert past.members.equals(found.members)
    assert (past.counts["n_cleared"], past.counts["n_cleared_past"]) == (0, 4)


def test_what_the_innocent_share_is_shared_by_honest_people(engine, drawn, links_of, prints):
    """Some of those who hold a card are cleared: so strangers hold it, and sharing it is less rare than it was."""
    links, spared = links_of({"shared_payment": RING}), {f"acct-{i}" for i in DEALT[:6]}
    before, after = (
        _detect(engine, drawn, links, prints, judged=judged).campaigns.to_pylist()
        for judged in (None, _innocent(spared))
    )
    rates = [{r["signal"]: r["expected"] for r in found[0]["reasons"]}["shared_payment"] for found in (before, after)]
    assert rates[1] > 2 * rates[0]


def test_with_everybody_cleared_there_is_no_campaign(engine, drawn, links_of, prints):
    nobody = _detect(
        engine, drawn, links_of({"shared_payment": RING}), prints, judged=_innocent({f"acct-{i}" for i in DEALT})
    )
    assert nobody.campaigns.num_rows == 0
    assert nobody.counts["n_cleared"] == 40


def test_a_group_that_one_organization_pays_for_openly_conceals_nothing(engine, sample, links_of, prints):
    payers = [None] * 300 + ["firm"] * 40
    seats = sample(honest=300, dealt=40, prompts=40, n_asking=[0] * 300 + [20] * 40, organization_id=payers)
    result = _detect(engine, seats, LINKS.schema.empty_table(), prints)
    for campaign in result.campaigns.to_pylist():
        assert campaign["concealment"] == 0
        assert campaign["severity"] == Severity.WATCH


def test_people_who_share_a_card_but_ask_for_their_own_things_are_no_campaign(engine, sample, links_of, prints):
    people = sample(honest=340, prompts=40)
    result = _detect(engine, people, links_of({"shared_payment": RING}), prints)
    assert result.campaigns.num_rows == 0
    assert result.members.num_rows == result.bonds.num_rows == 0


def test_both_keys_must_fit(engine, loose, links_of, prints):
    links = links_of({"shared_payment": RING})
    assert _detect(engine, loose, links, prints).campaigns.num_rows == 1
    for strict in ({"min_coordination": 1.0}, {"min_harvest": 1.0}):
        assert _detect(engine, loose, links, prints, CampaignsSettings(**strict)).campaigns.num_rows == 0


def test_concealment_decides_severity(engine, loose, links_of, prints):
    careful = _detect(engine, loose, links_of({"shared_payment": RING}), prints, CampaignsSettings(min_concealment=1.0))
    assert careful.campaigns.column("severity").to_pylist() == ["watch"]


def test_a_log_of_nobody(engine):
    result = detect(
        engine, activity=ACTIVITY.schema.empty_table(), profiles=PROFILES.schema.empty_table(),
        links=LINKS.schema.empty_table(), prints=PRINTS.schema.empty_table(), settings=SETTINGS,
        **NOWHERE,
    )  # fmt: skip
    assert result.campaigns.schema.equals(CAMPAIGNS.schema)
    assert result.campaigns.num_rows == 0
    assert result.counts == {"n_groups_tested": 0, "n_groups_coordinated": 0}


def test_a_log_of_few_who_said_nothing(engine, sample):
    few = sample(honest=4, prompts=1)
    result = detect(
        engine, activity=few.activity, profiles=PROFILES.schema.empty_table(),
        links=LINKS.schema.empty_table(), prints=PRINTS.schema.empty_table(), settings=SETTINGS,
        **NOWHERE,
    )  # fmt: skip
    assert result.campaigns.num_rows == 0
