"""Composes long texts from real prompts: recombines sentences within a subject and draws numbers anew.

A composed prompt begins and ends like a real prompt, with other sentences of its subject between. A short prompt
continues with further sentences. Words and sentences are real; their combination is composed.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.lab.draws.random_draws import Floats, Ints, draw_flags
from stillwatch.lab.long_texts.lexicon import words
from stillwatch.lab.long_texts.text_kernel import LINES, WORD, TextTables
from stillwatch.lab.long_texts.text_tables import lengths_around, piece_buffers, ranks_of
from stillwatch.lab.long_texts.wide_made_texts import COMPOSED, WideMadeTexts, draw_distinct_items, render_composed
from stillwatch.lab.texts import text_codes
from stillwatch.lab.texts.real_texts import FIRST_TOPIC, RealTexts, Subjects
from stillwatch.lab.texts.text_source import BatchJob

__all__ = ["WideRealTexts", "real_tables"]

_LONGEST = 2_000
_SHORT_KINDS = frozenset(("search", "bot"))
_SPOKEN = 0.35
_LINE, _NUMBER = -1, -2
"""Tokens: another sentence of the subject, and a number."""
_MOST_LINES = 4


def real_tables(pool: pa.Array, subjects: Subjects) -> TextTables:
    """Return the tables of the prompt table *pool*.

    Patterns 0 to n - 1 are the openers in the order of *subjects*; the patterns of sentences follow.
    """
    ordered = pool.take(pa.array(subjects.rows))
    marked = pc.replace_substring_regex(pc.replace_substring(ordered, "\n", "\x1f\n"), r"([.!?]) +", "\\1\x1f ")
    split = pc.split_pattern(pc.binary_join_element_wise(" ", marked, ""), "\x1f")
    prompt_ends, sentences = _list_of(split)
    literal_ends, literals = _list_of(pc.split_pattern_regex(sentences, r"[0-9]+"))
    numbers = words()["Q"]
    pieces = pa.concat_arrays([part.cast(pa.large_string()) for part in (literals, sentences, pa.array(numbers))])
    blob, ends = piece_buffers(pieces)
    tokens, token_ends = _with_numbers(literal_ends)
    openers, opener_ends = _openers(prompt_ends, tokens, token_ends)
    n, n_literals = len(ordered), len(literals)
    topic_patterns, topic_pieces = _by_subject(subjects, prompt_ends, n, n_literals)
    first_number = n_literals + len(sentences)
    return TextTables(
        blob=blob,
        ends=ends.astype(np.int32),
        tokens=np.concatenate([openers, tokens]),
        pattern_ends=np.concatenate([opener_ends, opener_ends[-1] + token_ends[1:]]),
        pattern_lists=np.arange(n + len(sentences), dtype=np.int32),
        topic_patterns=topic_patterns,
        topic_pieces=topic_pieces,
        lengths=_lengths(ordered),
        slots=np.asarray([(LINES, 0, 0, 96, 8, 0), (WORD, first_number, 0, 0, 1, 0)], dtype=np.int64),
        ranks=ranks_of(len(numbers), 1.2).astype(np.int32)[None, :],
        lower_case_tenths=0,
    )


def _list_of(column: pa.Array) -> tuple[Ints, pa.Array]:
    """Return the list offsets of *column*, starting at 0, and its values."""
    return column.offsets.to_numpy().astype(np.int64), column.values


def _with_numbers(ends: Ints) -> tuple["np.ndarray[tuple[int], np.dtype[np.int32]]", Ints]:
    """Return tokens of sentences whose literals end at *ends*, with a number between two literals."""
    sizes = np.diff(ends)
    token_ends = np.concatenate(([0], np.cumsum(2 * sizes - 1)))
    tokens = np.full(int(token_ends[-1]), _NUMBER, dtype=np.int32)
    at = np.arange(ends[-1]) - np.repeat(ends[:-1], sizes)
    tokens[np.repeat(token_ends[:-1], sizes) + 2 * at] = np.arange(ends[-1])
    return tokens, token_ends


def _openers(
    prompt_ends: Ints, tokens: "np.ndarray[tuple[int], np.dtype[np.int32]]", token_ends: Ints
) -> tuple["np.ndarray[tuple[int], np.dtype[np.int32]]", Ints]:
    """Return patterns that begin and end like each prompt, with other sentences of its subject between."""
    first, last = prompt_ends[:-1], prompt_ends[1:] - 1
    between = np.clip(last - first - 1, 0, _MOST_LINES)
    heads = token_ends[first + 1] - token_ends[first]
    tails = np.where(last > first, token_ends[last + 1] - token_ends[last], 0)
    ends = np.concatenate(([0], np.cumsum(heads + between + tails)))
    out = np.full(int(ends[-1]), _LINE, dtype=np.int32)
    for begins, source, sizes in (
        (ends[:-1], token_ends[first], heads),
        (ends[:-1] + heads + between, token_ends[last], tails),
    ):
        at = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        out[np.repeat(begins, sizes) + at] = tokens[np.repeat(source, sizes) + at]
    return out, ends


def _by_subject(subjects: Subjects, prompt_ends: Ints, n: int, first_line: int) -> tuple[Ints, Ints]:
    """Return ``topic_patterns`` and ``topic_pieces``: the prompts and the sentences of each subject."""
    first, end = subjects.first, subjects.first + subjects.size
    begins, ends = prompt_ends[first], prompt_ends[end]
    short = np.asarray([kind in _SHORT_KINDS for kind in subjects.kind], dtype=np.int64)
    sentences = [n + begins, n + ends]
    topic_patterns = [short, first, end, first, end, *sentences, *sentences, *(sentences * 8)]
    zero = np.zeros_like(first)
    topic_pieces = [zero, zero, zero, zero, first_line + begins, first_line + ends]
    return np.stack(topic_patterns, axis=1), np.stack(topic_pieces, axis=1)


def _lengths(prompts: pa.Array) -> Ints:
    """Return four rows of prompt lengths in bytes: like the real prompts, short requests, queries, follow-ups."""
    shorts = lengths_around(100, 0.6, 12, 1_000)
    sizes = np.sort(np.minimum(pc.binary_length(prompts).to_numpy(), _LONGEST))
    usual = sizes[(2 * np.arange(len(shorts)) + 1) * len(sizes) // (2 * len(shorts))]
    return np.stack([usual.astype(np.int64), shorts, shorts, lengths_around(70, 0.8, 8, 2_000)])


class WideRealTexts:
    """Prompts composed of real sentences; public lists and dialogues stay unchanged (see ``RealTexts``)."""

    def __init__(self, real: RealTexts, part: int = 0, parts: int = 1) -> None:
        self._real, self._made, self._shard = real, WideMadeTexts(part, parts), (part, parts)
        self._tables = real_tables(real.pool, real.subjects)

    def topics(self, kind: str) -> tuple[Ints, Floats]:
        """Return the topics of *kind*."""
        return self._real.topics(kind)

    def ask(self, rng: np.random.Generator, topics: Ints, habits: Ints, kind: str) -> Ints:
        """Return own requests, drawn like those of ``WideMadeTexts``; bots also open real dialogues."""
        out = self._made.ask(rng, topics, habits, kind)
        # a real query is one sentence; as a request it gets a second sentence beside it
        brief = (text_codes.space_of(out) == text_codes.WRITER_QUERY) & (topics >= FIRST_TOPIC)
        out = np.where(brief, text_codes.encode(text_codes.WRITER_REQUEST, topics, text_codes.variant_of(out)), out)
        if kind == "bot":
            spoken = np.flatnonzero((topics >= FIRST_TOPIC) & draw_flags(rng, len(topics), _SPOKEN))
            out[spoken] = self._real.dialogues(rng, habits[spoken], out[spoken])
        return out

    def follow_up(self, rng: np.random.Generator, first: Ints, turns: Ints, habits: Ints, kind: str) -> Ints:
        """Return the next turn of a dialogue, or a follow-up on the subject, small talk or a new request."""
        out = self._real.follow_up(rng, first, turns, habits, kind)
        mine = np.flatnonzero(np.isin(text_codes.space_of(first), COMPOSED[:-1]))
        out[mine] = self._made.follow_up(rng, first[mine], turns[mine], habits[mine], kind)
        return out

    def personal_words(self, rng: np.random.Generator, habits: Ints) -> tuple[list[str], Ints, list[str], Ints]:
        """Return contexts before and wishes after a prompt."""
        return self._real.personal_words(rng, habits)

    def worklist(self, rng: np.random.Generator, n: int, capability: str) -> Ints:
        """Return up to *n* prompts composed of sentences of the roles harvest and dual."""
        subjects = self._real.subjects
        mine = [
            i
            for i in range(len(subjects))
            if subjects.role[i] != "benign" and capability in {subjects.kind[i], "broad"}
        ]
        if not mine:
            return self._made.worklist(rng, n, capability)
        topics = np.repeat(np.asarray(mine), subjects.size[mine]) + FIRST_TOPIC
        # a prompt of one long sentence gives the same text for every planned length, so every text is checked
        return draw_distinct_items(
            rng, self._tables, topics, n, self._shard, sure=_LONGEST + 1, first_topic=FIRST_TOPIC
        )

    def benchmark(self, name: str, n: int) -> Ints:
        """Return the items of a public list."""
        return self._real.benchmark(name, n)

    def offers(self, capability: str) -> bool:
        """Return whether a worklist for *capability* can be made."""
        return self._real.offers(capability)

    def public_lists(self) -> dict[str, Ints]:
        """Return every public list."""
        return self._real.public_lists()

    def job(self, rng: np.random.Generator) -> BatchJob:
        """Return a batch job."""
        return self._real.job(rng)

    def render(self, values: Ints) -> pa.Array:
        """Return the texts of *values*, composed and real."""
        real, by_code = text_codes.topic_of(values) >= FIRST_TOPIC, np.isin(text_codes.space_of(values), COMPOSED)
        part = np.where(by_code, np.where(real, 1, 2), 0)
        order = np.argsort(part, kind="stable")
        edges = np.searchsorted(part[order], np.arange(4))
        rows = [order[edges[i] : edges[i + 1]] for i in range(3)]
        pieces = [
            self._real.render(values[rows[0]]),
            render_composed(self._tables, self._made.writers, values[rows[1]], FIRST_TOPIC),
            self._made.render(values[rows[2]]),
        ]
        inverse = np.empty(len(values), dtype=np.int64)
        inverse[order] = np.arange(len(values))
        return pa.concat_arrays(pieces).take(pa.array(inverse))
