"""Encodes texts as 64-bit codes, so that a world fits in memory before any text is written.

A code has a ``space`` (6 bits: which renderer makes the text), a ``topic`` (16 bits) and a ``variant`` (40 bits). Zero
is the empty text.
"""

import numpy as np

from stillwatch.lab.draws.random_draws import Ints

__all__ = [
    "DIALOGUE_TURN",
    "GRAMMAR_FOLLOW_UP",
    "GRAMMAR_REQUEST",
    "LIST_ITEM",
    "REAL_FOLLOW_UP",
    "REAL_PROMPT",
    "RECIPE",
    "SMALL_TALK",
    "WRITER_FOLLOW_UP",
    "WRITER_QUERY",
    "WRITER_REQUEST",
    "encode",
    "space_of",
    "topic_of",
    "variant_of",
]

GRAMMAR_REQUEST, GRAMMAR_FOLLOW_UP, SMALL_TALK, REAL_PROMPT, REAL_FOLLOW_UP, DIALOGUE_TURN, RECIPE = 1, 2, 3, 4, 5, 6, 7
"""The spaces of usual texts, in this order: grammar request, grammar follow-up, small talk, real prompt, follow-up on a
real prompt, dialogue turn, recipe.
"""

WRITER_REQUEST, WRITER_QUERY, WRITER_FOLLOW_UP, LIST_ITEM = 8, 9, 10, 11
"""The spaces of long texts: request, query and follow-up of one writer, and a list item without a known writer."""

_VARIANT_BITS, _TOPIC_BITS = 40, 16


def encode(space: int, topics: Ints | int, variants: Ints) -> Ints:
    """Return the codes of *variants* of *topics* in *space*."""
    topic = np.asarray(topics, dtype=np.int64) << _VARIANT_BITS
    return np.asarray((np.int64(space) << (_VARIANT_BITS + _TOPIC_BITS)) | topic | variants)


def space_of(codes: Ints) -> Ints:
    """Return the space of every code."""
    return np.asarray(codes >> (_VARIANT_BITS + _TOPIC_BITS))


def topic_of(codes: Ints) -> Ints:
    """Return the topic of every code."""
    return np.asarray((codes >> _VARIANT_BITS) & ((1 << _TOPIC_BITS) - 1))


def variant_of(codes: Ints) -> Ints:
    """Return the variant of every code."""
    return np.asarray(codes & ((1 << _VARIANT_BITS) - 1))
