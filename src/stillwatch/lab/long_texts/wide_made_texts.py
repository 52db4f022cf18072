"""Composes long texts without data: as many different texts as requested, with the lengths of real prompts.

The writer is part of a text: an account mostly uses its own favourite openings, genres, terms, contexts and words. Each
item of a list (a worklist, a public list, a common request) has a new writer. So list items look like honest prompts,
and only the dealing of a list tells them apart.
"""

from functools import cache
from itertools import chain

import numpy as np
import pyarrow as pa

from stillwatch.lab.draws.random_draws import Ints, choose, draw_flags, mix, named_seed, zipf_weights
from stillwatch.lab.long_texts.lexicon import words
from stillwatch.lab.long_texts.pasted_text import BODIES, GENRES_OF, MORE_ASKS, MORE_FOLLOWS, MORE_QUERIES
from stillwatch.lab.long_texts.text_kernel import BRIEF, FOLLOW, LONG, REMARK, TextTables, compose, fingerprints, plan
from stillwatch.lab.long_texts.text_tables import TableBuilder, add_word_classes, lengths_around
from stillwatch.lab.texts import text_codes
from stillwatch.lab.texts.grammar import DOMAINS, grammar
from stillwatch.lab.texts.phrasings import CONSTRAINTS, CONTEXTS, FOLLOW_UPS, NAMES, SMALL_TALK, SNIPPETS, STYLES
from stillwatch.lab.texts.text_source import CAPABLE, EmbeddedTexts, render_spaces, small_talk

__all__ = ["COMPOSED", "WideMadeTexts", "WriterNumbers", "draw_distinct_items", "list_item_codes", "render_composed"]

_WRITER_BITS, _SEED_BITS = 21, 19
_AT_ONCE = 65_536
_SURE, _TRIES = 160, 24
"""Bytes from which a text has so many random words that it counts as unique; and the maximum number of drawing rounds.
"""
COMPOSED = (
    text_codes.WRITER_REQUEST,
    text_codes.WRITER_QUERY,
    text_codes.WRITER_FOLLOW_UP,
    text_codes.LIST_ITEM,
    text_codes.SMALL_TALK,
)
_UNEVEN = {"N": 1.15, "M": 1.15, "X": 1.05, "W": 1.05, "Y": 1.05, "Z": 1.05, "P": 0.9, "F": 0.6, "L": 0.9, "O": 0.8} | {
    "I": 1.0, "U": 0.8, "Q": 0.9, "R": 0.6, "T": 0.5, "H": 0.3, "E": 0.4
}  # fmt: skip
"""Word class → exponent of its Zipf law."""

_LENGTHS = {"service": (100, 0.7), "record": (330, 0.8), "software": (280, 1.0), "data": (280, 1.0)}
_USUAL_LENGTH = (230, 1.0)
"""Median and log-normal spread of the length in bytes of an opening request; ``_LENGTHS`` has the exceptions by domain.
"""
_LONGEST = 8_000


