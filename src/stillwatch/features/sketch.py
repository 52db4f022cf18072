"""Turns the texts of exchanges into fixed-size sketches: the only thing the rest of the system sees of a text.

A sketch (version 2) is 600 bytes, little-endian: what ``stillwatch sketch`` makes at a gateway and what the column
``sketch`` of ``exchanges`` carries for providers that keep no text. It holds hashes (of the normalised prompt, of the
system prompt, of the parts that can be its frame), what was asked for, and a content vector: words and word pairs
hashed with a sign into 512 dimensions (feature hashing: Weinberger et al., 2009), square-rooted, scaled to length 127
and rounded.

With a sketch key every hash is keyed and the dimensions are shuffled, so a dictionary of prompts cannot be tried
against a sketch by somebody without the key. Sketches made under different keys do not compare.
"""

from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from stillwatch.errors import InputError
from stillwatch.features.capabilities import CueTable, classify, load_cues
from stillwatch.features.frames import PARTS, chain, frame_parts
from stillwatch.features.words import MAX_WORDS, mix, split_words
from stillwatch.model import SKETCH_BYTES, SKETCH_VERSION

__all__ = ["DIMENSIONS", "SKETCH", "Sketches", "key_of", "sketch_texts", "unpack"]

DIMENSIONS = 512
_PAIR_WEIGHT = np.float32(0.35)
_LENGTH_WEIGHTS = np.array([0.0, 0.15, 0.3, 0.5, 0.8, 1.0], dtype=np.float32)
"""Weight of a word by its length in bytes: the short words of any language are its commonest (Zipf, 1935)."""

_FIELDS: tuple[tuple[str, Any, int], ...] = (
    ("version", "u1", 0),
    ("capability", "i1", 1),
    ("n_words", "<i4", 4),
    ("asks", "<i4", 8),
    ("prompt_hash", "<u8", 16),
    ("system_hash", "<u8", 24),
    ("frame", ("<u8", (PARTS,)), 32),
    # The shorter of the first and of the last words are looked at on their own, too.
    ("head_hash", "<u8", 32),
    ("tail_hash", "<u8", 48),
    ("vector", ("i1", (DIMENSIONS,)), 88),
)
_NAMES, _FORMATS, _OFFSETS = (list(column) for column in zip(*_FIELDS, strict=True))

SKETCH = np.dtype({"names": _NAMES, "formats": _FORMATS, "offsets": _OFFSETS, "itemsize": SKETCH_BYTES})
"""Layout of one sketch: multi-byte values are little-endian, bytes of no field are 0."""


class Sketches(NamedTuple):
    """The sketches of *n* exchanges as a structured array (n,) of ``SKETCH``, and which rows have one."""

    rows: npt.NDArray[np.void]
    known: npt.NDArray[np.bool_]


def key_of(secret: str) -> np.uint64:
    """Return the 64-bit key that a secret stands for; the empty secret is key 0 and keys nothing."""
    if not secret:
        return np.uint64(0)
    return np.uint64(int.from_bytes(blake2b(secret.encode(), digest_size=8).digest(), "little"))


@njit(cache=True, nogil=True)
def _vector(words: Any, lengths: Any, count: Any, key: Any, weights: Any, total: Any, out: Any) -> None:
    """Write the content vector of *count* words to *out* (int8, 512), using *total* (float32, 512) as scratch."""
    total[:] = 0
    previous = np.uint64(0)
    for i in range(count):
        word = mix(words[i] ^ key)
        weight = weights[min(lengths[i], 5)]
        total[word & np.uint64(511)] += weight if word & np.uint64(512) else -weight
        if i > 0:
            pair = mix(previous * np.uint64(3) ^ word)
            total[pair & np.uint64(511)] += _PAIR_WEIGHT if pair & np.uint64(512) else -_PAIR_WEIGHT
        previous = word
    # The square root tames words that a long text repeats (power normalisation: Perronnin et al., 2010).
    square = np.float32(0)
    for d in range(total.shape[0]):
        square += abs(total[d])
    if square <= 0:
        out[:] = 0
        return
    scale = np.float32(127) / np.sqrt(square)
    for d in range(total.shape[0]):
        size = np.int8(np.rint(np.sqrt(abs(total[d])) * scale))
        out[d] = size if total[d] >= 0 else -size


