"""Links, facts, profiles and prints in; groups with three answers out, in the order of the queue."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns import detect, detection, distance
from stillwatch.campaigns.accountability import SENTENCES as FACTS
from stillwatch.campaigns.accountability import AccountabilityAnswer
from stillwatch.campaigns.candidates import Group
from stillwatch.campaigns.coordination import Sharing
from stillwatch.campaigns.membership import Membership
from stillwatch.campaigns.recurrence import Pattern, Recurrence
from stillwatch.campaigns.sameness import sameness
from stillwatch.engine import DuckDBEngine
from stillwatch.model import Accountability, ReasonKind, Severity
from stillwatch.settings import CampaignsSettings
from stillwatch.tables import (
    ACTIVITY,
    ATTRIBUTES,
    BONDS,
    CAMPAIGNS,
    GROUNDS,
    JUDGED,
    LINKS,
    MEMBERS,
    PLACES,
    PRINTS,
    PROFILES,
    SPREADS,
)

SETTINGS = CampaignsSettings()
DEALT = np.arange(300, 340)
NOWHERE = {"places": PLACES.schema.empty_table(), "spreads": SPREADS.schema.empty_table(), "vectors": ()}
"""Accounts whose prompts fall into no topic: whole accounts are all there is to compare."""
RING = {f"ring-{h}": [int(DEALT[h]), *DEALT[h + 1 :: 8].tolist()] for h in range(8)}
NOTHING = ATTRIBUTES.schema.empty_table()


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


def _detect(engine, sample, links, prints, settings=SETTINGS, judged=None, attributes=NOTHING):
    return detect(
        engine, activity=sample.activity, attributes=attributes, profiles=sample.profiles, links=links, prints=prints,
        settings=settings, judged=judged, **NOWHERE,
    )  # fmt: skip


@pytest.fixture(scope="module")
def cards(attributes_of):
    """The cards of the ring as facts: under names of their own, so that nobody answers for all."""
    return attributes_of({"payment_fingerprint": RING})


@pytest.fixture(scope="module")
def found(engine, drawn, links_of, prints, cards):
    return _detect(engine, drawn, links_of({"shared_payment": RING}), prints, attributes=cards)


@pytest.fixture(scope="module")
def untied(engine, drawn, prints):
    """The same group where nothing but what its members ask holds it together."""
    return _detect(engine, drawn, LINKS.schema.empty_table(), prints)


def test_a_campaign_is_found_and_its_tables_agree(found, drawn):
    assert found.campaigns.schema.equals(CAMPAIGNS.schema)
    assert found.members.schema.equals(MEMBERS.schema)
    assert found.bonds.schema.equals(BONDS.schema)
    assert found.grounds.schema.equals(GROUNDS.schema)
    (campaign,) = found.campaigns.to_pylist()
    members = found.members.to_pylist()
    assert {m["account_id"] for m in members} == {f"acct-{i}" for i in DEALT}
    assert {m["campaign_id"] for m in members} == {campaign["campaign_id"]}
    assert campaign["n_accounts"] == 40
    assert campaign["n_exchanges"] == 40 * 40
    assert (campaign["accountability"], campaign["severity"]) == (Accountability.CONCEALED, Severity.URGENT)
    assert campaign["rank"] == 1
    assert 0.9 < campaign["p_group"] < 1, "ties under separate names"
    stated = [m["p_member"] for m in members]
    assert np.round(stated, 9).tolist() == sorted(np.round(stated, 9).tolist(), reverse=True)
    assert min(stated) >= SETTINGS.min_member
    assert {b["signal"] for b in found.bonds.to_pylist()} == {"shared_payment"}
    assert {b["bits"] for b in found.bonds.to_pylist()} == {6.0}
    assert found.counts["n_groups_coordinated"] >= 1
    assert found.counts["n_groups_tested"] >= found.counts["n_groups_coordinated"]
    assert set(found.p_values) == {campaign["campaign_id"]}
    p_value = found.p_values[campaign["campaign_id"]]
    assert campaign["q_value"] == pytest.approx(p_value * found.counts["n_groups_tested"]), "the only group"


def test_reasons_have_the_kind_of_what_they_are(found):
    """Values of one kind only are comparable, and none passes its cap."""
    kinds = {
        "same_worklist": ReasonKind.NEG_LOG2_P, "shared_payment": ReasonKind.NEG_LOG2_P,
        "dealt_evenly": ReasonKind.LOG2_LR,
    } | dict.fromkeys(FACTS, ReasonKind.DESCRIPTION)  # fmt: skip
    (campaign,) = found.campaigns.to_pylist()
    told = {reason["signal"]: reason for reason in campaign["reasons"]}
    assert set(kinds) <= set(told)
    assert {signal: told[signal]["kind"] for signal in kinds} == kinds
    uses = [reason for reason in campaign["reasons"] if reason["family"] == "use"]
    assert {reason["kind"] for reason in uses} == {ReasonKind.DESCRIPTION}
    assert "asks_for_training_data" in {reason["signal"] for reason in uses}
    assert {reason["value"] for reason in campaign["reasons"] if reason["family"] == "accountability"} == {0.0}
    of_members = [reason for member in found.members.to_pylist() for reason in member["reasons"]]
    assert {(reason["signal"], reason["kind"]) for reason in of_members} == {
        ("same_worklist", ReasonKind.LOG2_LR), ("shared_payment", ReasonKind.RARITY)
    }  # fmt: skip
    for reason in [*campaign["reasons"], *of_members]:
        assert abs(reason["value"]) <= reason["cap"]


def test_of_many_accounts_a_group_is_held_against_some(engine, drawn, links_of, prints, cards, monkeypatch, found):
    seen, describe = [], detection.use.describe

    def spy(population, members, outside):
        seen.append(outside)
        return describe(population, members, outside)

    monkeypatch.setattr(detection.use, "describe", spy)
    monkeypatch.setattr("stillwatch.campaigns.askers.SOME", 100)
    some = _detect(engine, drawn, links_of({"shared_payment": RING}), prints, attributes=cards)
    assert {len(outside) <= 100 for outside in seen} == {True}
    assert min(np.diff(outside).min() for outside in seen) > 1
    assert some.members.num_rows == found.members.num_rows


def test_the_same_tables_in_any_order_give_the_same_result(engine, found, drawn, links_of, prints, cards):
    def shuffled(table):
        return table.take(np.random.default_rng(9).permutation(len(table)))

    again = detect(
        engine, activity=shuffled(drawn.activity), attributes=shuffled(cards), profiles=shuffled(drawn.profiles),
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


def test_whom_people_found_innocent_belongs_to_no_group(engine, found, drawn, links_of, prints, cards):
    links, spared = links_of({"shared_payment": RING}), {f"acct-{i}" for i in DEALT[:4]}
    again = _detect(engine, drawn, links, prints, judged=_innocent(spared), attributes=cards)
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


@pytest.mark.parametrize(
    ("facts", "answer", "severity"),
    [
        ({}, "unknown", "review"),
        ({"held": {"payment_fingerprint": {"card": DEALT}}}, "operator", "watch"),
        ({"business": DEALT}, "independent", "watch"),
        ({"held": {"payment_fingerprint": {"card": DEALT[:10]}}}, "concealed", "urgent"),
        ({"held": {"verification": {"payment": DEALT}}}, "unknown", "review"),
    ],
)
def test_severity_follows_who_answers_for_the_accounts(
    engine, drawn, prints, attributes_of, untied, facts, answer, severity
):
    """One dealt list in forty accounts that have nothing in common but what is known here."""
    result = _detect(
        engine, drawn, LINKS.schema.empty_table(), prints, attributes=attributes_of(**{"held": {}} | facts)
    )
    (campaign,) = result.campaigns.to_pylist()
    assert (campaign["accountability"], campaign["severity"]) == (answer, severity)
    assert result.members["account_id"].equals(untied.members["account_id"]), "facts say nothing of who belongs"


def test_a_verified_business_is_no_member_by_what_it_asks(engine, drawn, prints, attributes_of, untied):
    """Two licensed customers work through the list that a campaign deals out; they share nothing with it."""
    facts = attributes_of({"payment_fingerprint": {"card": DEALT[:10]}}, business=[DEALT[3], DEALT[38], DEALT[39]])
    result = _detect(engine, drawn, LINKS.schema.empty_table(), prints, attributes=facts)
    left_out = set(untied.members["account_id"].to_pylist()) - set(result.members["account_id"].to_pylist())
    assert left_out == {f"acct-{DEALT[38]}", f"acct-{DEALT[39]}"}, "the third pays with a card of the others"
    assert result.campaigns.to_pylist()[0]["severity"] == Severity.URGENT


def test_the_seats_of_one_organization_are_watched_at_most(engine, sample, links_of, prints):
    payers = [None] * 300 + ["firm"] * 40
    seats = sample(honest=300, dealt=40, prompts=40, n_asking=[0] * 300 + [20] * 40, organization_id=payers)
    result = _detect(engine, seats, LINKS.schema.empty_table(), prints)
    assert {c["accountability"] for c in result.campaigns.to_pylist()} <= {Accountability.OPERATOR}
    assert {c["severity"] for c in result.campaigns.to_pylist()} <= {Severity.WATCH}


def _free(drawn, who, others):
    """Return activity in which *who* and *others* exchanged every free choice: loads, lengths, requests, follow-up."""
    free = ["n_exchanges", "n_ok", "output_tokens", "n_measured", "n_threaded", "n_conversations", "n_days", "n_asking"]
    place = np.arange(drawn.activity.num_rows)
    names = {name: i for i, name in enumerate(drawn.activity.column("account_id").to_pylist())}
    left, right = ([names[f"acct-{i}"] for i in accounts] for accounts in (who, others))
    place[left], place[right] = right, left
    table = drawn.activity
    for name in free:
        column = table.schema.get_field_index(name)
        table = table.set_column(column, table.schema.field(name), table.column(name).take(pa.array(place)))
    return table


@pytest.mark.parametrize("tied", [True, False], ids=["concealed", "unknown"])
def test_free_choices_decide_nothing(engine, sample, links_of, prints, cards, tied):
    """What members write, how much and how long, is exchanged with strangers: the answers and the members stay."""
    random = np.random.default_rng(7)
    loads = [*random.integers(40, 400, 300).tolist(), *[40] * 40]
    drawn = sample(
        honest=300, dealt=40, prompts=40, n_asking=[0] * 300 + [20] * 40, n_exchanges=loads, n_ok=loads,
        n_measured=loads, output_tokens=[50 * n for n in loads[:300]] + [40 * 4000] * 40,
        n_threaded=loads, n_conversations=[n // 3 for n in loads[:300]] + [40] * 40, n_days=[10] * 340,
    )  # fmt: skip
    links = links_of({"shared_payment": RING}) if tied else LINKS.schema.empty_table()
    told = {"attributes": cards if tied else NOTHING}
    plain = _detect(engine, drawn, links, prints, **told)
    swapped = _detect(
        engine, replace(drawn, activity=_free(drawn, DEALT, range(40))), links, prints, **told
    )  # fmt: skip
    (before,), (after,) = plain.campaigns.to_pylist(), swapped.campaigns.to_pylist()
    assert before["n_exchanges"] != after["n_exchanges"], "they were exchanged"
    assert before["severity"] == ("urgent" if tied else "review")
    for name in ("severity", "accountability", "p_group", "n_accounts", "q_value", "coordination"):
        assert before[name] == after[name], name
    points = [sum(r["value"] for r in c["reasons"] if r["family"] == "use") for c in (before, after)]
    assert points[0] > points[1] + 3, "they rank"


def test_the_queue_begins_with_the_most_severe(queue):
    found = queue()
    rows = found.campaigns.to_pylist()
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert [row["severity"] for row in rows] == ["urgent", "review", "watch"]
    assert len({row["campaign_id"] for row in rows}) == 3
    assert set(found.members["campaign_id"].to_pylist()) == {row["campaign_id"] for row in rows}


@pytest.mark.parametrize("asking", ["w1", "w2", "w3"])
def test_of_one_severity_those_come_first_who_ask_for_training_data(queue, asking):
    """What members ask for ranks the queue, and does no more."""
    found = queue(asking=asking, told=())
    assert set(found.campaigns["severity"].to_pylist()) == {"review"}
    first = [
        row["account_id"]
        for row in found.members.to_pylist()
        if row["campaign_id"] == found.campaigns["campaign_id"][0].as_py()
    ]
    assert {name[:2] for name in first} == {asking}


@pytest.mark.parametrize("asking", ["w1", "w3"])
def test_what_members_ask_for_passes_no_severity(queue, asking):
    """One customer's accounts, or those of whom nothing is known, ask for training data; the concealed ones do not."""
    found = queue(asking=asking)
    assert found.campaigns["severity"].to_pylist() == ["urgent", "review", "watch"]


