"""Classifies prompts by capability, and detects requests for training data, with a readable list of cues.

The cues and their weights are in ``cues.toml``. A cue is one to four consecutive words. Its weight counts for (or
against) one class of ``model.CAPABILITIES`` or one kind of request in ``ASKS``. A prompt's score for a class is the sum
of the weights of the different cues found in it, plus a weight for its length. All arithmetic is on integers over
unkeyed word hashes, so a gateway can keep the result without the text. The cues are English;
``docs/reference/capabilities.md`` describes the consequences and the accuracy.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stillwatch.engine.kernels import njit
from stillwatch.errors import ContractError
from stillwatch.features.words import hash_words, mix, split_words
from stillwatch.model import CAPABILITIES, Capability

__all__ = [
    "ASKS",
    "HEAD_WORDS",
    "MAX_PHRASE",
    "TAIL_WORDS",
    "UNKNOWN",
    "CueCounter",
    "CueTable",
    "Cues",
    "classify",
    "classify_in",
    "cue_counter",
    "explain",
    "load_cues",
    "read_cues",
    "tabulate",
]

UNKNOWN = -1
"""The capability that ``classify`` returns where no cue with a positive weight was found."""

MAX_PHRASE = 4
"""Words in the longest cue, including its anchors."""

HEAD_WORDS, TAIL_WORDS = 80, 48
"""Number of words at the start and at the end of a prompt where cues can begin: the request is usually there."""

ASKS: tuple[Capability, ...] = (
    Capability("rationale", "explain step by step, show the reasoning before the answer"),
    Capability("given-answer rationale", "give the reasoning behind an answer that the prompt already holds"),
    Capability("rubric grading", "score a response on a scale or by a rubric"),
    Capability("preference pair", "say which of two responses is better"),
    Capability("variants", "make a prompt harder or different, or invent many instructions or examples"),
    Capability("tool trajectory", "write thoughts, actions and observations, or the calls of listed functions"),
    Capability("data set record", "return the result as a record of a training set, field by field"),
    Capability("question-answer pairs", "write questions together with their answers, from a text or a topic"),
    Capability("dialogue synthesis", "write both sides of a conversation between a user and an assistant"),
    Capability("critique and revision", "criticise a response and write the better one"),
)
"""Kinds of requests for training data. The position is the bit in ``asks``, and is part of the sketch format."""

_ASK_POINTS = 100
_N_CLASSES = len(CAPABILITIES)
_SEED = np.uint64(0x243F6A8885A308D3)
_START = np.uint64(0x13198A2E03707344)
_END = np.uint64(0xA4093822299F31D0)
_NOTHING = np.uint64(0)
_BEGINS = np.uint64(1023)
"""Number of 64-bit words in ``CueTable.begins``, minus one. They take 8 kB, which fit into the processor's cache."""
_SIX, _BITS, _ONE = np.uint64(6), np.uint64(63), np.uint64(1)
_ANCHORS = {"^": _START, "$": _END}


class Cues(NamedTuple):
    """The content of ``cues.toml``: (column, phrase, weight) of each cue, edges of length, weights per length.

    A column is a position in ``CAPABILITIES`` or, from ``len(CAPABILITIES)`` on, in ``ASKS``. Weights are log-odds in
    hundredths. For ``ASKS`` they are points; 100 points set the bit.
    """

    weights: tuple[tuple[int, str, int], ...]
    length_edges: tuple[int, ...]
    length_weights: tuple[tuple[int, ...], ...]


class CueTable(NamedTuple):
    """The cues as arrays for numba kernels.

    ``keys`` (their number is a power of two) is an open-addressing hash table of phrases and their prefixes. ``slots``
    gives the phrase of a key, or -1 for a prefix. Phrase p has ``columns`` and ``weights`` at
    ``starts[p]:starts[p + 1]``. A prompt of n words uses row ``searchsorted(edges, n)`` of ``lengths``. ``begins`` is
    a filter: it has a bit for the first two words of each phrase, or for its only word. Most words of a prompt begin no
    phrase, so most lookups in ``keys`` are skipped.
    """

    begins: npt.NDArray[np.uint64]
    keys: npt.NDArray[np.uint64]
    slots: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int32]
    weights: npt.NDArray[np.int32]
    edges: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int32]


