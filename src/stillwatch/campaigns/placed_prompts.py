"""Prompts laid out on disk, account by account: half, topic and what their vectors hold, without the noughts.

Three quarters of a content vector are nought, and a log has more vectors than a machine has memory. They come in any
order, so they are first dealt out to a few files by account, each small enough to be put in order in memory (a bucket
sort from disk to disk). Memory is that of one such file, whatever the log holds.

An account is, in bytes: for each of its prompts its size (2) and twice its topic plus its half (2); then, prompt after
prompt, two for each number that is not nought: how many noughts stand before it, and the number. Heads stand together
because most looks are for a few topics: what does not count is not touched. Integers are little-endian.
"""

import os
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import numpy.typing as npt
from numba import njit

from stillwatch.campaigns.content import Ints
from stillwatch.errors import EngineError

__all__ = ["Kept", "Sorting", "add"]

Bytes = npt.NDArray[np.uint8]

_ROWS = 2_000_000
"""Prompts of one file that is put in order at a time: about half a gigabyte."""
_MAPPED = 2 << 30
"""Bytes up to which the whole is mapped into memory; of more, what is asked for is read."""
_HEAD, _ACCOUNT = 4, 4
"""Bytes before the numbers of a prompt, and those of its account while prompts are being sorted."""
_FURTHEST = 255
"""Most noughts that one byte can tell of; where there are more, one nought is told as a number."""


class Kept:
    """Prompts in the order of accounts: *n* of each, those of account *a* at ``first[a]:first[a + 1]`` of a file."""

    def __init__(self, file: IO[bytes], n: Ints, first: Ints) -> None:
        self._file, self._n, self._first = file, n, first
        size = int(first[-1])
        self._mapped: Bytes | None = None
        if size == 0:
            self._mapped = np.empty(0, np.uint8)
        elif size <= _MAPPED:
            self._mapped = np.memmap(file, np.uint8, "r", shape=(size,))

    def of(self, accounts: Ints) -> tuple[Bytes, Ints, Ints]:
        """Return bytes that hold the prompts of *accounts*, where in them those of each begin, and their numbers."""
        start, end = self._first[accounts], self._first[accounts + 1]
        if self._mapped is not None:
            return self._mapped, start, self._n[accounts]
        ends = np.cumsum(end - start)
        found = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
        for at, size, place in zip(start.tolist(), (end - start).tolist(), ends.tolist(), strict=True):
            found[place - size : place] = np.frombuffer(os.pread(self._file.fileno(), size, at), np.uint8)
        return found, ends - (end - start), self._n[accounts]