def _joined(*samples):
    """Return activity and profiles of several samples; accounts of all but the first are named after their number."""
    tables = [[], []]
    for number, one in enumerate(samples):
        for place, table in enumerate((one.activity, one.profiles)):
            names = [name if number == 0 else f"w{number}-{name}" for name in table.column("account_id").to_pylist()]
            tables[place].append(table.set_column(0, table.schema.field(0), pa.array(names)))
    return tuple(pa.concat_tables(parts) for parts in tables)


ONE_CUSTOMER = [(f"w1-acct-{i}", "one") for i in range(1, 31)]
SHARED_CARDS = [(f"w2-acct-{i}", f"card-{i // 4}") for i in range(1, 31)]


@pytest.fixture(scope="module")
def queue(engine, sample):
    """Return what is found of three lists in thirty accounts each: those of w1 have one card, those of w2 share cards
    under names of their own, and of w3 nothing is known. Those whose names begin with *asking* ask for training data.
    """
    honest, *lists = (
        sample(honest=700 if seed == 1 else 1, dealt=30 * (seed > 1), prompts=40, seed=seed) for seed in (1, 2, 3, 4)
    )
    activity, profiles = _joined(honest, *lists)
    names = activity.column("account_id").to_pylist()
    random, rows = np.random.default_rng(1), []
    for name in names:
        rows += [(name, p) for p in (() if name.startswith("w") else random.integers(1, 3000, 6))]
    for kind in (1, 2, 3):
        dealt = np.split(np.concatenate([random.permutation(600) for _ in range(2)]) + kind * 10**6, 30)
        rows += [(f"w{kind}-acct-{i + 1}", p) for i, own in enumerate(dealt) for p in own]
    rest = {"at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC), "system_hash": 0, "head_hash": 0, "tail_hash": 0}
    rest |= {"n_words": 12, "capability": -1, "asks": 0}
    prints = pa.Table.from_pylist(
        [{"account_id": a, "prompt_hash": int(p), **rest} for a, p in rows], schema=PRINTS.schema
    )

    def look(asking="nobody", told=(*ONE_CUSTOMER, *SHARED_CARDS)):
        cards = [{"account_id": a, "name": "payment_fingerprint", "value": card} for a, card in told]
        column = activity.schema.get_field_index("n_asking")
        n_asking = pa.array([20 * name.startswith(asking) for name in names], activity.schema.field(column).type)
        return detect(
            engine, activity=activity.set_column(column, activity.schema.field(column), n_asking),
            attributes=pa.Table.from_pylist(cards, schema=ATTRIBUTES.schema), profiles=profiles,
            links=LINKS.schema.empty_table(), prints=prints, settings=SETTINGS, **NOWHERE,
        )  # fmt: skip

    return look


def test_other_names_give_the_same_groups(engine, drawn, links_of, prints, cards, found):
    """Accounts are renamed everywhere, in another alphabetical order."""
    names = {f"acct-{i}": f"{(7 * i) % 340:03d}-x" for i in range(340)}

    def renamed(table):
        column = pa.array([names[a] for a in table.column("account_id").to_pylist()])
        return table.set_column(table.schema.get_field_index("account_id"), table.schema.field("account_id"), column)

    again = detect(
        engine, activity=renamed(drawn.activity), attributes=renamed(cards), profiles=renamed(drawn.profiles),
        links=renamed(links_of({"shared_payment": RING})), prints=renamed(prints), settings=SETTINGS, **NOWHERE,
    )  # fmt: skip
    assert again.campaigns.equals(found.campaigns)
    assert again.members["account_id"].to_pylist() == [names[a] for a in found.members["account_id"].to_pylist()]
    assert again.members.drop_columns("account_id").equals(found.members.drop_columns("account_id"))


def test_where_somebody_is_from_changes_nothing(engine, drawn, links_of, prints, cards, found, attributes_of):
    """Country, language and name are facts that no answer reads, however they are dealt out over the accounts."""
    random = np.random.default_rng(3)
    links = links_of({"shared_payment": RING})
    for _ in range(2):
        where = {}
        for name in ("declared_country", "country", "region", "language", "name"):
            codes = random.permutation(340) % 5
            where[name] = {f"{name}-{c}": np.flatnonzero(codes == c) for c in range(5)}
        where["declared_country"] |= {"one": DEALT}
        attributes = pa.concat_tables([cards, attributes_of(where)])
        again = _detect(engine, drawn, links, prints, attributes=attributes)
        for table in ("campaigns", "members", "bonds", "grounds"):
            assert getattr(again, table).equals(getattr(found, table)), table


def test_readers_of_one_list_are_watched_at_most(engine, drawn, links_of):
    """Each takes forty of four hundred items by itself: they collide by the birthday rule."""
    random = np.random.default_rng(5)
    rows = _prints().to_pylist()
    rest = {**rows[0]}
    rows = [row for row in rows if row["prompt_hash"] < 10**6]
    for account in DEALT:
        own = random.choice(400, 40, replace=False) + 10**6
        rows += [rest | {"account_id": f"acct-{account}", "prompt_hash": int(p)} for p in own]
    result = _detect(engine, drawn, LINKS.schema.empty_table(), pa.Table.from_pylist(rows, schema=PRINTS.schema))
    (campaign,) = result.campaigns.to_pylist()
    assert (campaign["accountability"], campaign["severity"]) == (Accountability.UNKNOWN, Severity.WATCH)
    assert "collides_like_readers" in {reason["signal"] for reason in campaign["reasons"]}
    assert any("benchmark" in reading for reading in campaign["innocent_readings"])


def test_people_who_share_a_card_but_ask_for_their_own_things_are_no_campaign(engine, sample, links_of, prints):
    people = sample(honest=340, prompts=40)
    result = _detect(engine, people, links_of({"shared_payment": RING}), prints)
    assert result.campaigns.num_rows == 0
    assert result.members.num_rows == result.bonds.num_rows == 0


def test_coordination_must_be_as_much_as_the_setting_says(engine, loose, links_of, prints):
    links = links_of({"shared_payment": RING})
    (campaign,) = _detect(engine, loose, links, prints).campaigns.to_pylist()
    assert SETTINGS.min_coordination <= campaign["coordination"] < 1
    assert _detect(engine, loose, links, prints, CampaignsSettings(min_coordination=1.0)).campaigns.num_rows == 0


def _group(p_value, members, **known):
    size = len(members)
    found = Membership(np.asarray(members), np.ones(size), np.zeros(size), np.zeros((size, 5)))
    return Group(p_value, found, None, [], **known)


def test_what_is_left_out_after_the_tests_lends_no_strength_to_another(drawn):
    """Nine parts in common that were not shown to be dealt are not reported, and are no discoveries."""

    def answered(group, pattern):
        answer = AccountabilityAnswer(Accountability.UNKNOWN, ())
        return detection._Answered(group, 1.0, Recurrence(pattern), answer, ())

    weak = answered(_group(5e-4, range(300, 340)), Pattern.DEALT)
    parts = [_group(1e-6, range(10 * i, 10 * i + 10), common=object()) for i in range(9)]
    for pattern, n_tested, n_reported in (
        (Pattern.UNKNOWN, 100, 0), (Pattern.DEALT, 100, 10), (Pattern.UNKNOWN, 20, 1)
    ):  # fmt: skip
        found = [*(answered(part, pattern) for part in parts), weak]
        reported = detection._reported(drawn.population, found, n_tested, SETTINGS)
        assert len(reported) == n_reported, (pattern, n_tested)
        assert all(one.group.q_value <= SETTINGS.false_discovery_rate for one in reported)


def test_a_part_of_a_group_is_judged_by_what_its_own_members_ask(drawn, bonds):
    """Half of the group are dealt one list, and the others are people."""
    population = drawn.population
    people, dealt = (population.places(pa.array([f"acct-{i}" for i in some])) for some in (range(40), DEALT))
    tastes = distance.fit(population.whole, distance.noise_factor(population))
    group = _group(1e-6, np.sort(np.concatenate((people, dealt))))
    group = replace(group, same=sameness(population.whole, group.found.members, tastes))
    sharing = Sharing(population, bonds(population, {}))
    inside = np.isin(group.found.members, dealt)
    one, other = (detection._part(sharing, tastes, group, group.found.of(part)) for part in (inside, ~inside))
    assert one.same == sameness(population.whole, one.found.members, tastes)
    assert one.same.tells
    assert not other.same.tells
    assert one.same.share > group.same.share > other.same.share


def test_a_log_of_nobody(engine):
    result = detect(
        engine, activity=ACTIVITY.schema.empty_table(), attributes=NOTHING, profiles=PROFILES.schema.empty_table(),
        links=LINKS.schema.empty_table(), prints=PRINTS.schema.empty_table(), settings=SETTINGS,
        **NOWHERE,
    )  # fmt: skip
    assert result.campaigns.schema.equals(CAMPAIGNS.schema)
    assert result.campaigns.num_rows == 0
    assert result.counts == {"n_groups_tested": 0, "n_groups_coordinated": 0}


def test_a_log_of_few_who_said_nothing(engine, sample):
    few = sample(honest=4, prompts=1)
    result = detect(
        engine, activity=few.activity, attributes=NOTHING, profiles=PROFILES.schema.empty_table(),
        links=LINKS.schema.empty_table(), prints=PRINTS.schema.empty_table(), settings=SETTINGS,
        **NOWHERE,
    )  # fmt: skip
    assert result.campaigns.num_rows == 0