class CueCounter(NamedTuple):
    """Buffers for counting the cues of one prompt, allocated once and reused for all prompts.

    ``places`` holds the positions where a cue can begin. ``seen`` marks cues (all 0 outside of ``_find_cues``), and
    ``found`` lists them. ``scores`` (2, columns) holds the scores; its second row sums only positive weights.

    Numba's cache on disk stores the name of this class. After a rename, delete ``__pycache__`` where loading fails.
    """

    places: npt.NDArray[np.int32]
    seen: npt.NDArray[np.uint8]
    found: npt.NDArray[np.int32]
    scores: npt.NDArray[np.int32]


@njit(cache=True)
def _join(so_far: np.uint64, word: np.uint64) -> np.uint64:
    """Return the hash of a phrase extended by *word*; it depends on the order of words."""
    joined: np.uint64 = mix(so_far + np.uint64(0x9E3779B97F4A7C15) ^ word)
    return joined


@njit(cache=True)
def _find(keys: npt.NDArray[np.uint64], wanted: np.uint64) -> np.int64:
    """Return the index of *wanted* in the hash table, or -1."""
    mask = keys.shape[0] - 1
    place = np.int64(wanted & np.uint64(mask))
    while keys[place] != _NOTHING:
        if keys[place] == wanted:
            return place
        place = (place + 1) & mask
    return np.int64(-1)


@njit(cache=True)
def _bit(begins: npt.NDArray[np.uint64], word: np.uint64) -> np.uint64:
    """Return 1 where the bit of *word* is set in *begins*, else 0."""
    bit: np.uint64 = (begins[(word >> _SIX) & _BEGINS] >> (word & _BITS)) & _ONE
    return bit


@njit(cache=True)
def _two(first: np.uint64, second: np.uint64) -> np.uint64:
    """Return the value for two words, in order, in ``CueTable.begins``; different pairs can share a value."""
    both: np.uint64 = first + second * np.uint64(3)
    return both


@njit(cache=True, nogil=True)
def _places(words: npt.NDArray[np.uint64], n: int, table: CueTable, places: npt.NDArray[np.int32]) -> int:
    """Write to *places* the positions in ``words[:n]`` where a cue can begin (-1: the start); return their number."""
    places[0] = -1
    at, count = 0, 1
    while at < n:
        after = words[at + 1] if at + 1 < n else _END
        places[count] = at
        if _bit(table.begins, words[at]) | _bit(table.begins, _two(words[at], after)):
            count += 1
        at += 1
        if at == HEAD_WORDS:
            at = max(at, n - TAIL_WORDS)
    return count


@njit(cache=True, nogil=True)
def _find_cues(words: npt.NDArray[np.uint64], n: int, table: CueTable, counter: CueCounter) -> int:
    """Write the different cues in ``words[:n]`` to ``counter.found``; return their number."""
    count = 0
    for i in range(_places(words, n, table, counter.places)):
        begin = counter.places[i]
        phrase = _SEED
        for at in range(begin, min(begin + MAX_PHRASE, n + 1)):
            word = _START if at < 0 else (_END if at == n else words[at])
            phrase = _join(phrase, word)
            place = _find(table.keys, phrase)
            if place < 0:
                break
            slot = table.slots[place]
            if slot >= 0 and not counter.seen[slot]:
                counter.seen[slot] = 1
                counter.found[count] = slot
                count += 1
    for i in range(count):
        counter.seen[counter.found[i]] = 0
    return count


