"""Whose prompts are counted: those of members, of everybody outside, and of strangers with one interest."""

from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns.askers import Askers
from stillwatch.campaigns.worklist import Collisions
from stillwatch.engine import DuckDBEngine
from stillwatch.tables import PLACES, PRINTS

MEMBERS = np.arange(5)


def _print(account, prompt):
    return {
        "exchange_id": f"{account}-{prompt}", "account_id": f"acct-{account}", "at": 0, "prompt_hash": prompt,
        "prompt_chars": 40, "n_words": 9, "echo_hash": None, "frame_sketch": None,
    }  # fmt: skip


@pytest.fixture
def asked(sample):
    """Accounts of which everybody asks prompt 1, in topic 10, and a prompt of his own, in topic 20."""
    people = sample(honest=80)
    order = [int(name.removeprefix("acct-")) for name in people.population.accounts]
    rows = [_print(i, prompt) for i in order for prompt in (1, 100 + i)]
    known = {field: [row.get(field) for row in rows] for field in PRINTS.schema.names}
    prints = pa.table({name: pa.array(known[name], PRINTS.schema.field(name).type) for name in PRINTS.schema.names})
    places = pa.Table.from_pylist(
        [
            {"account_id": row["account_id"], "half": 0, "prompt_hash": row["prompt_hash"], "topic": topic}
            for row in rows
            for topic in (10 if row["prompt_hash"] == 1 else 20,)
        ],
        schema=PLACES.schema,
    )
    return people.population, prints, places


def _askers(asked, folder, outside):
    population, prints, places = asked
    return Askers(DuckDBEngine(folder), population, prints, places, outside, 1)


def _group(topics=None):
    common = topics and SimpleNamespace(
        part=SimpleNamespace(topics=np.array(topics)), own_cells=np.array([[0], [10]], np.int64)
    )
    return SimpleNamespace(found=SimpleNamespace(members=MEMBERS), common=common)


def test_members_are_counted_apart_from_everybody_outside(asked, tmp_path):
    askers = _askers(asked, tmp_path, np.arange(5, 80))
    [(inside, outside)] = askers.collisions([_group()])
    assert inside == Collisions({1: 5, 5: 1}, 10, 5, 20)
    assert outside == Collisions({1: 75, 75: 1}, 150, 75, 300)


def test_of_a_part_the_prompts_in_its_topics_count_and_not_those_of_ones_own(asked, tmp_path):
    askers = _askers(asked, tmp_path, np.arange(5, 80))
    [(inside, outside)] = askers.collisions([_group([10])])
    assert inside == Collisions({4: 1}, 4, 4, 4), "account 0 asks there of its own"
    assert outside == Collisions({75: 1}, 75, 75, 75)


def test_strangers_are_counted_by_their_interests_and_members_are_none(asked, tmp_path):
    found = _askers(asked, tmp_path, np.arange(5, 80)).like_minded
    assert sum(one.accounts for one in found) == 75
    assert len(found) in (2, 3)
    assert sum(one.askings for one in found) == 150
    assert sum(one.pairs for one in found) < 75 * 74 / 2, "pairs of two interests are none"


def test_a_handful_of_strangers_has_no_interests(asked, tmp_path):
    for outside in (MEMBERS[:0], np.arange(5, 50)):
        assert _askers(asked, tmp_path, outside).like_minded == []


def test_prompts_of_members_are_told_by_their_place(asked, tmp_path):
    account, prompt = _askers(asked, tmp_path, np.arange(5, 80)).askings(MEMBERS)
    assert sorted(set(account.tolist())) == MEMBERS.tolist()
    assert (prompt == 1).sum() == 5
