"""Composes long texts from tables: an opening pattern, then body patterns up to a length, every slot drawn anew.

The kernel writes bytes directly into an Arrow buffer, so no text is a Python object. A text depends only on its topic,
the habit of its writer, its seed and its form.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from stillwatch.engine.kernels import njit
from stillwatch.lab.draws.random_draws import Ints

__all__ = [
    "BRIEF",
    "FOLLOW",
    "GENRES",
    "LINES",
    "LONG",
    "PADDING",
    "REMARK",
    "TERM",
    "TOPIC",
    "WORD",
    "TextTables",
    "compose",
    "fingerprints",
    "plan",
]

LONG, BRIEF, FOLLOW, REMARK = range(4)
"""Forms of a text: an opening request with its body, a query of one sentence, a follow-up later in a conversation, and
a small-talk remark whose number is the seed.
"""

GENRES = 8
"""Number of genre entries per topic; a genre is a set of body patterns beside the request."""

TERM, TOPIC, LINES, WORD = range(4)
"""What fills a slot: a term of the topic, the name of the topic, a sentence of the topic, a word of a class."""

_TYPO_EVERY = 120
"""Bytes per mistyped word of a careless writer; one writer in eight is careless."""
_MOST_PATTERNS = 400
"""Maximum number of body patterns in one text."""
PADDING = 32
"""Bytes after the last piece in ``blob``, because pieces are copied sixteen bytes at a time."""
_SPARE, _ROOM = 96, 1 << 16
"""Buffer bytes beyond the planned lengths, per text and in total. The buffer doubles when it is too small."""
_GOLDEN, _STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1342543DE82EF95)
_OPENER, _TERMS, _GENRE, _BODY, _CASE, _CARE, _ORDER = (np.uint64(n) for n in range(101, 108))


class TextTables(NamedTuple):
    """The arrays that texts are composed from. A range is two columns: the first index, and one after the last index.

    ``blob`` and ``ends`` hold the pieces. ``tokens`` and ``pattern_ends`` hold the patterns: a token of 0 or more is a
    piece, a negative token is slot ``-1 - token``. ``topic_patterns`` has one row per topic: a row number of
    ``lengths``, then ranges of ``pattern_lists``. Those ranges list opening patterns by form, then body patterns by
    genre. ``lengths`` holds bytes by quantile; its last two rows are for queries and follow-ups. ``topic_pieces`` has
    one row per topic: ranges of pieces for terms, name and sentences. ``slots`` has the columns below. ``ranks``
    (quantiles) says how uneven the words of a class are. ``lower_case_tenths`` of ten writers use no capitals.
    """

    blob: NDArray[np.uint8]
    ends: NDArray[np.int32]
    tokens: NDArray[np.int32]
    pattern_ends: Ints
    pattern_lists: NDArray[np.int32]
    topic_patterns: Ints
    topic_pieces: Ints
    lengths: Ints
    slots: Ints
    ranks: NDArray[np.int32]
    lower_case_tenths: int


TAKES, FIRST, CORE, LEAN, OWN, RANK = range(6)
"""Columns of ``slots``: what fills the slot; its first piece; how many of the most frequent words each topic has in its
own order; how many of 256 draws take a favourite of the writer; how many favourites a writer has; its row of ``ranks``.
"""


def _word_copy(typing: Any, out: Any, at: Any, data: Any, start: Any) -> Any:  # noqa: ARG001
    """Copy eight bytes of *data* to *out* at once; pieces are short, and a byte loop is the largest cost."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        word = context.get_value_type(types.uint64).as_pointer()
        ends = [
            builder.bitcast(builder.gep(context.make_array(kind)(context, builder, array).data, [place]), word)
            for kind, array, place in zip(signature.args[::2], values[::2], values[1::2], strict=True)
        ]
        builder.store(builder.load(ends[1], align=1), ends[0], align=1)
        return context.get_dummy_value()

    return types.void(out, at, data, start), code


