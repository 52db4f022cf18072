"""Splits UTF-8 text into words and hashes them, in numba over raw buffers, without a Python object per word.

A word is a run of ASCII letters, digits and underscores (lower-cased) and of other bytes ≥ 0x80. A character of a
script without spaces (CJK, kana, hangul syllables, Thai) is a word, and so is a four-byte character. So no language
gets a coarser sketch than another. All other characters separate words.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from stillwatch.engine.kernels import njit

__all__ = ["COLON", "LINE", "MAX_WORDS", "hash_words", "mix", "split_words"]

MAX_WORDS = 4096
"""Most words of a prompt that are used; of a longer prompt, the first half and the last half of this number."""
LINE, COLON = np.uint8(1), np.uint8(2)
"""Bits of a break: whether a new line or a colon is among the characters between two words."""

_BEYOND_ASCII = 0x80
_FNV_OFFSET = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_ONE, _TWO = np.uint64(1), np.uint64(2)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)


def _folding_table() -> npt.NDArray[np.uint8]:
    table = np.zeros(256, dtype=np.uint8)
    for byte in range(256):
        character = chr(byte)
        if byte >= 0x80 or (character.isalnum() and byte < 0x80) or character == "_":
            table[byte] = ord(character.lower()) if byte < 0x80 else byte
    return table


_FOLD = _folding_table()
_MARK = np.zeros(256, np.uint8)
_MARK[ord("\n")], _MARK[ord(":")] = LINE, COLON


@njit(cache=True)
def mix(value: Any) -> Any:
    """Return *value* (uint64) with its bits mixed by the finaliser of SplitMix64 (Steele, Lea and Flood, 2014)."""
    value = (value ^ (value >> _S30)) * _MIX_1
    value = (value ^ (value >> _S27)) * _MIX_2
    return value ^ (value >> _S31)


@njit(cache=True)
def _width(data: Any, at: Any, end: Any) -> Any:  # noqa: PLR0911 - one line per byte range
    """Return the kind and length of the character at *at*.

    Positive: the number of bytes of a character that is a word. 0: the character is part of a run. Negative: minus the
    number of bytes of a separator (spaces, quotation marks and dashes beyond ASCII).
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
def _hash_word(data: Any, at: Any, stop: Any, width: Any) -> Any:
    """Return the end of the word at *at*, and its hash before mixing; *width* comes from ``_width``."""
    value = _FNV_OFFSET
    end = at + width
    if width == 0:
        end = at + _ONE
        while end < stop and _FOLD[data[end]] != 0:
            if data[end] >= _BEYOND_ASCII and _width(data, np.int64(end), np.int64(stop)) != 0:
                break
            end += _ONE
    for i in range(at, end):
        value = (value ^ np.uint64(_FOLD[data[i]])) * _FNV_PRIME
    return end, value


@njit(cache=True, nogil=True)
def _reverse(hashes: Any, lengths: Any, breaks: Any, start: Any, end: Any) -> None:
    while start + _ONE < end:
        end -= _ONE
        hashes[start], hashes[end] = hashes[end], hashes[start]
        lengths[start], lengths[end] = lengths[end], lengths[start]
        breaks[start], breaks[end] = breaks[end], breaks[start]
        start += _ONE


@njit(cache=True, nogil=True)
def _split_ascii(data: Any, at: Any, stop: Any, count: Any, hashes: Any, lengths: Any, breaks: Any) -> Any:
    """Continue ``split_words`` from *at* while the text is ASCII and the buffers surely have room.

    Return the start of the first word that is not finished, and the number of words. The writes do not depend on a
    branch: the processor cannot predict the ends of words, and mispredictions would cost a quarter of the time.
    """
    limit = min(stop, at + _TWO * (np.uint64(hashes.shape[0]) - count) - _ONE)
    first, value, length = count, _FNV_OFFSET, np.int32(0)
    while at < limit:
        byte = data[at]
        if byte >= _BEYOND_ASCII:
            break
        folded = _FOLD[byte]
        inside = folded != 0
        count += np.uint64((length > 0) & (not inside))
        value = (value ^ np.uint64(folded)) * _FNV_PRIME if inside else _FNV_OFFSET
        length = np.int32(length + 1) if inside else np.int32(0)
        hashes[count], lengths[count] = value, length
        if _MARK[byte] != 0:
            breaks[count] |= _MARK[byte]
        at += _ONE
    if at == stop:
        count += np.uint64(length > 0)
    else:
        at -= np.uint64(length)
    for i in range(first, count):
        hashes[i] = mix(hashes[i])
    return at, count


@njit(cache=True, nogil=True)
def split_words(data: Any, start: Any, end: Any, hashes: Any, lengths: Any, breaks: Any) -> Any:
    """Hash the words of ``data[start:end]`` (uint8) into *hashes* (uint64) and *lengths* (int32, bytes).

    Return the number of words in the text, which can exceed the size of the buffers. *breaks* (uint8, one longer) gets
    the bits ``LINE`` and ``COLON`` of the break before each word, and of the break after the last stored word.

    When the buffers are full, further words go into their second half as a ring buffer, so a long text keeps its start
    and its end. The ring is rotated at the end, so that its words are in order.
    """
    breaks[: min(breaks.shape[0], (end - start + 1) // 2 + 1)] = 0
    # Unsigned numbers, so that indexing needs no check for negative values.
    capacity, at, stop = np.uint64(hashes.shape[0]), np.uint64(start), np.uint64(end)
    half, count = capacity // _TWO, np.uint64(0)
    between = np.uint8(0)
    while at < stop:
        if data[at] < _BEYOND_ASCII and count < capacity:
            breaks[count] = between
            at, count = _split_ascii(data, at, stop, count, hashes, lengths, breaks)
            between = breaks[count]
            if at >= stop:
                break
        byte = data[at]
        width = _width(data, np.int64(at), np.int64(stop)) if byte >= _BEYOND_ASCII else 0
        if width < 0 or _FOLD[byte] == 0:
            between |= _MARK[byte]
            at += np.uint64(max(1, -width))
            continue
        begin = at
        at, value = _hash_word(data, at, stop, np.uint64(width))
        place = count if count < capacity else half + (count - half) % half
        hashes[place] = mix(value)
        lengths[place] = at - begin
        breaks[place] = between
        between = np.uint8(0)
        count += _ONE
    breaks[min(count, capacity)] = between
    if count > capacity:
        turn = half + (count - half) % half
        # Three reversals rotate the second half so that it begins with its oldest word.
        for first, last in ((half, turn), (turn, capacity), (half, capacity)):
            _reverse(hashes, lengths, breaks, first, last)
    return np.int64(count)


def hash_words(text: str) -> npt.NDArray[np.uint64]:
    """Return the word hashes of *text*, at most ``MAX_WORDS``. Slow; for tables of cues and for tests."""
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    hashes, lengths = np.empty(MAX_WORDS, np.uint64), np.empty(MAX_WORDS, np.int32)
    count = split_words(data, 0, len(data), hashes, lengths, np.empty(MAX_WORDS + 1, np.uint8))
    return hashes[: min(count, MAX_WORDS)].copy()
