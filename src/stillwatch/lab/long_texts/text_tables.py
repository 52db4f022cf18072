"""Builds the tables that long texts are composed from: pieces, patterns, and the patterns of each topic."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field

import numpy as np
import pyarrow as pa

from stillwatch.lab.draws.random_draws import Floats, Ints, zipf_weights
from stillwatch.lab.long_texts.lexicon import CORE
from stillwatch.lab.long_texts.text_kernel import PADDING, TERM, TOPIC, WORD, TextTables

__all__ = ["TableBuilder", "add_word_classes", "lengths_around", "piece_buffers", "ranks_of"]

_SLOT = re.compile(r"\{([A-Za-z])\}")
_Numbers = Sequence[int]
_QUANTILES = 1_024
"""Number of quantiles; the kernel uses 10 bits to choose one."""


@dataclass(frozen=True, slots=True)
class _Slot:
    takes: int
    first: int = 0
    core: int = 0
    lean: int = 0
    own: int = 1
    rank: int = 0


def ranks_of(n: int, exponent: float, offset: int = 3) -> Ints:
    """Return ranks below *n* at even quantiles of a Zipf-Mandelbrot law; *offset* flattens its head."""
    weights = zipf_weights(n + offset, exponent)[offset:] if exponent else np.ones(n)
    cumulative = np.concatenate(([0.0], np.cumsum(weights) / weights.sum()))
    found = np.searchsorted(cumulative, np.arange(_QUANTILES + 1) / _QUANTILES, side="right") - 1
    return np.minimum(found, n).astype(np.int64)


def lengths_around(median: float, spread: float, least: int, most: int) -> Ints:
    """Return log-normal lengths in bytes at even quantiles, clipped to *least* and *most*."""
    rng = np.random.default_rng(0)
    values: Floats = np.sort(median * np.exp(spread * rng.standard_normal(_QUANTILES * 64)))
    return np.clip(values[32::64], least, most).astype(np.int64)


def piece_buffers(pieces: pa.Array) -> tuple["np.ndarray[tuple[int], np.dtype[np.uint8]]", Ints]:
    """Return the bytes of *pieces* and the start of each piece, followed by the end of the last."""
    _, ends, blob = pieces.cast(pa.large_string()).buffers()
    padded = np.concatenate([np.frombuffer(blob, np.uint8), np.zeros(PADDING, np.uint8)])
    return padded, np.frombuffer(ends, np.int64)[: len(pieces) + 1]


@dataclass(slots=True)
class TableBuilder:
    """Collects pieces, slots, patterns and pattern lists, and returns the tables; equal patterns are stored once."""

    pieces: list[str] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    pattern_ends: list[int] = field(default_factory=lambda: [0])
    pattern_lists: list[int] = field(default_factory=list)
    slots: list[_Slot] = field(default_factory=list)
    ranks: list[Ints] = field(default_factory=list)
    _letters: dict[str, int] = field(default_factory=dict)
    _known: dict[str, int] = field(default_factory=dict)
    _literals: dict[str, int] = field(default_factory=dict)

    def put(self, pieces: Sequence[str]) -> int:
        """Add *pieces* in order and return the number of the first."""
        self.pieces += pieces
        return len(self.pieces) - len(pieces)

    def word(
        self, letter: str, pieces: Sequence[str], exponent: float, *, lean: int = 0, own: int = 1, turned: bool = True
    ) -> None:
        """Let slot *letter* take one of *pieces*; *lean* of 256 draws take one of *own* favourites of the writer."""
        first, core = self.put(pieces), min(CORE, len(pieces)) if turned and exponent else 0
        self.slot(letter, _Slot(WORD, first, core, lean, own, len(self.ranks)))
        self.ranks.append(ranks_of(len(pieces), exponent))

    def slot(self, letter: str, slot: _Slot) -> None:
        """Assign *slot* to *letter*."""
        self._letters[letter] = len(self.slots)
        self.slots.append(slot)

    def topical(self, letter: str, takes: int, *, lean: int = 0, own: int = 1) -> None:
        """Let slot *letter* take a piece of the topic: a term, its name or a sentence (see ``text_kernel``)."""
        self.slot(letter, _Slot(takes, lean=lean, own=own))

    def token_of(self, letter: str) -> int:
        """Return the token of slot *letter*."""
        return -1 - self._letters[letter]

    def pattern(self, text: str) -> int:
        """Return the number of the pattern *text*."""
        if text not in self._known:
            parts = enumerate(_SLOT.split(text))
            self._known[text] = self.add([self.token_of(p) if i % 2 else self._literal(p) for i, p in parts if p])
        return self._known[text]

    def add(self, tokens: Iterable[int]) -> int:
        """Add a pattern of *tokens* and return its number."""
        self.tokens += tokens
        self.pattern_ends.append(len(self.tokens))
        return len(self.pattern_ends) - 2

    def group(self, patterns: Iterable[int]) -> tuple[int, int]:
        """Add a list of *patterns* and return its range."""
        first = len(self.pattern_lists)
        self.pattern_lists += patterns
        return first, len(self.pattern_lists)

    def _literal(self, text: str) -> int:
        if text not in self._literals:
            self._literals[text] = self.put([text])
        return self._literals[text]

    def tables(
        self, topic_patterns: Sequence[_Numbers], topic_pieces: Sequence[_Numbers], lengths: list[Ints]
    ) -> TextTables:
        """Return the tables; ``TextTables`` describes *topic_patterns*, *topic_pieces* and *lengths*."""
        blob, ends = piece_buffers(pa.array(self.pieces, type=pa.large_string()))
        return TextTables(
            blob=blob,
            ends=ends.astype(np.int32),
            tokens=np.asarray(self.tokens, dtype=np.int32),
            pattern_ends=np.asarray(self.pattern_ends, dtype=np.int64),
            pattern_lists=np.asarray(self.pattern_lists, dtype=np.int32),
            topic_patterns=np.asarray(topic_patterns, dtype=np.int64),
            topic_pieces=np.asarray(topic_pieces, dtype=np.int64),
            lengths=np.stack(lengths),
            slots=np.asarray([astuple(slot) for slot in self.slots], dtype=np.int64),
            ranks=np.stack(self.ranks).astype(np.int32),
            lower_case_tenths=3,
        )


def add_word_classes(builder: TableBuilder, classes: dict[str, tuple[str, ...]], exponents: dict[str, float]) -> None:
    """Add the classes of ``lexicon`` and the topical slots; *exponents* has the Zipf exponents (default 1)."""
    for letter, pieces in classes.items():
        builder.word(letter, pieces, exponents.get(letter, 1.0), lean=24, own=12)
    builder.topical("s", TOPIC)
    builder.topical("a", TERM, lean=128, own=3)
    builder.topical("b", TERM)
