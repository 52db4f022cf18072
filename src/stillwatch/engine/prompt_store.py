"""Stores prompts on disk, sorted by account: half, topic and sparse content vector of each prompt.

Three quarters of the values of a content vector are zero, and a log has more vectors than a machine has memory. The
prompts come in any order. They are first distributed by account to a few bucket files, and each bucket is then sorted
in memory (an external bucket sort). So memory use is that of one bucket, about half a gigabyte, for any log.

The record of an account starts with a header of 6 bytes per prompt: the number of non-zero values (2), the number of
bytes of the body (2), and twice the topic plus the half (2). The bodies of its prompts follow in the same order. A body
is the non-zero values (1 byte each), then 4 bits per value with the number of zeros before it, low bits first; 15 means
15 zeros and that the next 4 bits continue the count. The headers are together because most reads use a few topics, so
the other bodies are not touched. Integers are little-endian.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import numpy.typing as npt

from stillwatch.engine.kernels import njit
from stillwatch.errors import EngineError

__all__ = ["EncodedBatch", "PromptSorter", "PromptStore", "add_prompts", "encode"]

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

_FILE_PROMPTS = 2_000_000
"""Prompts per bucket file, which is sorted in memory: about half a gigabyte."""
_MAP_BYTES = 2 << 30
"""A store up to this size in bytes is mapped into memory; from a larger one, reads copy the requested records."""
_HEAD, _ACCOUNT = 6, 4
"""Bytes of the header of a prompt, and of the account number before it in a bucket file."""
_CONTINUES = 15
"""The 4-bit value that means 15 zeros, with the count continued in the next 4 bits."""


class PromptStore:
    """Prompts sorted by account: *n* per account; the record of account *a* is ``first[a]:first[a + 1]`` of *file*."""

    def __init__(self, file: IO[bytes], n: Ints, first: Ints) -> None:
        self._file, self._n, self._first = file, n, first
        size = int(first[-1])
        self._mapped: Bytes | None = None
        if size == 0:
            self._mapped = np.empty(0, np.uint8)
        elif size <= _MAP_BYTES:
            self._mapped = np.memmap(file, np.uint8, "r", shape=(size,))

    def read(self, accounts: Ints) -> tuple[Bytes, Ints, Ints]:
        """Return bytes with the records of *accounts*, the start of each record in them, and its number of prompts."""
        start, end = self._first[accounts], self._first[accounts + 1]
        if self._mapped is not None:
            return self._mapped, start, self._n[accounts]
        ends = np.cumsum(end - start)
        found = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
        for at, size, place in zip(start.tolist(), (end - start).tolist(), ends.tolist(), strict=True):
            found[place - size : place] = np.frombuffer(os.pread(self._file.fileno(), size, at), np.uint8)
        return found, ends - (end - start), self._n[accounts]


@dataclass(frozen=True)
class EncodedBatch:
    """The prompts of a batch, sorted by account and encoded for a bucket file."""

    account: Ints
    code: Bytes
    ends: Ints
    """The end of each prompt in *code*."""


def encode(
    account: Ints, half: npt.NDArray[np.int8], topic: npt.NDArray[np.int16], vectors: npt.NDArray[np.int8]
) -> EncodedBatch:
    """Return prompts, given in any order, encoded for :meth:`PromptSorter.add`.

    The arrays have one row per prompt; *vectors* is (n, dimensions).
    """
    order = np.argsort(account, kind="stable")
    code = np.empty(len(order) * (_ACCOUNT + _HEAD + 2 * vectors.shape[1]), np.uint8)
    ends = np.empty(len(order), np.int64)
    _encode_prompts(account, half, topic, vectors, order, code, ends)
    return EncodedBatch(account[order], code[: ends[-1] if len(ends) else 0], ends)


class PromptSorter:
    """Sorts prompts by account with bucket files in *folder*; :meth:`finish` returns the store.

    *about* is the approximate number of prompts per account. It decides which accounts share a bucket.
    """

    def __init__(self, about: Ints, folder: Path | None = None) -> None:
        self._folder = folder
        before = np.concatenate(([0], np.cumsum(about)[:-1])) if len(about) else np.empty(0, np.int64)
        self._file_of = before // _FILE_PROMPTS
        n_files = int(self._file_of.max(initial=0)) + 1
        self._first = np.searchsorted(self._file_of, np.arange(n_files + 1))
        self._files = [self._new_file() for _ in range(n_files)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files:
            file.close()

    def add(self, prompts: EncodedBatch) -> None:
        """Append *prompts* to their buckets. Raises ``EngineError`` where the disk is full."""
        file_of, ends = self._file_of[prompts.account], prompts.ends
        for number in np.unique(file_of):
            first, last = np.searchsorted(file_of, [number, number + 1])
            _append(self._files[number], prompts.code[ends[first - 1] if first else 0 : ends[last - 1]])

    def finish(self) -> PromptStore:
        """Sort the buckets and return the store; nothing can be added afterwards."""
        whole = self._new_file()
        n, size = np.zeros(len(self._file_of), np.int64), np.zeros(len(self._file_of), np.int64)
        for number, file in enumerate(self._files):
            file.seek(0)
            code = np.frombuffer(file.read(), np.uint8)
            # The bucket is deleted before its sorted copy is written, so the disk never holds both.
            file.close()
            first, last = self._first[number], self._first[number + 1]
            _measure(code, n, size)
            ordered = np.empty(int(size[first:last].sum()), np.uint8)
            head = np.cumsum(size[first:last]) - size[first:last]
            _sort_into(code, first, head, head + _HEAD * n[first:last], ordered)
            _append(whole, ordered)
        return PromptStore(whole, n, np.concatenate(([0], np.cumsum(size))))

    def _new_file(self) -> IO[bytes]:
        """Return a file without a name; the system deletes it when its last handle is closed, also after a crash."""
        return TemporaryFile(dir=self._folder, buffering=0)


def _append(file: IO[bytes], code: Bytes) -> None:
    """Append *code* to *file*. Raises ``EngineError`` where the disk is full."""
    left = code.data
    try:
        while left:
            left = left[file.write(left) :]
    except OSError as error:
        raise EngineError(
            f"the prompts sorted by account cannot be written ({type(error).__name__})",
            where="work folder", remedy="Free disk space or point --work at a larger disk.",
        ) from error  # fmt: skip


@njit(cache=True, nogil=True)
def _encode_prompts(account: Any, half: Any, topic: Any, vectors: Any, order: Any, code: Any, ends: Any) -> None:
    """Write the prompts in *order* to *code*, each after its account number, and the end of each to *ends*."""
    at, place = np.int64(0), np.empty(vectors.shape[1], np.int64)
    for k in range(order.shape[0]):
        row, begin = order[k], at
        head = begin + _ACCOUNT
        at = head + _HEAD
        count = np.int64(0)
        for d in range(vectors.shape[1]):
            # Zeros are written and then overwritten: this avoids a branch that the processor would mispredict.
            code[at + count], place[count] = np.uint8(vectors[row, d]), d
            count += vectors[row, d] != 0
        end = _encode_gaps(place[:count], code, at + count)
        _write_u16(code, head, count)
        _write_u16(code, head + 2, end - at)
        _write_u16(code, head + 4, 2 * np.int64(topic[row]) + half[row])
        _write_u16(code, begin, account[row] & 0xFFFF)
        _write_u16(code, begin + 2, account[row] >> 16)
        ends[k] = at = end


@njit(cache=True, nogil=True)
def _encode_gaps(place: Any, code: Any, at: Any) -> Any:
    """Write the number of zeros before each *place* to *code* from *at*, 4 bits at a time; return the end."""
    halves, byte, last = 0, np.int64(0), np.int64(-1)
    for i in range(place.shape[0]):
        gap = place[i] - last - 1
        last = place[i]
        while gap >= 0:
            nibble = min(gap, _CONTINUES)
            # exactly 15 zeros are written as 15 and 0
            gap = gap - _CONTINUES if nibble == _CONTINUES else -1
            byte |= nibble << (4 * (halves & 1))
            halves += 1
            if halves & 1 == 0:
                code[at] = np.uint8(byte)
                at, byte = at + 1, np.int64(0)
    code[at] = np.uint8(byte)
    return at + (halves & 1)


@njit(cache=True, nogil=True)
def _write_u16(code: Any, at: Any, value: Any) -> None:
    code[at], code[at + 1] = np.uint8(value & 255), np.uint8(value >> 8)


@njit(cache=True, nogil=True)
def _read_account(code: Any, at: Any) -> Any:
    return _read_u16(code, at) | _read_u16(code, at + 2) << 16


@njit(cache=True, nogil=True)
def _read_u16(code: Any, at: Any) -> Any:
    return np.int64(code[at]) | np.int64(code[at + 1]) << 8


@njit(cache=True, nogil=True)
def _measure(code: Any, n: Any, size: Any) -> None:
    """Add the number of prompts per account to *n*, and their bytes without the account numbers to *size*."""
    at = np.int64(0)
    while at < code.shape[0]:
        account, own = _read_account(code, at), _HEAD + _read_u16(code, at + _ACCOUNT + 2)
        n[account] += 1
        size[account] += own
        at += _ACCOUNT + own


@njit(cache=True, nogil=True)
def _sort_into(code: Any, first: Any, head: Any, body: Any, out: Any) -> None:
    """Copy each prompt of *code* to the record of its account in *out*.

    *head* and *body* are the next positions of headers and bodies per account, and are moved on.
    """
    at = np.int64(0)
    while at < code.shape[0]:
        account = _read_account(code, at) - first
        at += _ACCOUNT
        own = _HEAD + _read_u16(code, at + 2)
        to, rest = head[account], body[account]
        # byte by byte: assigning a slice to a slice takes seconds to compile
        for i in range(_HEAD):
            out[to + i] = code[at + i]
        for i in range(own - _HEAD):
            out[rest + i] = code[at + _HEAD + i]
        head[account] += _HEAD
        body[account] += own - _HEAD
        at += own


@njit(cache=True, nogil=True)
def add_prompts(code: Any, start: Any, size: Any, counts: Any, n: Any, norm: Any, total: Any) -> None:
    """Add the prompts of each account and half to *n*, *norm* (accounts, 2) and *total* (accounts, 2, dimensions).

    The record of an account is at its *start* in *code* (uint8) and has *size* prompts (:meth:`PromptStore.read`). A
    prompt is added where *counts* (accounts, topics) is true for its topic.
    """
    for i in range(start.shape[0]):
        at = start[i] + _HEAD * size[i]
        for head in range(start[i], at, _HEAD):
            count, where = _read_u16(code, head), _read_u16(code, head + 4)
            if counts[i, where >> 1]:
                half = where & 1
                n[i, half] += 1
                norm[i, half] += _decode_add(code[at : at + count], code, at + count, total[i, half])
            at += _read_u16(code, head + 2)


@njit(cache=True, nogil=True)
def _decode_add(values: Any, code: Any, at: Any, total: Any) -> Any:
    """Add *values* to *total* at the positions encoded in *code* from *at*; return the sum of their squares."""
    square, d, halves = np.int64(0), np.int64(-1), 0
    for i in range(values.shape[0]):
        value = np.int32(np.int8(values[i]))
        nibble = _CONTINUES
        while nibble == _CONTINUES:
            nibble = (code[at + (halves >> 1)] >> (4 * (halves & 1))) & 15
            halves += 1
            d += nibble
        d += 1
        total[d] += value
        square += value * value
    return square
