"""Prints in, profiles out: per account and half, integer sums that add up in any order to the same bytes.

The halves split an account's exchanges by a bit of the prompt's hash, so that a group found in one half can be tested
in the other: evidence that chose a group is never the evidence that convicts it (sample splitting; Cox, 1975).
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from stillwatch.features.sketch import DIMENSIONS
from stillwatch.features.words import mix
from stillwatch.model import CAPABILITIES
from stillwatch.tables import PROFILES

__all__ = ["half_of", "merge", "profile", "vectors_of"]


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
def _halves(hashes: Any, out: Any) -> None:
    for i in range(hashes.shape[0]):
        out[i] = mix(hashes[i]) & np.uint64(1)


def half_of(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int8]:
    """Return the half, 0 or 1, that the prompts of *hashes* fall into."""
    half = np.empty(len(hashes), np.int8)
    _halves(hashes, half)
    return half


def profile(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the partial profiles of the accounts in a batch of prints (schema ``tables.PROFILES``)."""
    batch = batch.filter(batch.column("vector").is_valid())
    accounts = batch.column("account_id").dictionary_encode()
    n_accounts = len(accounts.dictionary)
    half = half_of(batch.column("prompt_hash").to_numpy())
    vectors = vectors_of(batch.column("vector"))
    n, norm = np.zeros((n_accounts, 2), np.int64), np.zeros((n_accounts, 2), np.int64)
    total = np.zeros((n_accounts, 2, DIMENSIONS), np.int32)
    caps = np.zeros((n_accounts, 2, len(CAPABILITIES)), np.int32)
    capability = batch.column("capability").to_numpy()
    _add_rows(accounts.indices.to_numpy(), half, vectors, capability, n, norm, total, caps)
    return _rows(accounts.dictionary.to_pylist(), n, norm, total, caps)


def merge(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Add up partial profiles, in any order, to one row per account and half, sorted by both."""
    index: dict[str, int] = {}
    n, norm = np.zeros((0, 2), np.int64), np.zeros((0, 2), np.int64)
    total = np.zeros((0, 2, DIMENSIONS), np.int32)
    caps = np.zeros((0, 2, len(CAPABILITIES)), np.int32)
    for batch in batches:
        names = batch.column("account_id").to_pylist()
        slot = np.array([index.setdefault(name, len(index)) for name in names], np.int64)
        if len(index) > len(n):
            size = max(len(index), 2 * len(n))
            n, norm, total, caps = (_grown(array, size) for array in (n, norm, total, caps))
        # An engine may put the parts of several batches into one, so an account and half can come more than once.
        cell, place = np.unique(2 * slot + batch.column("half").to_numpy(), return_inverse=True)
        order = np.argsort(place, kind="stable")
        starts = np.searchsorted(place[order], np.arange(len(cell)))
        for sums, parts in (
            (n, batch.column("n").to_numpy()),
            (norm, batch.column("norm").to_numpy()),
            (total, _ints(batch.column("total"), DIMENSIONS)),
            (caps, _ints(batch.column("capabilities"), len(CAPABILITIES))),
        ):
            sums.reshape(-1, *sums.shape[2:])[cell] += np.add.reduceat(parts[order], starts, axis=0)
    merged = pa.Table.from_batches([_rows(list(index), n[: len(index)], norm, total, caps)])
    return merged.sort_by([("account_id", "ascending"), ("half", "ascending")])


def _rows(names: list[str], n: Any, norm: Any, total: Any, caps: Any) -> pa.RecordBatch:
    account, half = np.nonzero(n)
    return pa.RecordBatch.from_arrays(
        [
            pa.array(names, pa.string()).take(pa.array(account)),
            pa.array(half.astype(np.int8)),
            pa.array(n[account, half]),
            pa.array(norm[account, half]),
            pa.array([row.tobytes() for row in total[account, half].astype("<i4")], pa.binary()),
            pa.array([row.tobytes() for row in caps[account, half].astype("<i4")], pa.binary()),
        ],
        schema=PROFILES.schema,
    )


def vectors_of(column: pa.BinaryArray) -> npt.NDArray[np.int8]:
    """Return the vectors of a binary column without nulls as (n, 512), without copying."""
    _, offsets, data = column.buffers()
    if not len(column) or data is None:
        return np.zeros((0, DIMENSIONS), np.int8)
    start = int(np.frombuffer(offsets, np.int32)[column.offset])
    return np.frombuffer(data, np.int8)[start : start + len(column) * DIMENSIONS].reshape(-1, DIMENSIONS)


def _ints(column: pa.BinaryArray, width: int) -> npt.NDArray[np.int32]:
    return np.frombuffer(b"".join(column.to_pylist()), "<i4").reshape(-1, width)


def _grown(array: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    grown = np.zeros((size, *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown
