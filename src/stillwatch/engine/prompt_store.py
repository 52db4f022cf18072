"""Prompts laid out on disk, account by account: half, topic and what their vectors hold, without the noughts.

Three quarters of a content vector are nought, and a log has more vectors than a machine has memory. They come in any
order, so they are first dealt out to a few files by account, each small enough to be put in order in memory (a bucket
sort from disk to disk). Memory is that of one such file, whatever the log holds.

An account is, in bytes: for each of its prompts how many of its numbers are not nought (2), how many bytes tell of
them (2), and twice its topic plus its half (2); then, prompt after prompt, those numbers (1 each), and half a byte for
how many noughts stand before each, low half first: 15 says that there are 15 and that the next half goes on. Heads
stand together because most looks are for a few topics: what does not count is not touched. Integers are little-endian.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import numpy.typing as npt
from numba import njit

from stillwatch.errors import EngineError

__all__ = ["Coded", "Kept", "Sorting", "add", "coded"]

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

_ROWS = 2_000_000
"""Prompts of one file that is put in order at a time: about half a gigabyte."""
_MAPPED = 2 << 30
"""Bytes up to which the whole is mapped into memory; of more, what is asked for is read."""
_HEAD, _ACCOUNT = 6, 4
"""Bytes before the numbers of a prompt, and those of its account while prompts are being sorted."""
_ON = 15
"""What says that so many noughts stand here and more follow."""


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


@dataclass(frozen=True)
class Coded:
    """Prompts of a batch in the order of accounts, as they stand in a file that is still to be put in order."""

    account: Ints
    code: Bytes
    ends: Ints
    """Where in *code* each prompt ends."""


def coded(
    account: Ints, half: npt.NDArray[np.int8], topic: npt.NDArray[np.int16], vectors: npt.NDArray[np.int8]
) -> Coded:
    """Return prompts, whose rows are in any order, as :meth:`Sorting.add` takes them."""
    order = np.argsort(account, kind="stable")
    code = np.empty(len(order) * (_ACCOUNT + _HEAD + 2 * vectors.shape[1]), np.uint8)
    ends = np.empty(len(order), np.int64)
    _written(account, half, topic, vectors, order, code, ends)
    return Coded(account[order], code[: ends[-1] if len(ends) else 0], ends)


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

    def add(self, prompts: Coded) -> None:
        """Add *prompts*."""
        file_of, ends = self._file_of[prompts.account], prompts.ends
        for number in np.unique(file_of):
            first, last = np.searchsorted(file_of, [number, number + 1])
            _put(self._files[number], prompts.code[ends[first - 1] if first else 0 : ends[last - 1]])

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
    at, place = np.int64(0), np.empty(vectors.shape[1], np.int64)
    for k in range(order.shape[0]):
        row, begin = order[k], at
        head = begin + _ACCOUNT
        at = head + _HEAD
        count = np.int64(0)
        for d in range(vectors.shape[1]):
            # Written whatever it is, and written over unless it counts: no branch that a processor would guess wrong.
            code[at + count], place[count] = np.uint8(vectors[row, d]), d
            count += vectors[row, d] != 0
        end = _told(place[:count], code, at + count)
        _put_two(code, head, count)
        _put_two(code, head + 2, end - at)
        _put_two(code, head + 4, 2 * np.int64(topic[row]) + half[row])
        _put_two(code, begin, account[row] & 0xFFFF)
        _put_two(code, begin + 2, account[row] >> 16)
        ends[k] = at = end


@njit(cache=True, nogil=True)
def _told(place: Any, code: Any, at: Any) -> Any:
    """Write to *code* how many noughts stand before each *place*, and return where that ends."""
    halves, byte, last = 0, np.int64(0), np.int64(-1)
    for i in range(place.shape[0]):
        gap = place[i] - last - 1
        last = place[i]
        while gap >= 0:
            told = min(gap, _ON)
            # 15 noughts and no more are 15 and 0
            gap = gap - _ON if told == _ON else -1
            byte |= told << (4 * (halves & 1))
            halves += 1
            if halves & 1 == 0:
                code[at] = np.uint8(byte)
                at, byte = at + 1, np.int64(0)
    code[at] = np.uint8(byte)
    return at + (halves & 1)


@njit(cache=True, nogil=True)
def _put_two(code: Any, at: Any, value: Any) -> None:
    code[at], code[at + 1] = np.uint8(value & 255), np.uint8(value >> 8)


@njit(cache=True, nogil=True)
def _account_at(code: Any, at: Any) -> Any:
    return _two(code, at) | _two(code, at + 2) << 16


@njit(cache=True, nogil=True)
def _two(code: Any, at: Any) -> Any:
    return np.int64(code[at]) | np.int64(code[at + 1]) << 8


@njit(cache=True, nogil=True)
def _measured(code: Any, n: Any, size: Any) -> None:
    """Add each account's prompts to *n*, and the bytes of them, without the account itself, to *size*."""
    at = np.int64(0)
    while at < code.shape[0]:
        account, own = _account_at(code, at), _HEAD + _two(code, at + _ACCOUNT + 2)
        n[account] += 1
        size[account] += own
        at += _ACCOUNT + own


@njit(cache=True, nogil=True)
def _ordered(code: Any, first: Any, head: Any, body: Any, out: Any) -> None:
    """Copy each prompt of *code* behind those of its account: where its *head* and its *body* go in *out* moves on."""
    at = np.int64(0)
    while at < code.shape[0]:
        account = _account_at(code, at) - first
        at += _ACCOUNT
        own = _HEAD + _two(code, at + 2)
        to, rest = head[account], body[account]
        # byte by byte: to give a slice to a slice takes seconds to compile
        for i in range(_HEAD):
            out[to + i] = code[at + i]
        for i in range(own - _HEAD):
            out[rest + i] = code[at + _HEAD + i]
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
            count, where = _two(code, head), _two(code, head + 4)
            if counts[i, where >> 1]:
                half = where & 1
                n[i, half] += 1
                norm[i, half] += _added(code[at : at + count], code, at + count, total[i, half])
            at += _two(code, head + 2)


@njit(cache=True, nogil=True)
def _added(values: Any, code: Any, at: Any, total: Any) -> Any:
    """Add *values* to *total*, where *code* says from *at* on, and return the sum of their squares."""
    square, d, halves = np.int64(0), np.int64(-1), 0
    for i in range(values.shape[0]):
        value = np.int32(np.int8(values[i]))
        told = _ON
        while told == _ON:
            told = (code[at + (halves >> 1)] >> (4 * (halves & 1))) & 15
            halves += 1
            d += told
        d += 1
        total[d] += value
        square += value * value
    return square
