"""Batches through a function on several threads: in order, a few at a time, errors where they belong."""

import threading
import time

import pyarrow as pa
import pytest

from stillwatch.engine.streams import coalesced, map_streams, streamed


def _batches(n, drawn=None):
    for i in range(n):
        if drawn is not None:
            drawn.append(i)
        yield pa.record_batch({"i": [i]})


def _number(batch):
    return batch.column("i")[0].as_py()


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_order_is_that_of_the_input_whoever_is_done_first(threads):
    def slow_at_first(batch):
        time.sleep(0.02 if _number(batch) % 3 == 0 else 0)
        return batch

    assert [_number(b) for b in streamed(_batches(20), slow_at_first, threads)] == list(range(20))
    assert list(streamed(iter(()), slow_at_first, threads)) == []


def test_several_are_worked_on_at_once():
    meet = threading.Barrier(2, timeout=10)

    def both(batch):
        meet.wait()
        return batch

    assert len(list(streamed(_batches(4), both, 2))) == 4


def test_no_more_than_a_few_are_drawn_ahead():
    drawn = []
    stream = streamed(_batches(100, drawn), lambda b: b, 2)
    next(stream)
    assert len(drawn) <= 4
    stream.close()
    assert len(drawn) <= 4


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_comes_where_its_batch_would_have_come(threads):
    def fails_at_five(batch):
        if _number(batch) == 5:
            raise ValueError("five")
        return batch

    stream = streamed(_batches(20), fails_at_five, threads)
    assert [_number(next(stream)) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="five"):
        next(stream)


def test_an_error_of_the_input_passes_through():
    def broken():
        yield pa.record_batch({"i": [0]})
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(streamed(broken(), lambda b: b, 2))


def _counting(batches):
    """Yield every batch and at the end the sum of them, so that streams can be told from batches."""
    total = 0
    for batch in batches:
        total += _number(batch)
        yield batch
    yield pa.record_batch({"i": [1000 + total]})


@pytest.mark.parametrize("threads", [1, 3])
def test_what_is_dealt_out_to_streams_adds_up(threads):
    found = [_number(batch) for batch in map_streams(_batches(50), _counting, threads)]
    sums = [i - 1000 for i in found if i >= 1000]
    assert sorted(i for i in found if i < 1000) == list(range(50))
    assert (len(sums), sum(sums)) == (threads, sum(range(50)))


def test_streams_run_at_once():
    meet = threading.Barrier(2, timeout=10)

    def both(batches):
        meet.wait()
        yield from batches

    assert len(list(map_streams(_batches(4), both, 2))) == 4


def test_what_is_dealt_out_is_drawn_as_it_is_taken():
    drawn = []
    stream = map_streams(_batches(1000, drawn), lambda batches: batches, 2)
    next(stream)
    time.sleep(0.05)
    assert len(drawn) <= 10
    stream.close()
    assert len(drawn) <= 12


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_of_a_stream_or_of_what_it_draws_is_raised_and_ends_the_others(threads):
    def fails(batches):
        for batch in batches:
            if _number(batch) == 5:
                raise ValueError("five")
            yield batch

    with pytest.raises(ValueError, match="five"):
        list(map_streams(_batches(10_000), fails, threads))

    def broken():
        yield from _batches(3)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(map_streams(broken(), lambda batches: batches, threads))


def test_small_batches_are_joined_in_order_and_large_ones_are_passed_on():
    large = pa.record_batch({"i": range(20_000)})
    found = list(coalesced([*_batches(5), large, large, *_batches(3), *_batches(0)]))
    assert [batch.num_rows for batch in found] == [20_005, 20_000, 3]
    assert found[0].column("i").to_pylist()[:6] == [0, 1, 2, 3, 4, 0]
    assert found[1] is large
    assert list(coalesced(iter(()))) == []


def test_joined_batches_are_bounded_in_bytes():
    wide = [pa.record_batch({"text": ["x" * 1_000_000]})] * 40
    assert max(batch.num_rows for batch in coalesced(wide)) <= 20
