"""A stream of batches through a pure function, on several cores, in the order in which they came."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from stillwatch.engine.contract import BatchFunction

__all__ = ["streamed"]


def streamed(batches: Iterable[pa.RecordBatch], function: BatchFunction, threads: int = 0) -> Iterator[pa.RecordBatch]:
    """Yield what *function* makes of each of *batches*, in their order, by *threads* threads; 0 is one per core.

    *batches* are drawn by the caller's thread, one more than there are threads at most ahead of what was yielded, so
    memory is that of a few batches. Kernels and Arrow release the interpreter's lock, which is what makes threads
    worth while. An error of *function* or of *batches* is raised where its batch would have come.
    """
    for made in _worked_out(batches, function, threads or os.cpu_count() or 1):
        if isinstance(made, pa.RecordBatch):
            yield made
        else:
            yield from made


def _worked_out(
    batches: Iterable[pa.RecordBatch], function: BatchFunction, workers: int
) -> Iterator[pa.RecordBatch | Iterable[pa.RecordBatch]]:
    if workers == 1:
        yield from map(function, batches)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="stillwatch-map") as pool:
        ahead: deque[Future[pa.RecordBatch | Iterable[pa.RecordBatch]]] = deque()
        try:
            for batch in batches:
                ahead.append(pool.submit(function, batch))
                if len(ahead) > workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for waiting in ahead:
                waiting.cancel()
