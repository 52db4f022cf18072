"""Computes a 64-bit hash of all texts of an exchange, so that rows can be compared after their texts are removed.

The hash is used only to choose which of several rows with one exchange id is kept (``ingest.duplicates``). It is not
keyed and never leaves the work folder.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.kernels import njit
from stillwatch.features.words import mix

__all__ = ["content_hash"]

_EIGHT = np.uint64(8)
_STEP = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def _word(data: Any, at: Any, size: Any) -> Any:
    """Return *size* bytes (at most 8) as a little-endian number."""
    word = np.uint64(0)
    for i in range(size):
        word |= np.uint64(data[at + i]) << (_EIGHT * i)
    return word


@njit(cache=True, nogil=True)
def _fold(data: Any, offsets: Any, valid: Any, out: Any) -> None:
    """Mix the bytes of each row of one column into *out* (uint64); a missing text and an empty text differ."""
    for row in range(valid.shape[0]):
        value = mix(out[row] + _STEP)
        if valid[row]:
            at, left = np.uint64(offsets[row]), np.uint64(offsets[row + 1] - offsets[row])
            value = mix(value ^ (left + np.uint64(1)))
            while left >= _EIGHT:
                value = mix(value ^ _word(data, at, _EIGHT)) + _STEP
                at += _EIGHT
                left -= _EIGHT
            if left > 0:
                value = mix(value ^ _word(data, at, left)) + _STEP
        out[row] = value


def content_hash(columns: list[pa.Array]) -> npt.NDArray[np.int64]:
    """Return a 64-bit hash per row over the string and binary *columns* (of equal length), in their order."""
    out = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        large = column.cast(pa.large_string() if pa.types.is_string(column.type) else pa.large_binary())
        _, offsets, data = large.buffers()
        if offsets is None or not len(large):
            continue
        text = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
        ends = np.frombuffer(offsets, np.int64)[large.offset : large.offset + len(large) + 1]
        _fold(text, ends, np.asarray(large.is_valid()), out)
    return out.view(np.int64)
