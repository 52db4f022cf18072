"""The second look: sums of vectors within topics, against the same sums made row by row."""

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns.part_contents import Placed, Selection
from stillwatch.engine import DuckDBEngine
from stillwatch.tables import PLACES, PRINTS

NOTHING = np.empty((2, 0), np.int64)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with DuckDBEngine(tmp_path_factory.mktemp("part_contents"), threads=1) as engine:
        yield engine


@pytest.fixture(scope="module")
def world(mixed):
    return mixed(honest=30, dealt=10, prompts=60)


def _selection(accounts, topics, left_out=NOTHING):
    return Selection(*(np.array(part, np.int64) for part in (accounts, topics, left_out)))


def _sums(world, selection):
    """Return prompts, squared lengths and sums of vectors, (accounts, halves, ...), row by row."""
    size = len(selection.accounts)
    n, norm, total = np.zeros((size, 2)), np.zeros((size, 2)), np.zeros((size, 2, 128))
    left_out = set(zip(*selection.left_out.tolist(), strict=True))
    place = {row["prompt_hash"]: row for row in world.places.to_pylist()}
    for row in world.prints.to_pylist():
        account, at = world.population.index[row["account_id"]], place.get(row["prompt_hash"])
        if at is None or row["vector"] is None or account not in selection.accounts:
            continue
        if at["topic"] not in selection.topics or (account, at["topic"]) in left_out:
            continue
        slot, half = selection.accounts.tolist().index(account), at["half"]
        vector = np.frombuffer(row["vector"], np.int8).astype(np.int64)
        n[slot, half] += 1
        norm[slot, half] += (vector**2).sum()
        total[slot, half] += vector
    return n, norm, total


def _agree(found, world, selection):
    n, norm, total = _sums(world, selection)
    assert found.accounts.tolist() == selection.accounts.tolist()
    for content, column in ((found.half(0), [0]), (found.half(1), [1]), (found.whole, [0, 1])):
        count = n[:, column].sum(axis=1)
        assert content.n.tolist() == count.tolist()
        mean = total[:, column].sum(axis=1) / np.maximum(count, 1)[:, None] / 127
        assert np.allclose(content.mean, mean, atol=1e-5)
        several = count > 1
        square = (total[:, column].sum(axis=1) ** 2).sum(axis=1)
        likeness = (square - norm[:, column].sum(axis=1))[several] / (count * (count - 1))[several] / 127**2
        assert np.allclose(content.likeness[several], likeness)


def _read(engine, world, selections):
    placed = Placed(engine, world.prints, world.places, world.population)
    return [placed.read(selection) for selection in selections]


def test_sums_are_those_of_the_rows_within_the_topics(engine, world):
    selection = _selection([3, 17, 20, 36], range(0, 40, 2))
    (found,) = _read(engine, world, [selection])
    assert found.whole.n.sum() > 20
    assert (found.half(0).n > 0).any()
    _agree(found, world, selection)


def test_selections_do_not_mix_and_come_in_their_order(engine, world):
    """Accounts in any order, in several selections, over topics that overlap: all from one pass."""
    selections = [
        _selection([30, 2, 39, 5], [0, 1, 2, 3, 11]),
        _selection([5], [250]),
        _selection([12, 2, 30], range(300)),
        _selection([], [1, 2]),
    ]
    for found, selection in zip(_read(engine, world, selections), selections, strict=True):
        _agree(found, world, selection)


def test_cells_that_are_left_out_are_left_out_of_their_selection_alone(engine, world):
    left_out = [[7, 7, 8, 25], [0, 2, 1, 0]]
    selections = [_selection([7, 8], range(6), left_out), _selection([8, 7], range(6))]
    without, whole = _read(engine, world, selections)
    _agree(without, world, selections[0])
    _agree(whole, world, selections[1])
    assert without.whole.n.sum() < whole.whole.n.sum()


