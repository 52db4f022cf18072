"""Runs a pure function over a stream of batches on several cores."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from typing import TypeVar

import pyarrow as pa

from stillwatch.engine.contract import BatchFunction, StreamFunction

__all__ = ["coalesced", "in_order", "map_streams", "streamed"]

_JOINED_ROWS, _JOINED_BYTES = 8_192, 16 << 20
"""Batches are joined up to one of these."""

Item = TypeVar("Item")
Made = TypeVar("Made")


def streamed(batches: Iterable[pa.RecordBatch], function: BatchFunction, threads: int = 0) -> Iterator[pa.RecordBatch]:
    """Yield the results of *function* for each of *batches*, in order, with *threads* threads (0: one per core).

    The caller's thread reads *batches*, at most one more than there are threads ahead of the results, so memory holds
    only a few batches. Threads run in parallel because numba kernels and Arrow release the interpreter's lock. An error
    of *function* or *batches* is raised at the position of its batch.
    """
    for made in in_order(batches, function, threads):
        if isinstance(made, pa.RecordBatch):
            yield made
        else:
            yield from made


def in_order(items: Iterable[Item], function: Callable[[Item], Made], threads: int = 0) -> Iterator[Made]:
    """Yield the result of *function* for each of *items*, in order, with *threads* threads (0: one per core).

    The same as :func:`streamed`, for items of any type.
    """
    workers = threads or os.cpu_count() or 1
    if workers == 1:
        yield from map(function, items)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="stillwatch-map") as pool:
        ahead: deque[Future[Made]] = deque()
        try:
            for item in items:
                ahead.append(pool.submit(function, item))
                if len(ahead) > workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for waiting in ahead:
                waiting.cancel()


def coalesced(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield *batches* in order, small ones joined. Every row group of a Parquet file costs time and memory."""
    held: list[pa.RecordBatch] = []
    n_rows = size = 0
    for batch in batches:
        if not held and batch.num_rows >= _JOINED_ROWS:
            yield batch
            continue
        held.append(batch)
        n_rows += batch.num_rows
        size += batch.nbytes
        if n_rows >= _JOINED_ROWS or size >= _JOINED_BYTES:
            yield pa.concat_batches(held)
            held, n_rows, size = [], 0, 0
    if held:
        yield pa.concat_batches(held)


def map_streams(
    batches: Iterable[pa.RecordBatch], function: StreamFunction, threads: int = 0
) -> Iterator[pa.RecordBatch]:
    """Yield the results of *threads* runs of *function* (0: one per core), each over its own stream of *batches*.

    A free thread takes the next batch, so neither the order nor the distribution of batches is fixed. An error ends all
    streams, and is raised after they have ended.
    """
    workers = threads or os.cpu_count() or 1
    if workers == 1:
        yield from function(iter(batches))
        return
    streams = _Streams(batches, function, workers)
    with ThreadPoolExecutor(workers, thread_name_prefix="stillwatch-map") as pool:
        for _ in range(workers):
            pool.submit(streams.run)
        try:
            yield from streams.results()
        finally:
            streams.end()


class _Streams:
    """Several streams that read one iterator, and the queue of their results."""

    def __init__(self, batches: Iterable[pa.RecordBatch], function: StreamFunction, workers: int) -> None:
        self._source, self._function, self._left = iter(batches), function, workers
        self._drawing, self._over = threading.Lock(), threading.Event()
        # None in the queue means that one stream has ended.
        self._made: Queue[pa.RecordBatch | Exception | None] = Queue(2 * workers)

    def run(self) -> None:
        """Run one stream to its end."""
        try:
            for made in self._function(self._next_batches()):
                self._made.put(made)
        except Exception as error:  # noqa: BLE001 - raised again by results()
            self._over.set()
            self._made.put(error)
        finally:
            self._made.put(None)

    def results(self) -> Iterator[pa.RecordBatch]:
        """Yield the results of the streams until all have ended; then raise the first error."""
        failed: Exception | None = None
        while self._left:
            made = self._next_result()
            if isinstance(made, Exception):
                failed = failed or made
            elif made is not None and failed is None:
                yield made
        if failed is not None:
            raise failed

    def end(self) -> None:
        """Stop the streams from reading, and wait until all have ended."""
        self._over.set()
        while self._left:
            self._next_result()

    def _next_result(self) -> pa.RecordBatch | Exception | None:
        made = self._made.get()
        self._left -= made is None
        return made

    def _next_batches(self) -> Iterator[pa.RecordBatch]:
        while not self._over.is_set():
            with self._drawing:
                batch = next(self._source, None)
            if batch is None:
                return
            yield batch
