"""The second look: sums of vectors within topics, against the same sums made row by row."""

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns.part_contents import Placed, Selection

NOTHING = np.empty((2, 0), np.int64)


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


def _placed(world, vectors=None, *, at_a_time=500):
    vectors = world.vectors if vectors is None else vectors
    return Placed(vectors.combine_chunks().to_batches(at_a_time), world.population)


def _read(world, selections):
    placed = _placed(world)
    return [placed.read(selection) for selection in selections]


def test_sums_are_those_of_the_rows_within_the_topics(world):
    selection = _selection([3, 17, 20, 36], range(0, 40, 2))
    (found,) = _read(world, [selection])
    assert found.whole.n.sum() > 20
    assert (found.half(0).n > 0).any()
    _agree(found, world, selection)


def test_selections_do_not_mix_and_come_in_their_order(world):
    """Accounts in any order, in several selections, over topics that overlap: all from one pass."""
    selections = [
        _selection([30, 2, 39, 5], [0, 1, 2, 3, 11]),
        _selection([5], [250]),
        _selection([12, 2, 30], range(300)),
        _selection([], [1, 2]),
    ]
    for found, selection in zip(_read(world, selections), selections, strict=True):
        _agree(found, world, selection)


def test_cells_that_are_left_out_are_left_out_of_their_selection_alone(world):
    left_out = [[7, 7, 8, 25], [0, 2, 1, 0]]
    selections = [_selection([7, 8], range(6), left_out), _selection([8, 7], range(6))]
    without, whole = _read(world, selections)
    _agree(without, world, selections[0])
    _agree(whole, world, selections[1])
    assert without.whole.n.sum() < whole.whole.n.sum()


def test_everything_is_what_the_profiles_hold(world):
    everybody = np.arange(len(world.population))
    (found,) = _read(world, [_selection(everybody, range(300))])
    whole = world.population.whole
    assert found.whole.n.tolist() == whole.n.tolist()
    assert np.allclose(found.whole.mean, whole.mean[:], atol=1e-6)
    assert np.allclose(found.whole.spread, whole.spread)
    assert np.allclose(found.half(0).noise, world.population.halves[0].noise)


def test_positions_of_accounts(world):
    (found,) = _read(world, [_selection([30, 2, 39, 5], range(300))])
    assert found.of(np.array([5, 30, 6, 39])).tolist() == [3, 0, 2]


def test_prompts_that_are_repeated_count_again(world):
    vectors = world.vectors.slice(0, 60)
    account = world.population.index["acct-0"]
    found = _placed(world, pa.concat_tables([vectors.slice(0, 50), vectors.slice(5, 10)])).read(
        _selection([account], range(300))
    )
    assert found.whole.n.tolist() == [50 + 10]


def test_order_of_rows_and_size_of_batches_say_nothing(world):
    selection = _selection([3, 17, 36], range(60))
    random = np.random.default_rng(1)
    mixed = world.vectors.take(random.permutation(len(world.vectors)))
    (left,) = _read(world, [selection])
    right = _placed(world, mixed, at_a_time=37).read(selection)
    for field in ("n", "mean", "likeness", "spread", "noise"):
        assert np.array_equal(getattr(left.whole, field), getattr(right.whole, field))


def test_accounts_are_read_some_at_a_time(world, monkeypatch):
    monkeypatch.setattr("stillwatch.campaigns.part_contents._AT_ONCE", 3)
    selection = _selection([3, 17, 20, 36, 2, 39, 11], range(0, 40, 2))
    (found,) = _read(world, [selection])
    assert found.whole.n.sum() > 20
    _agree(found, world, selection)


def test_vectors_are_read_once_and_looked_at_often(world):
    placed = Placed(iter(world.vectors.to_batches()), world.population)
    for selection in (_selection([30, 2], [0, 1]), _selection([2, 9], range(0, 300, 3)), _selection([39], range(300))):
        _agree(placed.read(selection), world, selection)


def test_of_a_log_without_prompts_every_look_is_empty(world):
    placed = _placed(world, world.vectors.slice(0, 0))
    found = placed.read(_selection([3, 4], range(300)))
    assert found.whole.n.tolist() == [0, 0]
    assert found.whole.mean.shape == (2, 128)


def test_nothing_selected_reads_nothing(world):
    placed = _placed(world)
    found = placed.read(_selection([], []))
    assert len(found.whole.n) == 0
    assert found.of(np.array([1, 2])).tolist() == []


def test_more_than_fits_into_memory_is_sorted_in_pieces_and_adds_up_to_the_same(world, monkeypatch):
    selection = _selection([36, 3, 17, 0, 39], range(60))
    (at_once,) = _read(world, [selection])
    monkeypatch.setattr("stillwatch.engine.prompt_store._FILE_PROMPTS", 500)
    monkeypatch.setattr("stillwatch.engine.prompt_store._MAP_BYTES", 1000)
    (in_pieces,) = _read(world, [selection])
    _agree(in_pieces, world, selection)
    for field in ("n", "norm", "total"):
        assert np.array_equal(getattr(at_once, field), getattr(in_pieces, field))