class WriterNumbers:
    """Numbers the habits of the accounts that have written a text; a text code stores this number."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def encode(self, space: int, topics: Ints, habits: Ints, seeds: Ints) -> Ints:
        """Return the codes of texts by writers with *habits*; beyond two million writers, two may share a number."""
        if not len(habits):
            return np.zeros(0, dtype=np.int64)
        # rows of one account are adjacent, so there are far fewer runs than rows
        begins = np.flatnonzero(np.diff(habits, prepend=habits[0] ^ 1) != 0)
        known = self._numbers
        number = [known.setdefault(h, len(known)) for h in habits[begins].tolist()]
        run = np.repeat(np.asarray(number, dtype=np.int64), np.diff(np.append(begins, len(habits))))
        writer = run & ((1 << _WRITER_BITS) - 1)
        return text_codes.encode(space, topics, writer << _SEED_BITS | (seeds & ((1 << _SEED_BITS) - 1)))

    def habits_of(self, part: Ints) -> Ints:
        """Return the habits behind the codes *part*."""
        known = np.fromiter(self._numbers, dtype=np.int64, count=len(self._numbers))
        return np.asarray(known[text_codes.variant_of(part) >> _SEED_BITS])


def list_item_codes(topics: Ints, seeds: Ints) -> Ints:
    """Return codes of list items, which have no known writer."""
    return text_codes.encode(text_codes.LIST_ITEM, topics, seeds & ((1 << 40) - 1))


class WideMadeTexts(EmbeddedTexts):
    """Long and varied texts; shard *part* of *parts* deals worklists that no other shard deals."""

    def __init__(self, part: int = 0, parts: int = 1) -> None:
        super().__init__()
        self.writers = WriterNumbers()
        self._shard = part, parts

    def ask(self, rng: np.random.Generator, topics: Ints, habits: Ints, kind: str) -> Ints:
        """Return own requests; some repeat an own or a common request."""
        n = len(topics)
        if kind == "batch":
            return list_item_codes(topics, rng.integers(0, 1 << 40, n))
        seeds = rng.integers(4, 1 << _SEED_BITS, n)
        seeds = np.where(draw_flags(rng, n, 0.05), rng.integers(0, 4, n), seeds)
        space = text_codes.WRITER_QUERY if kind == "search" else text_codes.WRITER_REQUEST
        common = draw_flags(rng, n, 0.08 if kind in {"search", "bot"} else 0.02)
        # a common request has the style of one unknown first writer
        who = np.where(common, mix(topics, choose(rng, zipf_weights(40), n)), habits)
        return self.writers.encode(space, topics, who, np.where(common, 0, seeds))

    def follow_up(self, rng: np.random.Generator, first: Ints, turns: Ints, habits: Ints, kind: str) -> Ints:  # noqa: ARG002
        """Return follow-ups on the subject, small talk, and sometimes a new request."""
        n, topics = len(first), text_codes.topic_of(first)
        said = self.writers.encode(text_codes.WRITER_FOLLOW_UP, topics, habits, rng.integers(0, 1 << _SEED_BITS, n))
        fresh = self.ask(rng, topics, habits, kind)
        dice = rng.random(n)
        return np.where(dice < 0.25, small_talk(rng, n), np.where(dice < 0.85, said, fresh))

    def worklist(self, rng: np.random.Generator, n: int, capability: str) -> Ints:
        """Return *n* payloads spread evenly over the topics of *capability* (a domain, or ``broad``)."""
        domains = CAPABLE if capability == "broad" else (capability,)
        return draw_distinct_items(rng, _embedded_tables(), self._grammar.topics_of(*domains), n, self._shard)

    def benchmark(self, name: str, n: int) -> Ints:
        """Return word problems and questions that depend only on *name*."""
        rng = np.random.default_rng(named_seed("benchmark", name))
        topics = self._grammar.topics_of("maths", "science")
        return np.unique(list_item_codes(topics[rng.integers(0, len(topics), 2_000)], rng.integers(0, 1 << 40, 2_000)))[
            :n
        ]

    def render(self, values: Ints) -> pa.Array:
        """Return the texts of codes of every space of the embedded generator."""
        if np.isin(text_codes.space_of(values), COMPOSED).all():
            return self._compose(values)
        return render_spaces(values, dict.fromkeys(COMPOSED, self._compose))

    def _compose(self, part: Ints) -> pa.Array:
        return render_composed(_embedded_tables(), self.writers, part)


def render_composed(tables: TextTables, writers: WriterNumbers, part: Ints, first_topic: int = 0) -> pa.Array:
    """Return the texts of composed codes in one call; splitting them by space would cost a copy."""
    space, variant = text_codes.space_of(part), text_codes.variant_of(part)
    listed, said = space == text_codes.LIST_ITEM, space == text_codes.SMALL_TALK
    has_writer = ~(listed | said)
    # every list item has a new writer; a remark has none
    habits = np.where(listed, mix(part, 11), 0)
    habits[has_writer] = writers.habits_of(part[has_writer])
    seeds = np.where(has_writer, variant & ((1 << _SEED_BITS) - 1), variant)
    forms = np.select(
        [space == text_codes.WRITER_QUERY, space == text_codes.WRITER_FOLLOW_UP, said], [BRIEF, FOLLOW, REMARK], LONG
    )
    return compose(tables, text_codes.topic_of(part) - first_topic, habits, seeds, forms)


def draw_distinct_items(
    rng: np.random.Generator,
    tables: TextTables,
    topics: Ints,
    n: int,
    shard: tuple[int, int],
    *,
    sure: int = _SURE,
    first_topic: int = 0,
) -> Ints:
    """Return up to *n* codes of list items on *topics* (drawn evenly) with different texts; each shard has its own.

    Returns fewer codes if fewer different texts exist. Texts of *sure* bytes or more count as different without a
    check.
    """
    part, parts = shard
    made: Ints = np.zeros(0, dtype=np.int64)
    seen: Ints = np.zeros(0, dtype=np.int64)
    for _ in range(_TRIES):
        if len(made) >= n:
            break
        wanted = n - len(made)
        drawn = topics[rng.integers(0, len(topics), wanted + wanted // 50 + 16)]
        fresh = list_item_codes(drawn, rng.integers(0, (1 << 40) // parts, len(drawn)) * parts + part)
        at_least = plan(
            tables, drawn - first_topic, mix(fresh, 11), text_codes.variant_of(fresh), np.full(len(drawn), LONG)
        )
        short = np.flatnonzero(at_least[:, 3] < sure)
        marks = mix(fresh, 12)
        for some in np.array_split(short, len(short) // _AT_ONCE + 1):
            marks[some] = fingerprints(render_composed(tables, WriterNumbers(), fresh[some], first_topic))
        seen, first = np.unique(np.concatenate([seen, marks]), return_index=True)
        made = np.concatenate([made, fresh])[first]
    return rng.permutation(made)[:n]


@cache
def _embedded_tables() -> TextTables:
    """Return the tables of the embedded topics; each process builds them once."""
    speech, builder = grammar(), TableBuilder()
    add_word_classes(builder, words(), _UNEVEN)
    builder.word("c", CONTEXTS, 0.0, lean=192, own=3, turned=False)
    builder.word("k", CONSTRAINTS, 0.0, lean=154, own=4, turned=False)
    builder.word("x", SNIPPETS, 0.0)
    builder.word("p", NAMES, 0.0)
    builder.word("n", [str(n) for n in range(3, 903)], 0.0)
    terms = [builder.put(row) for row in speech.terms]
    subjects = builder.put(speech.subjects)
    follows = builder.group(map(builder.pattern, (*FOLLOW_UPS, *MORE_FOLLOWS)))
    talk = builder.group(map(builder.pattern, SMALL_TALK))
    bodies = {genre: builder.group(map(builder.pattern, patterns)) for genre, patterns in BODIES.items()}
    asks = {
        name: builder.group(map(builder.pattern, (*style, *(() if name in {"service", "record"} else MORE_ASKS))))
        for name, style in STYLES.items()
    }
    briefs = {name: builder.group(map(builder.pattern, (*style, *MORE_QUERIES * 2))) for name, style in STYLES.items()}
    names = [DOMAINS[i] for i in speech.domain.tolist()]
    lengths = [lengths_around(*_USUAL_LENGTH, 12, _LONGEST)]
    lengths += [lengths_around(*around, 12, _LONGEST) for around in _LENGTHS.values()]
    rows = {name: number for number, name in enumerate(_LENGTHS, start=1)}
    topic_patterns = [
        (
            rows.get(name, 0),
            *asks[name],
            *briefs[name],
            *follows,
            *talk,
            *chain(*(bodies[genre] for genre in GENRES_OF[name])),
        )
        for name in names
    ]
    topic_pieces = [
        (first, first + len(row), subjects + i, subjects + i + 1, 0, 0)
        for i, (first, row) in enumerate(zip(terms, speech.terms, strict=True))
    ]
    return builder.tables(
        topic_patterns, topic_pieces, [*lengths, lengths_around(50, 0.4, 12, 400), lengths_around(85, 0.9, 8, 3_000)]
    )
