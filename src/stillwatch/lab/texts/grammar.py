"""Generates texts without data: sentence patterns filled with topic words, contexts and constraints.

A text is a 40-bit variant of one topic. The bits hold the pattern, two terms, the context, the constraint and a
lower-case flag. Fields that a pattern does not use are zero, so two different variants are two different texts.
"""

import re
from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stillwatch.lab.draws.random_draws import Ints, mix
from stillwatch.lab.texts.phrasings import CONSTRAINTS, CONTEXTS, FOLLOW_UPS, NAMES, SNIPPETS, STYLES

__all__ = ["DOMAINS", "Fields", "Grammar", "grammar", "pack", "unpack"]

_SLOT = re.compile(r"\{([a-z])\}")
_NUMBERS = 900
# bits per field, lowest bits first: lower case, constraint, context, second term, first term, pattern
_WIDTHS = (1, 9, 12, 5, 5, 8)
Fields = tuple[Ints, Ints, Ints, Ints, Ints, Ints]

DOMAINS: tuple[str, ...] = tuple(STYLES)
FOLLOW_UP_STYLE = len(DOMAINS)


def pack(fields: Fields) -> Ints:
    """Return the variants for *fields* (lower, constraint, context, second term, first term, pattern)."""
    variant = np.zeros(len(fields[0]), dtype=np.int64)
    shift = 0
    for field, width in zip(fields, _WIDTHS, strict=True):
        variant |= (field & ((1 << width) - 1)) << shift
        shift += width
    return variant


def unpack(variant: Ints) -> Fields:
    """Return the fields of *variant*, in the order of ``pack``."""
    out: list[Ints] = []
    shift = 0
    for width in _WIDTHS:
        out.append((variant >> shift) & ((1 << width) - 1))
        shift += width
    return (out[0], out[1], out[2], out[3], out[4], out[5])


class Grammar:
    """The topics with their domains and words; renders variants in batches, pattern by pattern."""

    def __init__(self) -> None:
        lines = resources.files("stillwatch.lab.texts").joinpath("topics.txt").read_text(encoding="utf-8").splitlines()
        rows = [line.split("|") for line in lines if line.strip()]
        self.domain: Ints = np.asarray([DOMAINS.index(row[0]) for row in rows], dtype=np.int64)
        self.subjects = [row[1] for row in rows]
        self.terms = terms = [row[2].split(";") for row in rows]
        self.n_terms: Ints = np.asarray([len(t) for t in terms], dtype=np.int64)
        self._first_term = np.concatenate(([0], np.cumsum(self.n_terms)[:-1]))
        self._pools: dict[str, pa.Array] = {
            "s": pa.array(self.subjects),
            "a": pa.array([t for row in terms for t in row]),
            "c": pa.array(CONTEXTS),
            "k": pa.array(CONSTRAINTS),
            "x": pa.array(SNIPPETS),
            "p": pa.array(NAMES),
            "n": pa.array([str(n) for n in range(3, 3 + _NUMBERS)]),
        }
        self._pools["b"] = self._pools["a"]
        self._patterns = (*STYLES.values(), FOLLOW_UPS)
        self.n_patterns: Ints = np.asarray([len(p) for p in self._patterns], dtype=np.int64)
        self._uses = {
            letter: _table([[letter in _SLOT.findall(text) for text in style] for style in self._patterns])
            for letter in "abckxpn"
        }

    def topics_of(self, *domains: str) -> Ints:
        """Return the topics of *domains*, in file order."""
        return np.flatnonzero(np.isin(self.domain, [DOMAINS.index(name) for name in domains])).astype(np.int64)

    def canonical(self, topics: Ints, fields: Fields, *, follow_up: bool = False) -> Ints:
        """Return the variants for *fields*, with every field in range and every unused field zero."""
        lower, limit, context, second, first, pattern = fields
        style = np.full(len(topics), FOLLOW_UP_STYLE, dtype=np.int64) if follow_up else self.domain[topics]
        pattern = pattern % self.n_patterns[style]
        first = first % self.n_terms[topics]
        second = (first + 1 + second % (self.n_terms[topics] - 1)) % self.n_terms[topics]
        used = {letter: table[style, pattern] for letter, table in self._uses.items()}
        free = used["c"] | used["x"] | used["p"] | used["n"]
        # the slots for context, snippet, name and number all use the one context field
        context = np.where(free, context % np.where(used["c"], len(CONTEXTS), 4096), 0)
        limit = np.where(used["k"], limit % len(CONSTRAINTS), 0)
        first = np.where(used["a"], first, 0)
        second = np.where(used["b"], second, 0)
        return pack((lower & 1, limit, context, second, first, pattern))

    def draw(self, rng: np.random.Generator, topics: Ints, *, follow_up: bool = False) -> Ints:
        """Return one variant per topic; every field is drawn uniformly, without the lower-case flag."""
        fields = tuple(rng.integers(0, 1 << width, len(topics)) for width in _WIDTHS[1:])
        return self.canonical(topics, (np.zeros(len(topics), dtype=np.int64), *fields), follow_up=follow_up)  # type: ignore[arg-type]

    def render(self, topics: Ints, variants: Ints, *, follow_up: bool = False) -> pa.Array:
        """Return the texts of *variants*, in order."""
        lower, limit, context, second, first, pattern = unpack(variants)
        style = np.full(len(topics), FOLLOW_UP_STYLE, dtype=np.int64) if follow_up else self.domain[topics]
        number = mix(context, first, 7) % _NUMBERS
        index = {
            "s": topics,
            "a": self._first_term[topics] + first,
            "b": self._first_term[topics] + second,
            "c": context % len(CONTEXTS),
            "k": limit % len(CONSTRAINTS),
            "x": context % len(SNIPPETS),
            "p": context % len(NAMES),
            "n": number,
        }
        key = style * 256 + pattern
        order = np.argsort(key, kind="stable")
        edges = np.flatnonzero(np.diff(key[order], prepend=-1))
        pieces: list[pa.Array] = []
        for begin, end in zip(edges, np.append(edges[1:], len(order)), strict=True):
            rows = order[begin:end]
            text = self._patterns[int(style[rows[0]])][int(pattern[rows[0]])]
            pieces.append(self._fill(text, {letter: values[rows] for letter, values in index.items()}, len(rows)))
        return _in_order(pieces, order, lower)

    def _fill(self, text: str, index: dict[str, Ints], n: int) -> pa.Array:
        parts: list[pa.Array] = []
        for i, piece in enumerate(_SLOT.split(text)):
            if i % 2:
                parts.append(self._pools[piece].take(pa.array(index[piece])))
            elif piece:
                parts.append(pa.repeat(pa.scalar(piece), n))
        return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, ""))


def _table(rows: list[list[bool]]) -> NDArray[np.bool_]:
    width = max(len(row) for row in rows)
    return np.asarray([row + [False] * (width - len(row)) for row in rows], dtype=np.bool_)


def _in_order(pieces: list[pa.Array], order: Ints, lower: Ints) -> pa.Array:
    if not pieces:
        return pa.array([], type=pa.string())
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.arange(len(order))
    texts = pa.concat_arrays(pieces).take(pa.array(inverse))
    small = lower.astype(bool)
    if not small.any():
        return texts
    return pc.if_else(pa.array(small), pc.utf8_lower(texts), texts)


@cache
def grammar() -> Grammar:
    """Return the grammar; each process reads it once."""
    return Grammar()
