"""A stream of batches through a pure function, on several cores."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from typing import TypeVar

import pyarrow as pa

from stillwatch.engine.contract import BatchFunction, StreamFunction

__all__ = ["dealt", "in_order", "streamed"]

Item = TypeVar("Item")
Made = TypeVar("Made")


def streamed(batches: Iterable[pa.RecordBatch], function: BatchFunction, threads: int = 0) -> Iterator[pa.RecordBatch]:
    """Yield what *function* makes of each of *batches*, in their order, by *threads* threads; 0 is one per core.

    *batches* are drawn by the caller's thread, one more than there are threads at most ahead of what was yielded, so
    memory is that of a few batches. Kernels and Arrow release the interpreter's lock, which is what makes threads
    worth while. An error of *function* or of *batches* is raised where its batch would have come.
    """
    for made in in_order(batches, function, threads):
        if isinstance(made, pa.RecordBatch):
            yield made
        else:
            yield from made


def in_order(items: Iterable[Item], function: Callable[[Item], Made], threads: int = 0) -> Iterator[Made]:
    """Yield what *function* makes of each of *items*, in their order, by *threads* threads; 0 is one per core.

    What :func:`streamed` does of batches, of anything.
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


def dealt(batches: Iterable[pa.RecordBatch], function: StreamFunction, threads: int = 0) -> Iterator[pa.RecordBatch]:
    """Yield what *threads* runs of *function*, each over a stream of its own, make of *batches*; 0 is one per core.

    Whichever thread is free takes the next batch, so neither order nor who gets what is certain. An error ends all
    streams and is raised once they have ended.
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
            yield from streams.found()
        finally:
            streams.end()


class _Streams:
    """Streams that draw on one source, and the queue in which they leave what they make of it."""

    def __init__(self, batches: Iterable[pa.RecordBatch], function: StreamFunction, workers: int) -> None:
        self._source, self._function, self._left = iter(batches), function, workers
        self._drawing, self._over = threading.Lock(), threading.Event()
        # None says that a stream has ended.
        self._made: Queue[pa.RecordBatch | Exception | None] = Queue(2 * workers)

    def run(self) -> None:
        """Run one stream to its end."""
        try:
            for made in self._function(self._drawn()):
                self._made.put(made)
        except Exception as error:  # noqa: BLE001 - raised by who takes what was found
            self._over.set()
            self._made.put(error)
        finally:
            self._made.put(None)

    def found(self) -> Iterator[pa.RecordBatch]:
        """Yield what the streams make until all have ended; the first error is raised then."""
        failed: Exception | None = None
        while self._left:
            made = self._taken()
            if isinstance(made, Exception):
                failed = failed or made
            elif made is not None and failed is None:
                yield made
        if failed is not None:
            raise failed

    def end(self) -> None:
        """Let the streams draw no more, and wait for their end."""
        self._over.set()
        while self._left:
            self._taken()

    def _taken(self) -> pa.RecordBatch | Exception | None:
        made = self._made.get()
        self._left -= made is None
        return made

    def _drawn(self) -> Iterator[pa.RecordBatch]:
        while not self._over.is_set():
            with self._drawing:
                batch = next(self._source, None)
            if batch is None:
                return
            yield batch
