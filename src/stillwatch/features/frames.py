"""Hashes the parts of a prompt that can be its frame: the words and lines at its edges, and the labels of its lines.

A frame is the fixed text around a varying payload. One prompt alone does not show which of its parts is fixed, so up to
seven candidate parts are kept. ``signals.shared_frame`` chooses among them when all prompts are known. The candidates
are the first and last 6 and 10 words, the first and last line (or the text up to the first colon and after the last
one), and the labels of all lines together ("Context: … Question: … Answer:").
"""

from typing import Any

import numpy as np

from stillwatch.engine.kernels import njit
from stillwatch.features.words import COLON, LINE, mix

__all__ = ["PARTS", "STEP", "chain", "frame_parts"]

PARTS = 7
"""Number of candidate parts of a prompt, in the order: first words (6, 10), last words (6, 10), first line, last line,
labels. A missing part is 0.

A part is below 2^63. Its lowest four bits are its weight, 1 to 10, which says how large a frame it is. A template
usually ends with a line, so the weight of a line is its number of words (10 at most). A window of words can run into
the payload, so its weight is two less than its number of words.
"""
_FIRST, _SHORT, _LONG = np.int64(0), np.int64(6), np.int64(10)
"""The first word, and the sizes of the two windows. Windows of four words are common phrases of the language.

The constants are typed, because numba would compile ``chain`` again for each literal.
"""
_MOST = 10
_LABEL_WORDS = 3
"""The most words before a colon, at the start of a line, that are a label."""
_KEEP = np.uint64((1 << 63) - 16)
STEP = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def chain(words: Any, start: Any, end: Any, key: Any) -> Any:
    """Return an order-sensitive, keyed hash of ``words[start:end]`` (uint64); never 0."""
    value = mix(key ^ np.uint64(end - start))
    for i in range(start, end):
        value = mix(value ^ words[i]) + STEP
    return value if value != 0 else np.uint64(1)


@njit(cache=True, nogil=True)
def _part(value: Any, weight: Any) -> Any:
    return (value & _KEEP) | np.uint64(weight)


@njit(cache=True, nogil=True)
def _labels(words: Any, breaks: Any, count: Any, key: Any) -> Any:
    """Return the part of the labels of all lines, in order; 0 where there is no label."""
    value: Any = mix(key ^ np.uint64(4))
    size: Any = 0
    start: Any = _FIRST
    for i in range(count):
        if breaks[i] & LINE:
            start = i
        if breaks[i + 1] & COLON and i - start < _LABEL_WORDS:
            value = mix(value ^ chain(words, start, i + 1, key))
            size += i + 1 - start
    return _part(value, min(size, _MOST)) if size > 0 else np.uint64(0)


@njit(cache=True, nogil=True)
def _windows(words: Any, count: Any, size: Any, key: Any) -> Any:
    """Return the parts of the first and the last *size* words.

    Both hash chains are computed in one loop, because their steps do not depend on each other.
    """
    last_key = key ^ np.uint64(1)
    head, tail = mix(key ^ np.uint64(size)), mix(last_key ^ np.uint64(size))
    for i in range(size):
        head, tail = mix(head ^ words[i]) + STEP, mix(tail ^ words[count - size + i]) + STEP
    return _part(head, size - 2), _part(tail, size - 2)


@njit(cache=True, nogil=True)
def frame_parts(words: Any, breaks: Any, count: Any, key: Any, out: Any) -> None:
    """Write the parts of *count* words to *out* (uint64, ``PARTS``); *breaks* comes from ``split_words``.

    The whole prompt is not a part, because no payload would be left.
    """
    out[:] = 0
    if count > _SHORT:
        out[0], out[2] = _windows(words, count, _SHORT, key)
    if count > _LONG:
        out[1], out[3] = _windows(words, count, _LONG, key)
    end = _FIRST + 1
    while end < count and breaks[end] == 0:
        end += 1
    if end < count:
        out[4] = _part(chain(words, _FIRST, end, key ^ np.uint64(2)), min(end, _MOST))
        start = count - 1
        while breaks[start] == 0:
            start -= 1
        out[5] = _part(chain(words, start, count, key ^ np.uint64(3)), min(count - start, _MOST))
    out[6] = _labels(words, breaks, count, key)
