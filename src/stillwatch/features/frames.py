"""Finds the parts of a prompt that can be its frame: what stands at its edges and in the structure of its lines.

A frame is the fixed text around a payload that varies. Which part of one prompt is fixed cannot be seen in that prompt
alone, so up to seven parts are kept, and those that many prompts share are chosen where all prompts are known
(``signals.shared_frame``): the first and the last 6 and 10 words, the first and the last line (or what ends with its
first and begins after its last colon), and the labels of all lines together ("Context: … Question: … Answer:").
"""

from typing import Any

import numpy as np
from numba import njit

from stillwatch.features.words import COLON, LINE, mix

__all__ = ["PARTS", "STEP", "chain", "frame_parts"]

PARTS = 7
"""Parts of one prompt, in the order first words (two), last words (two), first line, last line, labels; 0 for none.

A part is below 2^63; its lowest four bits are its weight, 1 to 10: how much of a frame it makes. The ends of a line are
where a template ends too, so a line weighs its words; a window of words may run into the payload and weighs two less.
"""
_FIRST, _SHORT, _LONG = np.int64(0), np.int64(6), np.int64(10)
"""The first word, and words at either end; four make phrases of the language, not frames.

Typed, because ``chain`` would be compiled once more for every number that is written out.
"""
_MOST = 10
_LABEL_WORDS = 3
"""A colon makes a label of the first words of its line, up to this many."""
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
    """Return the part that the labels of all lines make, in order; 0 where there is none."""
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
    """Return the parts that the first and the last *size* words make: two chains at a time, as neither waits for the
    other.
    """
    last_key = key ^ np.uint64(1)
    head, tail = mix(key ^ np.uint64(size)), mix(last_key ^ np.uint64(size))
    for i in range(size):
        head, tail = mix(head ^ words[i]) + STEP, mix(tail ^ words[count - size + i]) + STEP
    return _part(head, size - 2), _part(tail, size - 2)


@njit(cache=True, nogil=True)
def frame_parts(words: Any, breaks: Any, count: Any, key: Any, out: Any) -> None:
    """Write the parts of *count* words to *out* (uint64, ``PARTS``); *breaks* are those of ``split_words``.

    The whole prompt is no part of itself: nothing is left to vary.
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
