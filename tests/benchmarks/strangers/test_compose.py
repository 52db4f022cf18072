"""Worlds composed of strangers' crowds."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, islice
from random import Random

import pyarrow.parquet as pq
import pytest
from strangers.compose import HIDDEN, ORDINARY, Part, compose, hidden_control, swapped
from strangers.contract import Crowd, Habits, Member, Task

BUSY, QUIET = Habits(per_day=6, follow_up=1.0, temperature=0.0), Habits(per_day=1, follow_up=0.0, max_output_tokens=50)


def _members(rng, n):
    return [
        Member(
            account={"created_at": datetime(2026, 1, 1, tzinfo=UTC), "plan": "pro"},
            tasks=(Task(f"task {rng.random()} {k}", follow_ups=("and then?",)) for k in count()),
            user_agent="kettle/1",
            addresses=("203.0.113.1", "203.0.113.2"),
        )
        for _ in range(n)
    ]


def crowd(name, habits=BUSY, **changes):
    made = Crowd(name, "nobody", "a crowd", False, False, "unknown", habits, _members)
    return replace(made, **changes)


def _read(folder):
    return {name: pq.read_table(folder / f"{name}.parquet").to_pylist() for name in ("exchanges", "accounts", "truth")}


def test_a_world_has_a_row_per_exchange_and_the_truth_of_every_account(tmp_path):
    n = compose([Part(crowd("a"), 4), Part(crowd("b", is_harvest=True), 3)], tmp_path, seed=1, days=5)
    world = _read(tmp_path)
    assert len(world["exchanges"]) == n > 20
    assert len({row["exchange_id"] for row in world["exchanges"]}) == n
    assert [row["at"] for row in world["exchanges"]] == sorted(row["at"] for row in world["exchanges"])
    names = {row["account_id"] for row in world["accounts"]}
    assert len(names) == 7
    assert {row["account_id"]: row["crowd"] for row in world["truth"]}.keys() == names
    assert {row["account_id"] for row in world["exchanges"]} <= names
    assert sum(row["is_harvest"] for row in world["truth"]) == 3


def test_the_same_seed_gives_the_same_rows_and_another_does_not(tmp_path):
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        compose([Part(crowd("a"), 3)], tmp_path / name, seed=seed, days=4)
    one, again, other = (_read(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert one != other


def test_habits_decide_follow_ups_lengths_and_parameters(tmp_path):
    compose([Part(crowd("busy"), 3)], tmp_path / "busy", seed=1, days=5)
    compose([Part(crowd("quiet", QUIET), 3)], tmp_path / "quiet", seed=1, days=5)
    busy, quiet = _read(tmp_path / "busy")["exchanges"], _read(tmp_path / "quiet")["exchanges"]
    assert sum(row["prompt"] == "and then?" for row in busy) == len(busy) / 2
    assert {row["temperature"] for row in busy} == {0.0}
    assert all(row["prompt"] != "and then?" and row["output_tokens"] <= 50 for row in quiet)
    assert len(busy) > 4 * len(quiet)


def test_members_without_an_address_do_not_share_one(tmp_path):
    def members(rng, n):
        return [replace(member, addresses=()) for member in _members(rng, n)]

    compose([Part(crowd("a", members=members), 3)], tmp_path, seed=1, days=3)
    assert {row["client_ip"] for row in _read(tmp_path)["exchanges"]} == {None}


def test_an_account_whose_tasks_end_asks_nothing_more(tmp_path):
    def members(rng, n):
        return [replace(member, tasks=islice(member.tasks, 2)) for member in _members(rng, n)]

    assert compose([Part(crowd("a", replace(BUSY, follow_up=0.0), members=members), 3)], tmp_path, seed=1) == 6


def test_a_swap_exchanges_habits_between_harvests_and_honest_crowds_alone():
    honest, harvest = crowd("honest", QUIET), crowd("harvest", BUSY, is_harvest=True)
    ordinary = crowd(ORDINARY, Habits(per_day=2))
    found = {one.name: one for one in swapped([ordinary, honest, harvest])}
    assert found["honest"].habits == BUSY
    assert found["harvest"].habits == QUIET
    assert found[ORDINARY].habits == ordinary.habits
    assert found["harvest"].is_harvest
    with pytest.raises(ValueError, match="needs a harvest"):
        swapped([ordinary, honest])


def test_hidden_control_lets_a_quarter_share_a_card_per_eight():
    plain = crowd("harvest", is_harvest=True)
    hidden = hidden_control(plain)
    made = hidden.members(Random(1), 100)
    cards = Counter(card for m in made if (card := m.account.get("payment_fingerprint")))
    assert (hidden.name, hidden.accountability, hidden.is_harvest) == ("harvest" + HIDDEN, "concealed", True)
    assert sum(cards.values()) == 25
    assert sorted(cards.values()) == [6, 6, 6, 7]
    assert {m.account["verification"] for m in made if "verification" in m.account} == {"payment"}
    assert [m.account.get("payment_fingerprint") for m in hidden.members(Random(1), 100)] == [
        m.account.get("payment_fingerprint") for m in made
    ]


def test_hidden_control_changes_nothing_else_about_the_members():
    plain = crowd("harvest", is_harvest=True)
    without = plain.members(Random(1), 40)
    for before, after in zip(without, hidden_control(plain).members(Random(1), 40), strict=True):
        changed = {"payment_fingerprint", "verification"}
        assert {k: v for k, v in after.account.items() if k not in changed} == dict(before.account)
        assert next(after.tasks) == next(before.tasks)
        assert (after.addresses, after.organization_id) == (before.addresses, before.organization_id)


def test_a_small_campaign_shares_one_card():
    made = hidden_control(crowd("harvest")).members(Random(1), 10)
    assert [n for _, n in Counter(m.account.get("payment_fingerprint") for m in made).most_common()] == [8, 2]
