"""Prints in, profiles out: per account and half, integer sums that add up in any order to the same bytes.

The halves split an account's exchanges by a bit of the prompt's hash, so that a group found in one half can be tested
in the other: evidence that chose a group is never the evidence that convicts it (sample splitting; Cox, 1975).
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from stillwatch.features.sketch import DIMENSIONS
from stillwatch.features.words import mix
from stillwatch.model import CAPABILITIES
from stillwatch.tables import PROFILES

__all__ = ["Sums", "half_of", "known_rows", "merge", "profile", "vectors_of"]

_ROWS = 65_536
"""Most rows of one batch of profiles: its sums take 134 MB, and offsets into them 32 bits."""


@njit(cache=True, nogil=True)
def _add_rows(slot: Any, half: Any, vectors: Any, capability: Any, n: Any, norm: Any, total: Any, caps: Any) -> None:
    for row in range(slot.shape[0]):
        a, h = slot[row], half[row]
        n[a, h] += 1
        square = np.int64(0)
        for d in range(vectors.shape[1]):
            value = np.int32(vectors[row, d])
            square += value * value
            total[a, h, d] += value
        norm[a, h] += square
        if capability[row] >= 0:
            caps[a, h, capability[row]] += 1


@njit(cache=True, nogil=True)
def _add_sums(slot: Any, half: Any, parts: Any, sums: Any) -> None:
    for row in range(slot.shape[0]):
        for d in range(parts.shape[1]):
            sums[slot[row], half[row], d] += parts[row, d]


@njit(cache=True, nogil=True)
def _halves(hashes: Any, out: Any) -> None:
    for i in range(hashes.shape[0]):
        out[i] = mix(hashes[i]) & np.uint64(1)


def half_of(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int8]:
    """Return the half, 0 or 1, that the prompts of *hashes* fall into."""
    half = np.empty(len(hashes), np.int8)
    _halves(hashes, half)
    return half


class Sums:
    """Sums per account and half, which grow as accounts come along; their number is the length."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self._n, self._norm = np.zeros((0, 2, 1), np.int64), np.zeros((0, 2, 1), np.int64)
        self._total = np.zeros((0, 2, DIMENSIONS), np.int32)
        self._caps = np.zeros((0, 2, len(CAPABILITIES)), np.int32)

    def __len__(self) -> int:
        return len(self._index)

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch of prints, all of which have a vector."""
        slot, half = self._slots(batch.column("account_id")), half_of(batch.column("prompt_hash").to_numpy())
        vectors, capability = vectors_of(batch.column("vector")), batch.column("capability").to_numpy()
        _add_rows(slot, half, vectors, capability, self._n[..., 0], self._norm[..., 0], self._total, self._caps)

    def add_parts(self, batch: pa.RecordBatch) -> None:
        """Add partial profiles (schema ``tables.PROFILES``)."""
        slot, half = self._slots(batch.column("account_id")), batch.column("half").to_numpy()
        for sums, parts in (
            (self._n, batch.column("n").to_numpy()[:, None]),
            (self._norm, batch.column("norm").to_numpy()[:, None]),
            (self._total, _wide(batch.column("total"), "<i4", DIMENSIONS)),
            (self._caps, _wide(batch.column("capabilities"), "<i4", len(CAPABILITIES))),
        ):
            _add_sums(slot, half, parts, sums)

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Yield the sums as profiles (schema ``tables.PROFILES``), sorted by account and half."""
        names = pa.array(list(self._index), pa.string())
        order = pc.sort_indices(names).to_numpy()
        account, half = np.nonzero(self._n[order, :, 0])
        slot = order[account]
        for start in range(0, len(slot), _ROWS):
            a, h = slot[start : start + _ROWS], half[start : start + _ROWS]
            yield pa.RecordBatch.from_arrays(
                [
                    names.take(pa.array(a)),
                    pa.array(h.astype(np.int8)),
                    pa.array(self._n[a, h, 0]),
                    pa.array(self._norm[a, h, 0]),
                    _binary(self._total[a, h]),
                    _binary(self._caps[a, h]),
                ],
                schema=PROFILES.schema,
            )

    def _slots(self, accounts: pa.Array) -> npt.NDArray[np.int64]:
        """Return the place of each of *accounts* in the sums, which grow for those that are new."""
        coded = accounts.dictionary_encode()
        index = self._index
        known = np.array([index.setdefault(name, len(index)) for name in coded.dictionary.to_pylist()], np.int64)
        if len(index) > len(self._n):
            size = max(len(index), 2 * len(self._n))
            grown = (_grown(array, size) for array in (self._n, self._norm, self._total, self._caps))
            self._n, self._norm, self._total, self._caps = grown
        return np.asarray(known[coded.indices.to_numpy()])


def known_rows(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the rows of a batch of prints that have a vector."""
    vectors = batch.column("vector")
    return batch.filter(vectors.is_valid()) if vectors.null_count else batch


def profile(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the partial profiles of the accounts in a batch of prints (schema ``tables.PROFILES``)."""
    sums = Sums()
    sums.add(known_rows(batch))
    return pa.concat_batches([pa.RecordBatch.from_pylist([], schema=PROFILES.schema), *sums.rows()])


def merge(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Add up partial profiles, in any order, to one row per account and half, sorted by both."""
    sums = Sums()
    for batch in batches:
        sums.add_parts(batch)
    return pa.Table.from_batches(sums.rows(), PROFILES.schema)


def vectors_of(column: pa.BinaryArray) -> npt.NDArray[np.int8]:
    """Return the vectors of a binary column without nulls as (n, 512), without copying."""
    return _wide(column, "i1", DIMENSIONS)


def _wide(column: pa.BinaryArray, kind: str, width: int) -> npt.NDArray[Any]:
    """Return a binary column without nulls, each value of which is *width* numbers, as an array, without copying."""
    _, offsets, data = column.buffers()
    if not len(column) or data is None:
        return np.zeros((0, width), kind)
    start, size = int(np.frombuffer(offsets, np.int32)[column.offset]), width * np.dtype(kind).itemsize
    found = np.frombuffer(memoryview(data)[start : start + len(column) * size], kind)
    return found.reshape(len(column), width)


def _binary(values: npt.NDArray[np.int32]) -> pa.Array:
    """Return the rows of *values* (n, m) as a binary column, little-endian."""
    written = np.ascontiguousarray(values, "<i4")
    ends = np.arange(len(values) + 1, dtype=np.int32) * (values.shape[1] * written.itemsize)
    return pa.BinaryArray.from_buffers(pa.binary(), len(values), [None, pa.py_buffer(ends), pa.py_buffer(written)])


def _grown(array: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    grown = np.zeros((size, *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown
