"""Splits UTF-8 text into words and hashes them, in numba over raw buffers: no Python object per row or word.

A word is a run of ASCII letters, digits and underscores (case folded), or of other bytes ≥ 0x80; characters of scripts
written without spaces (CJK, kana, hangul syllables, Thai) and four-byte characters are words of their own, so that no
language gets a coarser sketch than another. Everything else separates.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["COLON", "LINE", "MAX_WORDS", "hash_words", "mix", "split_words"]

MAX_WORDS = 4096
"""Words of a prompt that are looked at; the tail of a longer prompt keeps its last half of these."""
LINE, COLON = 1, 2
"""Bits of a break: what stands between two words, a new line or a colon among other characters."""

_NEW_LINE, _COLON = 0x0A, 0x3A
_FNV_OFFSET = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_ONE = np.uint64(1)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)


def _folding_table() -> npt.NDArray[np.uint8]:
    table = np.zeros(256, dtype=np.uint8)
    for byte in range(256):
        character = chr(byte)
        if byte >= 0x80 or (character.isalnum() and byte < 0x80) or character == "_":
            table[byte] = ord(character.lower()) if byte < 0x80 else byte
    return table


_FOLD = _folding_table()


@njit(cache=True, inline="always")
def mix(value: Any) -> Any:
    """Return *value* (uint64) with its bits mixed: the finaliser of SplitMix64 (Steele, Lea and Flood, 2014)."""
    value = (value ^ (value >> _S30)) * _MIX_1
    value = (value ^ (value >> _S27)) * _MIX_2
    return value ^ (value >> _S31)


@njit(cache=True, inline="always")
def _width(data: Any, at: Any, end: Any) -> Any:  # noqa: PLR0911 - one line per byte range
    """Return the bytes of a character that is a word of its own at *at*, 0 where it is part of a run, or less than 0,
    the bytes of a character that separates (spaces, quotation marks and dashes beyond ASCII).
    """
    byte = data[at]
    if byte == 0xC2:
        return -min(2, end - at)
    if byte < 0xE0:
        return 0
    if byte == 0xE2 and at + 1 < end and 0x80 <= data[at + 1] <= 0x81:
        return -min(3, end - at)
    if byte == 0xE3 and at + 2 < end and data[at + 1] == 0x80 and data[at + 2] <= 0x82:
        return -3
    if byte >= 0xF0:
        return min(4, end - at)
    if 0xE3 <= byte <= 0xED:
        return min(3, end - at)
    if byte == 0xE0 and at + 1 < end and 0xB8 <= data[at + 1] <= 0xB9:
        return min(3, end - at)
    return 0


@njit(cache=True, nogil=True)
def _reverse(values: Any, start: Any, end: Any) -> None:
    while start < end - 1:
        end -= 1
        values[start], values[end] = values[end], values[start]
        start += 1


@njit(cache=True, nogil=True)
def _unroll(values: Any, start: Any, first: Any, end: Any) -> None:
    """Turn ``values[start:end]`` so that it begins with what is at *first*: three reversals, which compile quickly."""
    _reverse(values, start, first)
    _reverse(values, first, end)
    _reverse(values, start, end)


@njit(cache=True, nogil=True)
def split_words(data: Any, start: Any, end: Any, hashes: Any, lengths: Any, breaks: Any) -> Any:
    """Hash the words of ``data[start:end]`` (uint8) into *hashes* (uint64) and *lengths* (int32); return how many.

    *breaks* (uint8, one longer) gets what stands before each word, and after the last one that is kept, as bits.

    Once the buffers are full, words go into their second half as a ring, so a long text keeps its head and its tail;
    the ring is then unrolled, in order.
    """
    capacity = hashes.shape[0]
    half = capacity // 2
    count = 0
    # An unsigned place needs no look at its sign, which is half of what a byte of ASCII costs.
    at, stop = np.uint64(start), np.uint64(end)
    between = 0
    while at < stop:
        byte = data[at]
        folded = _FOLD[byte]
        if folded == 0:
            if byte == _NEW_LINE:
                between |= LINE
            elif byte == _COLON:
                between |= COLON
            at += _ONE
            continue
        value = _FNV_OFFSET
        begin = at
        alone = _width(data, np.int64(at), np.int64(stop)) if byte >= 0x80 else 0
        if alone < 0:
            at += np.uint64(-alone)
            continue
        if alone > 0:
            for _ in range(alone):
                value = (value ^ np.uint64(data[at])) * _FNV_PRIME
                at += _ONE
        else:
            while folded != 0:
                value = (value ^ np.uint64(folded)) * _FNV_PRIME
                at += _ONE
                if at >= stop:
                    break
                byte = data[at]
                if byte >= 0x80 and _width(data, np.int64(at), np.int64(stop)) != 0:
                    break
                folded = _FOLD[byte]
        place = np.uint64(count if count < capacity else half + (count - half) % half)
        hashes[place] = mix(value)
        lengths[place] = at - begin
        breaks[place] = between
        between = 0
        count += 1
    breaks[min(count, capacity)] = between
    if count > capacity:
        turn = (count - half) % half
        _unroll(hashes, half, half + turn, capacity)
        _unroll(lengths, half, half + turn, capacity)
        _unroll(breaks, half, half + turn, capacity)
    return count


def hash_words(text: str) -> npt.NDArray[np.uint64]:
    """Return the word hashes of *text*, at most ``MAX_WORDS``; the slow door, for tables of cues and for tests."""
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    hashes, lengths = np.empty(MAX_WORDS, np.uint64), np.empty(MAX_WORDS, np.int32)
    count = split_words(data, 0, len(data), hashes, lengths, np.empty(MAX_WORDS + 1, np.uint8))
    return hashes[: min(count, MAX_WORDS)].copy()