@njit(cache=True, nogil=True)
def _sketch_rows(
    data: Any, offsets: Any, valid: Any, system: Any, system_offsets: Any, system_valid: Any,
    key: Any, weights: Any, cues: Any, capability: Any, n_words: Any, asks: Any, hashes: Any, frames: Any, vectors: Any,
) -> None:  # fmt: skip
    """Sketch every row; *hashes* is (n, 2): prompt, system; *frames* (n, PARTS); a row without text keeps zeros."""
    words, lengths = np.empty(MAX_WORDS, np.uint64), np.empty(MAX_WORDS, np.int32)
    breaks = np.empty(MAX_WORDS + 1, np.uint8)
    total = np.empty(DIMENSIONS, np.float32)
    last_start, last_end, last_hash = np.int64(-1), np.int64(-1), np.uint64(0)
    for row in range(valid.shape[0]):
        if system_valid[row]:
            start, end = system_offsets[row], system_offsets[row + 1]
            same = end - start == last_end - last_start
            i = 0
            while same and i < end - start:
                same = system[start + i] == system[last_start + i]
                i += 1
            if not same or last_start < 0:
                count = min(split_words(system, start, end, words, lengths, breaks), MAX_WORDS)
                last_hash = chain(words, 0, count, key) if count > 0 else np.uint64(0)
                last_start, last_end = start, end
            hashes[row, 1] = last_hash
        if not valid[row]:
            continue
        seen = split_words(data, offsets[row], offsets[row + 1], words, lengths, breaks)
        if seen == 0:
            continue
        count = min(seen, MAX_WORDS)
        n_words[row] = seen
        # A longer text is known by its ends and its length.
        hashes[row, 0] = chain(words, 0, count, key ^ mix(np.uint64(seen - count)))
        frame_parts(words, breaks, count, key, frames[row])
        capability[row], asks[row] = classify(words, count, cues)
        _vector(words, lengths, count, key, weights, total, vectors[row])


def sketch_texts(prompts: pa.Array, systems: pa.Array, *, key: np.uint64, cues: CueTable | None = None) -> Sketches:
    """Sketch *prompts* and *systems* (string arrays of one length); a row with a word in its prompt is known.

    *key* comes from :func:`key_of`.
    """
    data, offsets, valid = _buffers(prompts)
    system, system_offsets, system_valid = _buffers(systems)
    n = len(prompts)
    capability, n_words, asks = np.full(n, -1, np.int8), np.zeros(n, np.int32), np.zeros(n, np.int32)
    hashes, frames = np.zeros((n, 2), np.uint64), np.zeros((n, PARTS), np.uint64)
    vectors = np.zeros((n, DIMENSIONS), np.int8)
    _sketch_rows(
        data, offsets, valid, system, system_offsets, system_valid, key, _LENGTH_WEIGHTS,
        cues or load_cues(), capability, n_words, asks, hashes, frames, vectors,
    )  # fmt: skip
    rows = np.zeros(n, SKETCH)
    rows["version"], rows["capability"], rows["n_words"], rows["asks"] = (
        SKETCH_VERSION,
        capability,
        n_words,
        asks,
    )
    rows["prompt_hash"], rows["system_hash"] = hashes[:, 0], hashes[:, 1]
    rows["frame"], rows["vector"] = frames, vectors
    return Sketches(rows, n_words > 0)


def unpack(column: pa.Array) -> Sketches:
    """Return the sketches of a binary *column*; null rows are unknown.

    Raises ``InputError`` where a value is no sketch of this version; ingest has turned such rows into rejects.
    """
    known = np.asarray(column.is_valid())
    rows = np.zeros(len(column), SKETCH)
    present = column.drop_null()
    if len(present):
        sizes = pc.binary_length(present)
        if pc.min(sizes).as_py() != SKETCH.itemsize or pc.max(sizes).as_py() != SKETCH.itemsize:
            raise InputError(
                f"a sketch is not {SKETCH.itemsize} bytes long", where="column sketch",
                remedy="Make sketches with `stillwatch sketch` of this version.",
            )  # fmt: skip
        rows[known] = np.frombuffer(b"".join(present.to_pylist()), SKETCH)
        if (rows["version"][known] != SKETCH_VERSION).any():
            raise InputError(
                "a sketch has an unknown version", where="column sketch",
                remedy="Make sketches with `stillwatch sketch` of this version.",
            )  # fmt: skip
    return Sketches(rows, known & (rows["n_words"] > 0))


def _buffers(column: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return bytes, offsets (n + 1) and validity of a string array, without copying the text."""
    column = column.cast(pa.large_string())
    valid = np.asarray(column.is_valid())
    _, offsets, data = column.buffers()
    text = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    if offsets is None or not len(column):
        return text, np.zeros(len(column) + 1, np.int64), valid
    return text, np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1], valid