_copy_8: Any = intrinsic(_word_copy)


@njit(cache=True, nogil=True)
def _mix(value: Any) -> Any:
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def _below(bits: Any, n: Any) -> Any:
    """Return a number below *n* from the upper half of *bits*."""
    return np.int64(((bits >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@njit(cache=True, nogil=True)
def _state(seed: Any, habit: Any, topic: Any) -> Any:
    return _mix(_mix(seed + _GOLDEN) ^ (habit + np.uint64(topic) * _STEP))


@njit(cache=True, nogil=True)
def _draw_habitual(bits: Any, habit: Any, salt: Any, lean: Any, own: Any, n: Any) -> Any:
    """Return a number below *n*; in *lean* of 256 cases it is one of *own* favourites that *habit* fixes."""
    if np.int64(bits & np.uint64(255)) < lean:
        which = (bits >> np.uint64(8)) & np.uint64(0xFFFF)
        bits = _mix(habit + salt * _GOLDEN + (which * np.uint64(own) >> np.uint64(16)) * _STEP)
    return _below(bits, n)


@njit(cache=True, nogil=True, inline="always")
def _ranked(slot: Any, topic: Any, habit: Any, bits: Any, slots: Any, ranks: Any) -> Any:
    """Return the rank of the word for *slot*: a favourite of the writer or any word, frequent words more often."""
    if np.int64(bits & np.uint64(255)) < slots[slot, LEAN]:
        favourite = ((bits >> np.uint64(8)) & np.uint64(0xFFFF)) * np.uint64(slots[slot, OWN]) >> np.uint64(16)
        bits = _mix(habit + np.uint64(slot) * _GOLDEN + favourite * _STEP)
    law, at, core = slots[slot, RANK], np.int64(bits >> np.uint64(54)), slots[slot, CORE]
    low, high = np.int64(ranks[law, at]), np.int64(ranks[law, at + 1])
    rank = low + (np.int64((bits >> np.uint64(20)) & np.uint64(0xFFFF)) * (high - low) >> 16)
    if rank < core and (bits & np.uint64(0x80000)):
        rank += _below(_mix(np.uint64(topic) * _GOLDEN + np.uint64(slot)), core)
        rank -= core if rank >= core else 0
    return rank


@njit(cache=True, nogil=True, inline="always")
def _piece(slot: Any, topic: Any, habit: Any, bits: Any, slots: Any, ranks: Any, topic_pieces: Any) -> Any:
    """Return the piece for *slot*; *topic_pieces* are the pieces of each topic."""
    takes = slots[slot, TAKES]
    if takes == WORD:
        piece = slots[slot, FIRST] + _ranked(slot, topic, habit, bits, slots, ranks)
    else:
        first, n = topic_pieces[topic, 2 * takes], topic_pieces[topic, 2 * takes + 1] - topic_pieces[topic, 2 * takes]
        piece = first + _draw_habitual(bits, habit, _TERMS + np.uint64(topic), slots[slot, LEAN], slots[slot, OWN], n)
    return piece


@njit(cache=True, nogil=True)
def _plans(
    topics: Any, habits: Any, seeds: Any, forms: Any, topic_patterns: Any, pattern_lists: Any, lengths: Any, out: Any
) -> None:
    """Write to *out* (row, 5): opener, first and number of body patterns, bytes, whether the opener is last."""
    for row in range(topics.shape[0]):
        topic, habit, form = topics[row], habits[row], forms[row]
        state = _state(seeds[row], habit, topic)
        law = topic_patterns[topic, 0] if form == LONG else lengths.shape[0] - 3 + min(form, FOLLOW)
        first, end = topic_patterns[topic, 1 + 2 * form], topic_patterns[topic, 2 + 2 * form]
        if form == REMARK:
            out[row, 0], out[row, 2], out[row, 3], out[row, 4] = pattern_lists[first + np.int64(seeds[row])], 0, 0, 0
            continue
        out[row, 0] = pattern_lists[
            first + _draw_habitual(_mix(state + np.uint64(2)), habit, _OPENER, 154, 6, end - first)
        ]
        genre = 9 + 2 * _draw_habitual(_mix(state + np.uint64(3)), habit, _GENRE, 128, 2, GENRES)
        out[row, 1] = topic_patterns[topic, genre]
        out[row, 2] = topic_patterns[topic, genre + 1] - topic_patterns[topic, genre] if form != BRIEF else 0
        out[row, 3] = lengths[law, _below(_mix(state + np.uint64(1)), lengths.shape[1])]
        turned = _draw_habitual(_mix(state + np.uint64(4)), habit, _ORDER, 154, 2, 4) == 0
        out[row, 4] = 1 if turned and form == LONG and out[row, 2] > 0 else 0


@njit(cache=True, nogil=True)
def _finish_text(begin: Any, at: Any, habit: Any, state: Any, lower_case_tenths: Any, out: Any) -> Any:
    """Trim trailing blanks, apply the writer's lower case and typing errors, and return the end of the text."""
    while at > begin and (out[at - 1] == 32 or out[at - 1] == 10):
        at -= 1
    if _mix(habit + _CASE) % np.uint64(10) < lower_case_tenths:
        for i in range(begin, at):
            out[i] += 32 if 65 <= out[i] <= 90 else 0
    every = _TYPO_EVERY if lower_case_tenths > 0 and _mix(habit + _CARE) & np.uint64(7) == 0 else 1 << 40
    for _ in range((at - begin) // every):
        state = _mix(state + _GOLDEN)
        i = begin + _below(state, at - begin - 1)
        if 97 <= out[i] <= 122 and 97 <= out[i + 1] <= 122:
            out[i], out[i + 1] = out[i + 1], out[i]
    return at


@njit(cache=True, nogil=True, inline="always")
def _write_piece(token: Any, begin: Any, at: Any, out: Any, blob: Any, ends: Any) -> Any:
    """Write piece *token* at *at* and return its end, or -1 if there is no room."""
    start, end = np.int64(ends[token]), np.int64(ends[token + 1])
    if at + (end - start) + PADDING > out.shape[0]:
        return np.int64(-1)
    if at == begin:
        while start < end and (blob[start] == 32 or blob[start] == 10):
            start += 1
    i: Any = np.int64(0)
    while i < end - start:
        _copy_8(out, at + i, blob, start + i)
        _copy_8(out, at + i + 8, blob, start + i + 8)
        i += 16
    at += end - start
    return at


@njit(cache=True, nogil=True, inline="always")
def _write_pattern(
    pattern: Any, topic: Any, habit: Any, state: Any, begin: Any, at: Any, out: Any,
    blob: Any, ends: Any, tokens: Any, pattern_ends: Any, topic_pieces: Any, slots: Any, ranks: Any,
) -> Any:  # fmt: skip
    """Write *pattern* at *at* and return its end (-1 if there is no room) and the random state after it."""
    last = np.int64(-1)
    for k in range(pattern_ends[pattern], pattern_ends[pattern + 1]):
        token = np.int64(tokens[k])
        if token < 0:
            slot = -1 - token
            state += _GOLDEN
            token = _piece(slot, topic, habit, _mix(state), slots, ranks, topic_pieces)
            if token == last:
                # people rarely repeat a word at once in one sentence
                state += _GOLDEN
                token = _piece(slot, topic, habit, _mix(state), slots, ranks, topic_pieces)
            last = token
        at = _write_piece(token, begin, at, out, blob, ends)
        if at < 0:
            break
    return at, state


@njit(cache=True, nogil=True)
def _write_texts(
    topics: Any, habits: Any, seeds: Any, plan: Any, row: Any, out: Any, offsets: Any,
    blob: Any, ends: Any, tokens: Any, pattern_ends: Any, pattern_lists: Any, topic_pieces: Any, slots: Any, ranks: Any,
    lower_case_tenths: Any,
) -> Any:  # fmt: skip
    """Write the texts from *row* on and return the first row that did not fit into *out*."""
    at = np.int64(offsets[row])
    while row < topics.shape[0]:
        begin, topic, habit = at, topics[row], habits[row]
        opener, body, n_bodies, wanted, asked = (
            plan[row, 0],
            plan[row, 1],
            plan[row, 2],
            plan[row, 3],
            plan[row, 4] == 0,
        )
        state = _state(seeds[row], habit, topic)
        pattern, count = opener if asked else np.int64(-1), 0
        while True:
            if pattern < 0:
                # the next body pattern; when the body is long enough, the request itself
                if at - begin < wanted and count < _MOST_PATTERNS and n_bodies > 0:
                    pattern = np.int64(pattern_lists[body + _draw_habitual(_mix(state), habit, _BODY, 90, 8, n_bodies)])
                    count += 1
                elif asked:
                    break
                else:
                    asked, pattern = True, opener
                    out[at], out[at + 1] = 10, 10
                    at += 2
            at, state = _write_pattern(
                pattern,
                topic,
                habit,
                state,
                begin,
                at,
                out,
                blob,
                ends,
                tokens,
                pattern_ends,
                topic_pieces,
                slots,
                ranks,
            )
            if at < 0:
                return row
            pattern = np.int64(-1)
            state += _GOLDEN
        at = _finish_text(begin, at, habit, state, lower_case_tenths, out)
        row += 1
        offsets[row] = at
    return row


@njit(cache=True, nogil=True)
def _hashes(data: Any, offsets: Any, out: Any) -> None:
    for row in range(out.shape[0]):
        state = np.uint64(offsets[row + 1] - offsets[row])
        for i in range(offsets[row], offsets[row + 1]):
            state = (state ^ np.uint64(data[i])) * np.uint64(0x100000001B3)
        out[row] = np.int64(_mix(state) >> np.uint64(1))


def plan(tables: TextTables, topics: Ints, habits: Ints, seeds: Ints, forms: Ints) -> Ints:
    """Return the plan of each text (row, 5); column 3 is its minimum length in bytes, if it has a body."""
    planned = np.empty((len(topics), 5), dtype=np.int64)
    whose, which = habits.astype(np.uint64), seeds.astype(np.uint64)
    _plans(topics, whose, which, forms, tables.topic_patterns, tables.pattern_lists, tables.lengths, planned)
    return planned


def compose(tables: TextTables, topics: Ints, habits: Ints, seeds: Ints, forms: Ints) -> pa.Array:
    """Return one text per row, in order."""
    n, t, planned = len(topics), tables, plan(tables, topics, habits, seeds, forms)
    offsets = np.zeros(n + 1, dtype=np.int32)
    whose, which = habits.astype(np.uint64), seeds.astype(np.uint64)
    out = np.empty(max(0, int(planned[:, 3].sum()) + _SPARE * n) + _ROOM + PADDING, dtype=np.uint8)
    arrays = (
        t.blob,
        t.ends,
        t.tokens,
        t.pattern_ends,
        t.pattern_lists,
        t.topic_pieces,
        t.slots,
        t.ranks,
        t.lower_case_tenths,
    )
    done = 0
    while (done := _write_texts(topics, whose, which, planned, done, out, offsets, *arrays)) < n:
        out = np.concatenate([out[: offsets[done]], np.empty(len(out), dtype=np.uint8)])
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(out[: offsets[n]]))


def fingerprints(texts: pa.Array) -> Ints:
    """Return a 63-bit hash of every text; equal texts have equal hashes."""
    _, offsets, data = texts.buffers()
    out = np.zeros(len(texts), dtype=np.int64)
    if len(texts) and data is not None:
        _hashes(np.frombuffer(data, np.uint8), np.frombuffer(offsets, np.int32), out)
    return out