@njit(cache=True, nogil=True)
def classify_in(counter: CueCounter, words: npt.NDArray[np.uint64], n: int, table: CueTable) -> tuple[int, int]:
    """Return the result of :func:`classify`, with the reusable buffers *counter* (:func:`cue_counter`)."""
    n = min(n, words.shape[0])
    scores = counter.scores
    scores[:] = 0
    for i in range(_find_cues(words, n, table, counter)):
        slot = counter.found[i]
        for k in range(table.starts[slot], table.starts[slot + 1]):
            scores[0, table.columns[k]] += table.weights[k]
            scores[1, table.columns[k]] += max(0, table.weights[k])
    row = 0
    while row < table.edges.shape[0] and table.edges[row] < n:
        row += 1
    best = UNKNOWN
    for column in range(_N_CLASSES):
        scores[0, column] += table.lengths[row, column]
        if scores[1, column] > 0 and (best < 0 or scores[0, column] > scores[0, best]):
            best = column
    asks = 0
    for column in range(_N_CLASSES, scores.shape[1]):
        if scores[0, column] >= _ASK_POINTS:
            asks |= 1 << (column - _N_CLASSES)
    return best, asks


def cue_counter(table: CueTable) -> CueCounter:
    """Return the buffers for counting the cues of *table*."""
    n = table.starts.shape[0] - 1
    return CueCounter(
        np.empty(HEAD_WORDS + TAIL_WORDS + 2, np.int32),
        np.zeros(n, np.uint8),
        np.empty(n + 1, np.int32),
        np.empty((2, table.lengths.shape[1]), np.int32),
    )


def classify(words: npt.NDArray[np.uint64], n: int, table: CueTable) -> tuple[int, int]:
    """Return (capability, asks) of the prompt with word hashes ``words[:n]``, as ``split_words`` makes them.

    ``capability`` is a position in ``CAPABILITIES``; the first one wins a tie. It is ``UNKNOWN`` where no cue with a
    positive weight was found. ``asks`` is a bit set over ``ASKS``. Where n exceeds the buffer, only the words in the
    buffer count.
    """
    found: tuple[int, int] = classify_in(cue_counter(table), words, n, table)
    return found


def read_cues(text: str) -> Cues:
    """Return the cues in the TOML *text*. Raises ``ContractError`` on an unknown class or a repeated cue."""
    tree = tomllib.loads(text)
    weights: dict[tuple[int, str], int] = {}
    for room, known, first in (("capabilities", CAPABILITIES, 0), ("asks", ASKS, _N_CLASSES)):
        columns = {capability.name: first + i for i, capability in enumerate(known)}
        for name, sections in tree[room].items():
            if name not in columns:
                raise ContractError(f"{name!r} is not one of the {room}", where="cues.toml")
            for by_weight in sections.values():
                pairs = [(phrase, int(weight)) for weight, phrases in by_weight.items() for phrase in phrases]
                if len({phrase for phrase, _ in pairs}) < len(pairs):
                    raise ContractError(f"a cue is listed twice under {name!r}", where="cues.toml")
                for phrase, weight in pairs:
                    key = (columns[name], phrase)
                    weights[key] = weights.get(key, 0) + weight
    lengths = tree["lengths"]
    edges = tuple(int(edge) for edge in lengths["words"])
    by_class = [lengths["weights"].get(capability.name, [0] * (len(edges) + 1)) for capability in CAPABILITIES]
    if any(len(row) != len(edges) + 1 for row in by_class):
        raise ContractError("a row of length weights needs one number more than there are edges", where="cues.toml")
    return Cues(tuple((c, p, w) for (c, p), w in sorted(weights.items())), edges, tuple(zip(*by_class, strict=True)))


def _phrase_words(phrases: list[str]) -> dict[str, np.uint64]:
    """Return the hash of every word in *phrases*."""
    vocabulary = sorted({word for phrase in phrases for word in phrase.split()} - set(_ANCHORS))
    data = np.frombuffer(" ".join(vocabulary).encode(), dtype=np.uint8)
    hashes, lengths = (
        np.empty(2 * len(vocabulary) + 2, np.uint64),
        np.empty(2 * len(vocabulary) + 2, np.int32),
    )
    count = split_words(data, 0, len(data), hashes, lengths, np.empty(len(hashes) + 1, np.uint8))
    if count != len(vocabulary) or any(word != word.lower() for word in vocabulary):
        raise ContractError("a cue is made of lower-case words of letters, digits and _", where="cues.toml")
    return dict(zip(vocabulary, hashes, strict=False)) | _ANCHORS


