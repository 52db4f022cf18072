"""Turns the texts of exchanges into sketches of fixed size. No later step reads the texts.

A sketch (version 2) is 600 bytes, little-endian. ``stillwatch sketch`` makes sketches at a gateway, and the column
``sketch`` of ``exchanges`` holds them for providers that keep no text. A sketch holds hashes (of the normalised prompt,
the system prompt, and the candidate parts of the frame), the capability, the asks, and a content vector. The content
vector hashes words and word pairs with a sign into 512 dimensions (feature hashing: Weinberger et al., 2009); the sums
are square-rooted, scaled to length 127 and rounded.

With a sketch key every hash is keyed and the dimensions are shuffled. Without the key, known prompts cannot be tested
against a sketch. Sketches made with different keys cannot be compared. The hashes can be inverted: a person who has a
sketch and its exact prompt or system prompt can compute the key.
"""

from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.kernels import njit
from stillwatch.errors import InputError
from stillwatch.features.capabilities import CueTable, classify_in, cue_counter, load_cues
from stillwatch.features.frames import PARTS, STEP, chain, frame_parts
from stillwatch.features.words import MAX_WORDS, mix, split_words
from stillwatch.model import SKETCH_BYTES, SKETCH_VERSION

__all__ = ["DIMENSIONS", "SKETCH", "Sketches", "key_of", "sketch_texts", "text_buffers", "unpack"]

DIMENSIONS = 512
_LENGTH_WEIGHTS = np.array([0, 3, 6, 10, 16, 20], np.int32)
"""Weight of a word by its length in bytes, in twentieths. Short words are the most common ones of a language (Zipf,
1935). Weights are integers, so that sums are exact in any order.
"""
_PAIR_WEIGHT = 7
_SIGNED = np.outer(_LENGTH_WEIGHTS, [-1, 1]).astype(np.int32)
_SIGNED_PAIR = np.array([-_PAIR_WEIGHT, _PAIR_WEIGHT], np.int32)
"""Weights by the bit of the sign. A lookup avoids a branch that the processor would mispredict half of the time."""
_SLOT, _SIGN_AT, _ONE = np.uint64(511), np.uint64(9), np.uint64(1)
"""The bits of a hash that give the dimension, and the bit above them, which gives the sign."""
_LEAST = np.int32(1)
"""The smallest positive sum of weights."""

_FIELDS: tuple[tuple[str, Any, int], ...] = (
    ("version", "u1", 0),
    ("capability", "i1", 1),
    ("n_words", "<i4", 4),
    ("asks", "<i4", 8),
    ("prompt_hash", "<u8", 16),
    ("system_hash", "<u8", 24),
    ("frame", ("<u8", (PARTS,)), 32),
    # The first and last 6 words are also used on their own.
    ("head_hash", "<u8", 32),
    ("tail_hash", "<u8", 48),
    ("vector", ("i1", (DIMENSIONS,)), 88),
)
_NAMES, _FORMATS, _OFFSETS = (list(column) for column in zip(*_FIELDS, strict=True))

_CAPABILITY, _VECTOR = 1, 88
_N_WORDS, _ASKS = 4 // 4, 8 // 4
_PROMPT_HASH, _SYSTEM_HASH, _FRAME = 16 // 8, 24 // 8, 32 // 8

SKETCH = np.dtype({"names": _NAMES, "formats": _FORMATS, "offsets": _OFFSETS, "itemsize": SKETCH_BYTES})
"""Layout of one sketch. Multi-byte values are little-endian; unused bytes are 0."""


class Sketches(NamedTuple):
    """The sketches of n exchanges as a structured array (n,) of ``SKETCH``, and the mask of rows that have a sketch."""

    rows: npt.NDArray[np.void]
    known: npt.NDArray[np.bool_]


def key_of(secret: str) -> np.uint64:
    """Return the 64-bit key derived from *secret*; the empty secret gives key 0, which means unkeyed."""
    if not secret:
        return np.uint64(0)
    return np.uint64(int.from_bytes(blake2b(secret.encode(), digest_size=8).digest(), "little"))


@njit(cache=True, nogil=True)
def _read(words: Any, lengths: Any, count: Any, key: Any, start: Any, total: Any) -> Any:
    """Write the sums of *count* words and their pairs to *total* (int32, 512); return ``chain`` of the words with key
    *start*.

    Both are computed in one pass: each step of the chain depends on the one before it, and the processor computes the
    sums while it waits.
    """
    total[:] = 0
    value, previous = mix(start ^ np.uint64(count)), np.uint64(0)
    for i in range(count):
        value = mix(value ^ words[i]) + STEP
        word = mix(words[i] ^ key)
        total[word & _SLOT] += _SIGNED[min(lengths[i], 5), (word >> _SIGN_AT) & _ONE]
        if i > 0:
            pair = mix(previous * np.uint64(3) ^ word)
            total[pair & _SLOT] += _SIGNED_PAIR[(pair >> _SIGN_AT) & _ONE]
        previous = word
    return value if value != 0 else _ONE


