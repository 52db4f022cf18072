"""Computes digests of the passages of a text, so that a later text that quotes an answer is recognised without text.

A shingle is a run of eight words. The digests of a text are the 64 smallest keyed hashes of its shingles (min-wise
sampling: Broder, 1997; bottom-k: Cohen and Kaplan, 2007). Which shingles are kept depends on the key alone, so two
texts that have a shingle in common tend to keep the same ones. Case, spaces and punctuation do not count, because words
are those of ``features.words``.

The keyed hash is SipHash-2-4 (Aumasson and Bernstein, 2012) of the fingerprint of a shingle. A person who knows some
texts and their digests cannot compute the key from them, and cannot test other texts.
"""

from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.kernels import njit
from stillwatch.features.sketch import text_buffers
from stillwatch.features.words import split_words

__all__ = ["MOST_DIGESTS", "SHINGLE", "shingle_digests", "sip_hash"]

SHINGLE = 8
"""Words of a shingle. Runs of eight words rarely recur by chance; shorter ones are common phrases."""
MOST_DIGESTS = 64
"""Most digests of one text: 512 bytes, as much as the content vector of a prompt."""
_MOST_WORDS = 1 << 16
"""Most words that are used; of a longer text, the first half and the last half of this number."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
_LEAVING = np.uint64(pow(int(_BASE), SHINGLE, 1 << 64))
"""The base of the rolling fingerprint (Karp and Rabin, 1987), and its power for the word that leaves the shingle."""
_START = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
_START_0, _START_1, _START_2, _START_3 = (np.uint64(word) for word in _START)
_LENGTH, _LAST = np.uint64(8 << 56), np.uint64(0xFF)
_S13, _S16, _S17, _S21, _S32 = (np.uint64(n) for n in (13, 16, 17, 21, 32))
_S43, _S47, _S48, _S51 = (np.uint64(n) for n in (43, 47, 48, 51))


@njit(cache=True, nogil=True)
def _round(v0: Any, v1: Any, v2: Any, v3: Any) -> Any:
    v0 += v1
    v1 = ((v1 << _S13) | (v1 >> _S51)) ^ v0
    v0 = (v0 << _S32) | (v0 >> _S32)
    v2 += v3
    v3 = ((v3 << _S16) | (v3 >> _S48)) ^ v2
    v0 += v3
    v3 = ((v3 << _S21) | (v3 >> _S43)) ^ v0
    v2 += v1
    v1 = ((v1 << _S17) | (v1 >> _S47)) ^ v2
    v2 = (v2 << _S32) | (v2 >> _S32)
    return v0, v1, v2, v3


@njit(cache=True, nogil=True)
def sip_hash(message: Any, key_0: Any, key_1: Any) -> Any:
    """Return SipHash-2-4 (uint64) of the eight bytes of *message* (uint64) with the 128-bit key *key_0*, *key_1*."""
    v0, v1, v2, v3 = key_0 ^ _START_0, key_1 ^ _START_1, key_0 ^ _START_2, key_1 ^ _START_3 ^ message
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0, v3 = v0 ^ message, v3 ^ _LENGTH
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0, v2 = v0 ^ _LENGTH, v2 ^ _LAST
    for _ in range(4):
        v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


@njit(cache=True, nogil=True)
def _smallest(words: Any, count: Any, key_0: Any, key_1: Any, out: Any) -> Any:
    """Write the smallest distinct hashes of the shingles of *count* words to *out* (int64), ascending.

    Return their number. A sorted list is enough: few hashes of a long text are below the largest one that is kept.
    """
    held, most, fingerprint = 0, out.shape[0], np.uint64(0)
    for i in range(count):
        fingerprint = fingerprint * _BASE + words[i]
        if i >= SHINGLE:
            fingerprint -= words[i - SHINGLE] * _LEAVING
        if i < SHINGLE - 1:
            continue
        value = np.int64(sip_hash(fingerprint, key_0, key_1))
        if held == most and value >= out[most - 1]:
            continue
        at = held
        while at > 0 and out[at - 1] > value:
            at -= 1
        if at > 0 and out[at - 1] == value:
            continue
        held = min(held + 1, most)
        for j in range(held - 1, at, -1):
            out[j] = out[j - 1]
        out[at] = value
    return held


@njit(cache=True, nogil=True)
def _digest_rows(data: Any, offsets: Any, valid: Any, key_0: Any, key_1: Any, kept: Any, ends: Any) -> None:
    """Write the digests of each row to *kept* one after another, and to *ends* (n + 1) where those of a row end."""
    words, lengths = np.empty(_MOST_WORDS, np.uint64), np.empty(_MOST_WORDS, np.int32)
    breaks = np.empty(_MOST_WORDS + 1, np.uint8)
    for row in range(valid.shape[0]):
        held = 0
        if valid[row]:
            seen = split_words(data, offsets[row], offsets[row + 1], words, lengths, breaks)
            room = kept[ends[row] : ends[row] + MOST_DIGESTS]
            held = _smallest(words, min(seen, _MOST_WORDS), key_0, key_1, room)
        ends[row + 1] = ends[row] + held


def shingle_digests(texts: pa.Array, *, secret: str) -> pa.Array:
    """Return the digests of each of *texts* (a string array) as a ``list<int64>`` array of the same length.

    Digests are distinct and ascending, at most ``MOST_DIGESTS`` per text. A missing text has null; a text of fewer than
    ``SHINGLE`` words has an empty list. *secret* is ``features.sketch_key``; digests made with different secrets cannot
    be compared. With the empty secret the hash has no key, and everybody can test a text against the digests.
    """
    data, offsets, valid = text_buffers(texts)
    kept = np.empty(len(texts) * MOST_DIGESTS, np.int64)
    ends = np.zeros(len(texts) + 1, np.int32)
    key = _key_of(secret)
    _digest_rows(data, offsets, valid, key[0], key[1], kept, ends)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(kept[: ends[-1]]), mask=pa.array(~valid))


def _key_of(secret: str) -> npt.NDArray[np.uint64]:
    """Return the 128-bit key of *secret*; it differs from the key of a sketch. The empty secret gives zeros."""
    digest = blake2b(secret.encode(), digest_size=16, person=b"answer-digests").digest() if secret else bytes(16)
    return np.frombuffer(digest, "<u8").astype(np.uint64)
