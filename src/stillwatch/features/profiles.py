"""Computes profiles of accounts from prints: integer sums per account and half. The order of adding does not matter.

A bit of the prompt's hash assigns each prompt of an account to one of two halves. A group found in one half is tested
in the other, so the data that selected a group are not the data of its test (sample splitting; Cox, 1975).
"""

import threading
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.kernels import njit
from stillwatch.features.sketch import DIMENSIONS
from stillwatch.features.words import mix
from stillwatch.model import CAPABILITIES
from stillwatch.tables import PROFILES

__all__ = ["Sums", "half_of", "known_rows", "merge", "profile", "vectors_of"]

Ints = npt.NDArray[np.int64]

_ROWS = 65_536
"""Most rows of one batch of profiles. Their sums take 134 MB, so 32-bit offsets are enough."""
_SHELF = 65_536
"""Accounts whose sums are in one array of 268 MB."""


@njit(cache=True, nogil=True)
def _add_rows(
    rows: Any, slot: Any, half: Any, vectors: Any, capability: Any, n: Any, norm: Any, total: Any, caps: Any
) -> None:
    for row in rows:
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
def _add_sums(rows: Any, slot: Any, half: Any, parts: Any, sums: Any) -> None:
    for row in rows:
        for d in range(parts.shape[1]):
            sums[slot[row], half[row], d] += parts[row, d]


@njit(cache=True, nogil=True)
def _halves(hashes: Any, out: Any) -> None:
    for i in range(hashes.shape[0]):
        out[i] = mix(hashes[i]) & np.uint64(1)


def half_of(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int8]:
    """Return the half, 0 or 1, of the prompts with these *hashes*."""
    half = np.empty(len(hashes), np.int8)
    _halves(hashes, half)
    return half


class _Shelf:
    """Arrays with the sums of up to ``_SHELF`` accounts; they grow as needed."""

    def __init__(self) -> None:
        self.n, self.norm = np.zeros((0, 2, 1), np.int64), np.zeros((0, 2, 1), np.int64)
        self.total = np.zeros((0, 2, DIMENSIONS), np.int32)
        self.caps = np.zeros((0, 2, len(CAPABILITIES)), np.int32)

    def make_room(self, size: int) -> None:
        """Grow the arrays to hold *size* accounts."""
        if size > len(self.n):
            size = min(_SHELF, max(size, 2 * len(self.n)))
            grown = (_grown(array, size) for array in (self.n, self.norm, self.total, self.caps))
            self.n, self.norm, self.total, self.caps = grown


class Sums:
    """Sums per account and half; the length is the number of accounts. Several threads can add at once.

    The sums are split into shelves, because doubling one large array needs three times its memory for a moment.
    """

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self._shelves: list[_Shelf] = []
        self._adding = threading.Lock()

    def __len__(self) -> int:
        return len(self._index)

    def add(self, batch: pa.RecordBatch) -> None:
        """Add a batch of prints; every row must have a vector."""
        accounts, half = _encoded(batch.column("account_id")), half_of(batch.column("prompt_hash").to_numpy())
        vectors, capability = vectors_of(batch.column("vector")), batch.column("capability").to_numpy()
        with self._adding:
            for shelf, rows, slot in self._shelved(accounts):
                _add_rows(
                    rows, slot, half, vectors, capability, shelf.n[..., 0], shelf.norm[..., 0], shelf.total, shelf.caps
                )

    def add_parts(self, batch: pa.RecordBatch) -> None:
        """Add partial profiles (schema ``tables.PROFILES``)."""
        accounts, half = _encoded(batch.column("account_id")), batch.column("half").to_numpy()
        n, norm = (batch.column(name).to_numpy()[:, None] for name in ("n", "norm"))
        total = _wide(batch.column("total"), "<i4", DIMENSIONS)
        caps = _wide(batch.column("capabilities"), "<i4", len(CAPABILITIES))
        with self._adding:
            for shelf, rows, slot in self._shelved(accounts):
                for sums, parts in ((shelf.n, n), (shelf.norm, norm), (shelf.total, total), (shelf.caps, caps)):
                    _add_sums(rows, slot, half, parts, sums)

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Yield the sums as profiles (schema ``tables.PROFILES``), sorted by account and half."""
        names = pa.array(list(self._index), pa.string())
        order = pc.sort_indices(names).to_numpy()
        everywhere = [shelf.n[:, :, 0] for shelf in self._shelves] or [np.zeros((0, 2), np.int64)]
        account, half = np.nonzero(np.concatenate(everywhere)[order])
        slot = order[account]
        for start in range(0, len(slot), _ROWS):
            a, h = slot[start : start + _ROWS], half[start : start + _ROWS]
            yield pa.RecordBatch.from_arrays(
                [
                    names.take(pa.array(a)),
                    pa.array(h.astype(np.int8)),
                    pa.array(self._taken("n", a, h)[:, 0]),
                    pa.array(self._taken("norm", a, h)[:, 0]),
                    _binary(self._taken("total", a, h)),
                    _binary(self._taken("caps", a, h)),
                ],
                schema=PROFILES.schema,
            )

    def _shelved(self, accounts: tuple[list[str], Ints]) -> Iterator[tuple[_Shelf, Ints, Ints]]:
        """Yield each shelf with accounts of the batch, the rows of its accounts, and the index of each row on it."""
        names, indices = accounts
        index = self._index
        slot = np.array([index.setdefault(name, len(index)) for name in names], np.int64)[indices]
        while len(self._shelves) * _SHELF < len(index):
            self._shelves.append(_Shelf())
        which, place = np.divmod(slot, _SHELF)
        for number in np.unique(which):
            self._shelves[number].make_room(min(_SHELF, len(index) - number * _SHELF))
            yield self._shelves[number], np.flatnonzero(which == number), place

    def _taken(self, name: str, slot: Ints, half: Ints) -> npt.NDArray[Any]:
        """Return the sums *name* of the accounts at *slot*, in *half*."""
        which, place = np.divmod(slot, _SHELF)
        first: npt.NDArray[Any] = getattr(self._shelves[0], name)
        found = np.empty((len(slot), first.shape[2]), first.dtype)
        for number in np.unique(which):
            here = which == number
            found[here] = getattr(self._shelves[number], name)[place[here], half[here]]
        return found


def _encoded(accounts: pa.Array) -> tuple[list[str], Ints]:
    """Return the different *accounts*, and for each row its index among them."""
    encoded = accounts.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64)


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
    """Merge partial profiles, in any order, into one row per account and half, sorted by both."""
    sums = Sums()
    for batch in batches:
        sums.add_parts(batch)
    return pa.Table.from_batches(sums.rows(), PROFILES.schema)


def vectors_of(column: pa.BinaryArray) -> npt.NDArray[np.int8]:
    """Return the vectors of a binary column without nulls as an array (n, 512), without copying."""
    return _wide(column, "i1", DIMENSIONS)


def _wide(column: pa.BinaryArray, kind: str, width: int) -> npt.NDArray[Any]:
    """Return a binary column without nulls as an array (n, *width*) of type *kind*, without copying."""
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