class Sorting:
    """Prompts on their way into the order of accounts, which have about so many each; ends with :meth:`kept`."""

    def __init__(self, about: Ints, folder: Path | None = None) -> None:
        self._folder = folder
        before = np.concatenate(([0], np.cumsum(about)[:-1])) if len(about) else np.empty(0, np.int64)
        self._file_of = before // _ROWS
        n_files = int(self._file_of.max(initial=0)) + 1
        self._first = np.searchsorted(self._file_of, np.arange(n_files + 1))
        self._files = [self._made() for _ in range(n_files)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files:
            file.close()

    def add(
        self, account: Ints, half: npt.NDArray[np.int8], topic: npt.NDArray[np.int16], vectors: npt.NDArray[np.int8]
    ) -> None:
        """Add prompts, whose rows are in any order."""
        order = np.argsort(account, kind="stable")
        code = np.empty(len(order) * (_ACCOUNT + _HEAD + 2 * vectors.shape[1] + 2), np.uint8)
        ends = np.empty(len(order), np.int64)
        _written(account, half, topic, vectors, order, code, ends)
        file_of = self._file_of[account[order]]
        for number in np.unique(file_of):
            first, last = np.searchsorted(file_of, [number, number + 1])
            _put(self._files[number], code[ends[first - 1] if first else 0 : ends[last - 1]])

    def kept(self) -> Kept:
        """Return all that was added, in order; nothing can be added any more."""
        whole = self._made()
        n, size = np.zeros(len(self._file_of), np.int64), np.zeros(len(self._file_of), np.int64)
        for number, file in enumerate(self._files):
            file.seek(0)
            code = np.frombuffer(file.read(), np.uint8)
            # What was read is gone from the disk before as much is written again.
            file.close()
            first, last = self._first[number], self._first[number + 1]
            _measured(code, n, size)
            ordered = np.empty(int(size[first:last].sum()), np.uint8)
            head = np.cumsum(size[first:last]) - size[first:last]
            _ordered(code, first, head, head + _HEAD * n[first:last], ordered)
            _put(whole, ordered)
        return Kept(whole, n, np.concatenate(([0], np.cumsum(size))))

    def _made(self) -> IO[bytes]:
        """Return a file without a name, which is gone with the last who looks at it, whatever happens in between."""
        return TemporaryFile(dir=self._folder, buffering=0)


def _put(file: IO[bytes], code: Bytes) -> None:
    """Write all of *code* to the end of *file*; raises ``EngineError`` where the disk is full."""
    left = code.data
    try:
        while left:
            left = left[file.write(left) :]
    except OSError as error:
        raise EngineError(
            f"could not write prompts in the order of accounts ({type(error).__name__})",
            where="work folder", remedy="Free disk space or point --work at a larger disk.",
        ) from error  # fmt: skip


@njit(cache=True, nogil=True)
def _written(account: Any, half: Any, topic: Any, vectors: Any, order: Any, code: Any, ends: Any) -> None:
    """Write the prompts in their *order* to *code*, each with its account before it; *ends* is where each ends."""
    at = 0
    for k in range(order.shape[0]):
        row, begin = order[k], at
        at += _ACCOUNT + _HEAD
        last = -1
        for d in range(vectors.shape[1]):
            value = vectors[row, d]
            gap = d - last - 1
            if gap > _FURTHEST:
                code[at], code[at + 1] = _FURTHEST, 0
                last += _FURTHEST + 1
                gap -= _FURTHEST + 1
                at += 2
            # Written whatever it is, and written over unless it counts: no branch that a processor would guess wrong.
            code[at], code[at + 1] = gap, np.uint8(value)
            at += 2 * (value != 0)
            last = d if value != 0 else last
        size = at - begin - _ACCOUNT
        where = 2 * np.int64(topic[row]) + half[row]
        for i in range(_ACCOUNT):
            code[begin + i] = np.uint8((account[row] >> (8 * i)) & 255)
        code[begin + 4], code[begin + 5] = np.uint8(size & 255), np.uint8(size >> 8)
        code[begin + 6], code[begin + 7] = np.uint8(where & 255), np.uint8(where >> 8)
        ends[k] = at


@njit(cache=True, nogil=True)
def _account_at(code: Any, at: Any) -> Any:
    found = np.int64(0)
    for i in range(_ACCOUNT):
        found |= np.int64(code[at + i]) << (8 * i)
    return found


@njit(cache=True, nogil=True)
def _two(code: Any, at: Any) -> Any:
    return np.int64(code[at]) | np.int64(code[at + 1]) << 8


@njit(cache=True, nogil=True)
def _measured(code: Any, n: Any, size: Any) -> None:
    """Add each account's prompts to *n*, and the bytes of them, without the account itself, to *size*."""
    at = 0
    while at < code.shape[0]:
        account, own = _account_at(code, at), _two(code, at + _ACCOUNT)
        n[account] += 1
        size[account] += own
        at += _ACCOUNT + own


@njit(cache=True, nogil=True)
def _ordered(code: Any, first: Any, head: Any, body: Any, out: Any) -> None:
    """Copy each prompt of *code* behind those of its account: where its *head* and its *body* go in *out* moves on."""
    at = 0
    while at < code.shape[0]:
        account = _account_at(code, at) - first
        at += _ACCOUNT
        own = _two(code, at)
        to, rest = head[account], body[account]
        out[to : to + _HEAD] = code[at : at + _HEAD]
        out[rest : rest + own - _HEAD] = code[at + _HEAD : at + own]
        head[account] += _HEAD
        body[account] += own - _HEAD
        at += own


@njit(cache=True, nogil=True)
def add(code: Any, start: Any, size: Any, counts: Any, n: Any, norm: Any, total: Any) -> None:
    """Add to *n*, *norm* (accounts, 2) and *total* (accounts, 2, dimensions) what each account asked in each half.

    Its *size* prompts are at its *start* in *code* (uint8); those count whose topic is among the account's in *counts*
    (accounts, topics).
    """
    for i in range(start.shape[0]):
        at = start[i] + _HEAD * size[i]
        for head in range(start[i], at, _HEAD):
            last, where = at + _two(code, head) - _HEAD, _two(code, head + 2)
            if counts[i, where >> 1]:
                half = where & 1
                n[i, half] += 1
                square, d = np.int64(0), np.int64(-1)
                for k in range(at, last, 2):
                    d += np.int64(code[k]) + 1
                    value = np.int32(np.int8(code[k + 1]))
                    square += value * value
                    total[i, half, d] += value
                norm[i, half] += square
            at = last