def test_everything_is_what_the_profiles_hold(engine, world):
    everybody = np.arange(len(world.population))
    (found,) = _read(engine, world, [_selection(everybody, range(300))])
    whole = world.population.whole
    assert found.whole.n.tolist() == whole.n.tolist()
    assert np.allclose(found.whole.mean, whole.mean[:], atol=1e-6)
    assert np.allclose(found.whole.spread, whole.spread)
    assert np.allclose(found.half(0).noise, world.population.halves[0].noise)


def test_positions_of_accounts(engine, world):
    (found,) = _read(engine, world, [_selection([30, 2, 39, 5], range(300))])
    assert found.of(np.array([5, 30, 6, 39])).tolist() == [3, 0, 2]


def test_prompts_without_a_place_or_a_vector_do_not_count_and_repeats_do(engine, world):
    """A prompt that two accounts ask is placed once, whoever is named there."""
    prints = world.prints.slice(0, 60)
    blind = prints.set_column(
        PRINTS.names.index("vector"), PRINTS.schema.field("vector"),
        pa.array([None, *prints.column("vector").to_pylist()[1:]], pa.binary()),
    )  # fmt: skip
    twice = pa.concat_tables([blind, blind.slice(5, 10)])
    known = world.places.slice(0, 50)
    places = pa.concat_tables([known, known.slice(0, 3).set_column(0, PLACES.schema.field(0), pa.array(["other"] * 3))])
    account = world.population.index["acct-0"]
    found = Placed(engine, twice, places, world.population).read(_selection([account], range(300)))
    assert found.whole.n.tolist() == [50 - 1 + 10]


def test_order_of_rows_and_size_of_batches_say_nothing(engine, world):
    selection = _selection([3, 17, 36], range(60))
    random = np.random.default_rng(1)
    mixed = [t.take(random.permutation(len(t))) for t in (world.prints, world.places)]
    (left,) = _read(engine, world, [selection])
    right = Placed(engine, *mixed, world.population).read(selection)
    for field in ("n", "mean", "likeness", "spread", "noise"):
        assert np.array_equal(getattr(left.whole, field), getattr(right.whole, field))


class _Watched:
    """An engine that counts queries of vectors and delivers rows backwards."""

    def __init__(self, engine):
        self.engine, self.queries = engine, 0

    def query(self, sql, **frames):
        self.queries += "vector" in sql
        return self.engine.query(sql, **frames)

    def arrow(self, frame):
        table = self.engine.arrow(frame).read_all()
        return table.take(np.arange(len(table))[::-1]).to_batches(max_chunksize=100)


def test_vectors_are_read_once_in_whatever_order_and_looked_at_often(engine, world):
    watched = _Watched(engine)
    placed = Placed(watched, world.prints, world.places, world.population)
    for selection in (_selection([30, 2], [0, 1]), _selection([2, 9], range(0, 300, 3)), _selection([39], range(300))):
        found = placed.read(selection)
        _agree(found, world, selection)
    assert watched.queries == 1


def test_of_a_log_without_prompts_every_look_is_empty(engine, world):
    placed = Placed(engine, world.prints.slice(0, 0), world.places.slice(0, 0), world.population)
    found = placed.read(_selection([3, 4], range(300)))
    assert found.whole.n.tolist() == [0, 0]
    assert found.whole.mean.shape == (2, 128)


def test_nothing_selected_reads_nothing(engine, world):
    placed = Placed(engine, world.prints, world.places, world.population)
    found = placed.read(_selection([], []))
    assert len(found.whole.n) == 0
    assert found.of(np.array([1, 2])).tolist() == []


def test_more_than_fits_into_memory_is_sorted_in_pieces_and_adds_up_to_the_same(engine, world, monkeypatch):
    selection = _selection([36, 3, 17, 0, 39], range(60))
    (at_once,) = _read(engine, world, [selection])
    monkeypatch.setattr("stillwatch.campaigns.placed_prompts._ROWS", 500)
    monkeypatch.setattr("stillwatch.campaigns.placed_prompts._MAPPED", 1000)
    (in_pieces,) = _read(engine, world, [selection])
    _agree(in_pieces, world, selection)
    for field in ("n", "norm", "total"):
        assert np.array_equal(getattr(at_once, field), getattr(in_pieces, field))
