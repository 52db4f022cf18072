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
from stillwatch.features.capabilities import CueTable, classify_in, load_cues, tally_of
from stillwatch.features.frames import PARTS, STEP, chain, frame_parts
from stillwatch.features.words import MAX_WORDS, mix, split_words
from stillwatch.model import SKETCH_BYTES, SKETCH_VERSION

__all__ = ["DIMENSIONS", "SKETCH", "Sketches", "key_of", "sketch_texts", "unpack"]

DIMENSIONS = 512
_LENGTH_WEIGHTS = np.array([0, 3, 6, 10, 16, 20], np.int32)
"""Weight of a word by its length in bytes, in twentieths: the short words of any language are its commonest (Zipf,
1935). Whole numbers, so that sums are exact whatever the order they are made in.
"""
_PAIR_WEIGHT = 7
_SIGNED = np.outer(_LENGTH_WEIGHTS, [-1, 1]).astype(np.int32)
_SIGNED_PAIR = np.array([-_PAIR_WEIGHT, _PAIR_WEIGHT], np.int32)
"""By the bit of the sign: what is looked up is not branched on, of which a processor guesses half wrong."""
_SLOT, _SIGN_AT, _ONE = np.uint64(511), np.uint64(9), np.uint64(1)
"""Where in a hash the dimension stands, and the bit above it, which is the sign."""
_LEAST = np.int32(1)
"""What no sum of weights is below unless it is nought."""

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

_CAPABILITY, _VECTOR = 1, 88
_N_WORDS, _ASKS = 4 // 4, 8 // 4
_PROMPT_HASH, _SYSTEM_HASH, _FRAME = 16 // 8, 24 // 8, 32 // 8

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
def _read(words: Any, lengths: Any, count: Any, key: Any, start: Any, total: Any) -> Any:
    """Write to *total* (int32, 512) the sums of *count* words and of their pairs; return what ``chain`` makes of the
    words with the key *start*.

    In one pass, because a chain waits for itself at every word, and the sums can be made meanwhile.
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
    """Write the content vector that *total* makes to *out* (int8, 512).

    The square root tames words that a long text repeats (power normalisation: Perronnin et al., 2010).
    """
    square: Any = np.int32(0)
    for d in range(DIMENSIONS):
        square += abs(total[d])
    # Where all sums are nought the vector is, whatever the scale.
    scale = np.float32(127) / np.sqrt(np.float32(max(square, _LEAST)))
    for d in range(DIMENSIONS):
        size = np.int32(np.rint(np.sqrt(np.float32(abs(total[d]))) * scale))
        out[d] = size if total[d] >= 0 else -size


@njit(cache=True, nogil=True)
def _sketch_rows(
    data: Any, offsets: Any, valid: Any, system: Any, system_offsets: Any, system_valid: Any,
    key: Any, cues: Any, tally: Any, small: Any, ints: Any, longs: Any,
) -> None:  # fmt: skip
    """Sketch every row into the bytes of its sketch, as numbers of 1, 4 and 8 bytes (*small*, *ints*, *longs*); a row
    without text keeps what is there.
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
        small[row, _CAPABILITY], ints[row, _ASKS] = classify_in(tally, words, count, cues)
        # A longer text is known by its ends and its length.
        length_key = key ^ mix(np.uint64(seen - count))
        longs[row, _PROMPT_HASH] = _read(words, lengths, count, key, length_key, total)
        _scale(total, small[row, _VECTOR : _VECTOR + DIMENSIONS])


def sketch_texts(prompts: pa.Array, systems: pa.Array, *, key: np.uint64, cues: CueTable | None = None) -> Sketches:
    """Sketch *prompts* and *systems* (string arrays of one length); a row with a word in its prompt is known.

    *key* comes from :func:`key_of`.
    """
    data, offsets, valid = _buffers(prompts)
    system, system_offsets, system_valid = _buffers(systems)
    cues = cues or load_cues()
    small = np.zeros((len(prompts), SKETCH_BYTES), np.int8)
    small[:, _CAPABILITY] = -1
    _sketch_rows(
        data, offsets, valid, system, system_offsets, system_valid, key,
        cues, tally_of(cues), small, small.view(np.int32), small.view(np.uint64),
    )  # fmt: skip
    rows = small.view(SKETCH)[:, 0]
    rows["version"] = SKETCH_VERSION
    return Sketches(rows, rows["n_words"] > 0)


def unpack(column: pa.Array) -> Sketches:
    """Return the sketches of a binary *column*; null rows are unknown.

    Raises ``InputError`` where a value is no sketch of this version; ingest has turned such rows into rejects.
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


def _buffers(column: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return bytes, offsets (n + 1) and validity of a string array, without copying the text."""
    column = column.cast(pa.large_string())
    valid = np.asarray(column.is_valid())
    _, offsets, data = column.buffers()
    text = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    if offsets is None or not len(column):
        ends = np.zeros(len(column) + 1, np.int64)
    else:
        ends = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    # Whether a buffer may be written to is a part of its type: one type, and kernels are compiled once.
    for array in (text, ends):
        array.setflags(write=False)
    return text, ends, valid