@njit(cache=True)
def _fill(
    phrases: npt.NDArray[np.uint64],
    counts: npt.NDArray[np.int32],
    begins: npt.NDArray[np.uint64],
    keys: npt.NDArray[np.uint64],
    slots: npt.NDArray[np.int32],
) -> None:
    """Insert each phrase (rows of *phrases* with *counts* words) and its prefixes into the empty hash table."""
    mask = keys.shape[0] - 1
    for p in range(phrases.shape[0]):
        begin = phrases[p, 0] if counts[p] == 1 else _two(phrases[p, 0], phrases[p, 1])
        begins[(begin >> _SIX) & _BEGINS] |= _ONE << (begin & _BITS)
        phrase = _SEED
        for at in range(counts[p]):
            phrase = _join(phrase, phrases[p, at])
            place = np.int64(phrase & np.uint64(mask))
            while keys[place] != _NOTHING and keys[place] != phrase:
                place = (place + 1) & mask
            keys[place] = phrase
            if at == counts[p] - 1:
                slots[place] = p


def tabulate(cues: Cues) -> CueTable:
    """Return *cues* as arrays. Raises ``ContractError`` on a cue that cannot match."""
    phrases = sorted({phrase for _, phrase, _ in cues.weights})
    hashes = _phrase_words(phrases)
    rows = np.zeros((len(phrases), MAX_PHRASE), np.uint64)
    counts = np.zeros(len(phrases), np.int32)
    for p, phrase in enumerate(phrases):
        words = phrase.split()
        if not 0 < len(words) <= MAX_PHRASE:
            raise ContractError(f"{phrase!r} does not have one to {MAX_PHRASE} words", where="cues.toml")
        rows[p, : len(words)] = [hashes[word] for word in words]
        counts[p] = len(words)
    size = 1 << int(4 * (int(counts.sum()) + 1)).bit_length()
    begins = np.zeros(int(_BEGINS) + 1, np.uint64)
    keys, slots = np.zeros(size, np.uint64), np.full(size, -1, np.int32)
    _fill(rows, counts, begins, keys, slots)
    number = {phrase: p for p, phrase in enumerate(phrases)}
    entries = sorted((number[phrase], column, weight) for column, phrase, weight in cues.weights)
    flat = np.array(entries, np.int32).reshape(-1, 3)
    starts = np.searchsorted(flat[:, 0], np.arange(len(phrases) + 1)).astype(np.int32)
    lengths = np.zeros((len(cues.length_edges) + 1, _N_CLASSES + len(ASKS)), np.int32)
    lengths[:, :_N_CLASSES] = cues.length_weights
    edges = np.array(cues.length_edges, np.int32)
    columns, weights = np.ascontiguousarray(flat[:, 1]), np.ascontiguousarray(flat[:, 2])
    return CueTable(begins, keys, slots, starts, columns, weights, edges, lengths)


@cache
def _cues() -> Cues:
    return read_cues(files(__package__).joinpath("cues.toml").read_text(encoding="utf-8"))


@cache
def load_cues() -> CueTable:
    """Return the cues of ``cues.toml`` as arrays; they are read once."""
    return tabulate(_cues())


def explain(text: str) -> list[tuple[str, str, int]]:
    """Return the reasons for the class of *text*: (cue, capability or ask, weight), the largest weight first.

    The weight for the length of the text appears as the cue ``n_words``. The cues found are words of the prompt: show
    them only where prompts may be shown.
    """
    table, cues, words = load_cues(), _cues(), hash_words(text)
    counter = cue_counter(table)
    count = _find_cues(words, len(words), table, counter)
    names = [capability.name for capability in CAPABILITIES + ASKS]
    phrases = sorted({phrase for _, phrase, _ in cues.weights})
    found = {phrases[p] for p in counter.found[:count]}
    reasons = [(phrase, names[column], weight) for column, phrase, weight in cues.weights if phrase in found]
    row = int(np.searchsorted(table.edges, len(words)))
    reasons += [("n_words", names[c], w) for c, w in enumerate(cues.length_weights[row]) if w]
    return sorted(reasons, key=lambda reason: (-reason[2], reason[1], reason[0]))