@njit(cache=True, nogil=True)
def _scale(total: Any, out: Any) -> None:
    """Write the content vector of the sums *total* to *out* (int8, 512).

    The square root reduces the weight of words that a long text repeats (power normalisation: Perronnin et al., 2010).
    """
    square: Any = np.int32(0)
    for d in range(DIMENSIONS):
        square += abs(total[d])
    # Where all sums are 0 the vector is 0 for any scale.
    scale = np.float32(127) / np.sqrt(np.float32(max(square, _LEAST)))
    for d in range(DIMENSIONS):
        size = np.int32(np.rint(np.sqrt(np.float32(abs(total[d]))) * scale))
        out[d] = size if total[d] >= 0 else -size


@njit(cache=True, nogil=True)
def _sketch_rows(
    data: Any, offsets: Any, valid: Any, system: Any, system_offsets: Any, system_valid: Any,
    key: Any, cues: Any, counter: Any, small: Any, ints: Any, longs: Any,
) -> None:  # fmt: skip
    """Write the sketch of every row into its bytes; a row without text is left unchanged.

    *small*, *ints* and *longs* are views of the same bytes as numbers of 1, 4 and 8 bytes.
    """
    words, lengths = np.empty(MAX_WORDS, np.uint64), np.empty(MAX_WORDS, np.int32)
    breaks = np.empty(MAX_WORDS + 1, np.uint8)
    total = np.empty(DIMENSIONS, np.int32)
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
                last_hash = chain(words, np.int64(0), count, key) if count > 0 else np.uint64(0)
                last_start, last_end = start, end
            longs[row, _SYSTEM_HASH] = last_hash
        if not valid[row]:
            continue
        seen = split_words(data, offsets[row], offsets[row + 1], words, lengths, breaks)
        if seen == 0:
            continue
        count = min(seen, MAX_WORDS)
        ints[row, _N_WORDS] = seen
        frame_parts(words, breaks, count, key, longs[row, _FRAME : _FRAME + PARTS])
        small[row, _CAPABILITY], ints[row, _ASKS] = classify_in(counter, words, count, cues)
        # A text longer than the buffer is identified by its start, its end and its length.
        length_key = key ^ mix(np.uint64(seen - count))
        longs[row, _PROMPT_HASH] = _read(words, lengths, count, key, length_key, total)
        _scale(total, small[row, _VECTOR : _VECTOR + DIMENSIONS])


def sketch_texts(prompts: pa.Array, systems: pa.Array, *, key: np.uint64, cues: CueTable | None = None) -> Sketches:
    """Return the sketches of *prompts* and *systems* (string arrays of equal length).

    A row is known where its prompt has at least one word. *key* comes from :func:`key_of`.
    """
    data, offsets, valid = text_buffers(prompts)
    system, system_offsets, system_valid = text_buffers(systems)
    cues = cues or load_cues()
    small = np.zeros((len(prompts), SKETCH_BYTES), np.int8)
    small[:, _CAPABILITY] = -1
    _sketch_rows(
        data, offsets, valid, system, system_offsets, system_valid, key,
        cues, cue_counter(cues), small, small.view(np.int32), small.view(np.uint64),
    )  # fmt: skip
    rows = small.view(SKETCH)[:, 0]
    rows["version"] = SKETCH_VERSION
    return Sketches(rows, rows["n_words"] > 0)


def unpack(column: pa.Array) -> Sketches:
    """Return the sketches in a binary *column*; null rows are not known.

    Raises ``InputError`` where a value is not a sketch of this version. Ingest turns such rows into rejects before.
    """
    known = np.asarray(column.is_valid())
    rows = np.zeros(len(column), SKETCH)
    present = column.drop_null() if column.null_count else column
    if len(present):
        sizes = pc.binary_length(present)
        if pc.min(sizes).as_py() != SKETCH.itemsize or pc.max(sizes).as_py() != SKETCH.itemsize:
            raise InputError(
                f"a sketch is not {SKETCH.itemsize} bytes long", where="column sketch",
                remedy="Make sketches with `stillwatch sketch` of this version.",
            )  # fmt: skip
        _, offsets, data = present.buffers()
        start = int(np.frombuffer(offsets, np.int32)[present.offset])
        rows[known] = np.frombuffer(data, SKETCH, len(present), start)
        if (rows["version"][known] != SKETCH_VERSION).any():
            raise InputError(
                "a sketch has an unknown version", where="column sketch",
                remedy="Make sketches with `stillwatch sketch` of this version.",
            )  # fmt: skip
    return Sketches(rows, known & (rows["n_words"] > 0))


def text_buffers(column: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the bytes, offsets (n + 1) and validity mask of a string array, without copying the text."""
    column = column.cast(pa.large_string())
    valid = np.asarray(column.is_valid())
    _, offsets, data = column.buffers()
    text = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    if offsets is None or not len(column):
        ends = np.zeros(len(column) + 1, np.int64)
    else:
        ends = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    # Writability is part of an array's numba type; with one type, kernels are compiled once.
    for array in (text, ends):
        array.setflags(write=False)
    return text, ends, valid
