"""Defines the interface of a text source, and the source that needs no data.

An account has tastes: its *habit* is a number that fixes its preferred phrasings, contexts and terms. A worklist has no
habit.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from stillwatch.lab.draws.random_draws import Floats, Ints, choose, draw_flags, mix, named_seed, zipf_weights
from stillwatch.lab.texts import text_codes
from stillwatch.lab.texts.grammar import DOMAINS, Grammar, grammar
from stillwatch.lab.texts.phrasings import CONSTRAINTS, CONTEXTS, SMALL_TALK, split_list
from stillwatch.lab.texts.slot_texts import render_recipes

__all__ = [
    "CAPABLE",
    "PUBLIC_LISTS",
    "BatchJob",
    "EmbeddedTexts",
    "Renderer",
    "TextSource",
    "render_spaces",
    "small_talk",
]

KIND_DOMAINS: dict[str, tuple[str, ...]] = {
    "chat": split_list(
        "science|writing|business|money|health|travel|food|home|history|language|games|learning|software|maths"
    ),
    "search": ("science", "history", "health", "food", "games", "money", "travel", "language"),
    "bot": ("service",),
    "coder": ("software", "data"),
    "agent": ("tools", "software"),
    "batch": ("record",),
    "researcher": ("maths", "science", "data"),
}
"""Kind of user → domains of the embedded topics."""

CAPABLE = ("software", "data", "maths", "science", "tools", "writing", "business", "language")
"""The domains of a broad worklist."""

PUBLIC_LISTS = ("exam-a", "exam-b", "exam-c", "exam-d")
"""The names of the public lists of the embedded generator."""

_JOBS = (
    ("Classify the following {s} into one of: urgent, normal, low.\n\n", "\n\nAnswer with one word."),
    ("Extract the product, the date and the amount as JSON.\nText: ", "\nJSON:"),
    ("Translate into French:\n", ""),
    ("Write one sentence that sums up this text for a weekly digest.\n---\n", "\n---"),
    ("Is the tone of this message positive, neutral or negative?\n", "\nTone:"),
    ("You are given a record. Name the department that should answer it.\nRecord: ", "\nDepartment:"),
    ("Remove names and addresses from this text, leave the rest as it is.\n", ""),
    ("Give three tags for the entry below, separated by commas.\n", "\nTags:"),
)


@dataclass(frozen=True, slots=True)
class BatchJob:
    """A batch job: the fixed text before and after a payload, and the topics of its payloads."""

    head: str
    tail: str
    topics: Ints


class TextSource(Protocol):
    """The texts of a world. Every draw is vectorised and depends only on the generator that is passed in."""

    def topics(self, kind: str) -> tuple[Ints, Floats]:
        """Return the topics that users of *kind* ask about, and the popularity of each."""
        ...

    def ask(self, rng: np.random.Generator, topics: Ints, habits: Ints, kind: str) -> Ints:
        """Return one opening request per row, on its topic and in the habit of its account."""
        ...

    def follow_up(self, rng: np.random.Generator, first: Ints, turns: Ints, habits: Ints, kind: str) -> Ints:
        """Return the next turns of conversations that opened with *first*; *turns* count from one."""
        ...

    def personal_words(self, rng: np.random.Generator, habits: Ints) -> tuple[list[str], Ints, list[str], Ints]:
        """Return an account's words before and after a request: two string lists, each with an index per row."""
        ...

    def worklist(self, rng: np.random.Generator, n: int, capability: str) -> Ints:
        """Return up to *n* distinct payloads for *capability* (``broad`` for all), in random order."""
        ...

    def benchmark(self, name: str, n: int) -> Ints:
        """Return at most *n* items of the public list *name*; they are the same for every account."""
        ...

    def offers(self, capability: str) -> bool:
        """Return whether a worklist for *capability* can be made."""
        ...

    def public_lists(self) -> dict[str, Ints]:
        """Return every public list by name, in full and in its own order."""
        ...

    def job(self, rng: np.random.Generator) -> BatchJob:
        """Return a batch job."""
        ...

    def render(self, values: Ints) -> pa.Array:
        """Return the texts of the codes *values*, in order."""
        ...


def small_talk(rng: np.random.Generator, n: int) -> Ints:
    """Return codes of short remarks that all users make; some are far more frequent than others."""
    return text_codes.encode(text_codes.SMALL_TALK, 0, choose(rng, zipf_weights(len(SMALL_TALK), 0.9), n))


class EmbeddedTexts:
    """Texts from the grammar: practically unlimited, without any data."""

    def __init__(self) -> None:
        self._grammar: Grammar = grammar()
        popularity = zipf_weights(len(self._grammar.subjects), 0.6)
        shuffled = np.random.default_rng(named_seed("popularity")).permutation(len(popularity))
        self._popularity: Floats = popularity[shuffled]

    def topics(self, kind: str) -> tuple[Ints, Floats]:
        """Return the topics of the domains of *kind*."""
        picked = self._grammar.topics_of(*KIND_DOMAINS[kind])
        return picked, self._popularity[picked]

    def ask(self, rng: np.random.Generator, topics: Ints, habits: Ints, kind: str) -> Ints:
        """Return requests with habitual contexts and phrasings; some repeat an own or a common request."""
        n = len(topics)
        habitual = self._habitual(rng, topics, habits)
        variants = self._grammar.canonical(topics, habitual)
        own = draw_flags(rng, n, 0.05)
        seeds = mix(habits, topics, rng.integers(0, 4, n))
        common = draw_flags(rng, n, 0.08 if kind in {"search", "bot"} else 0.02)
        seeds = np.where(common, mix(topics, choose(rng, zipf_weights(40), n)), seeds)
        repeated = self._grammar.canonical(topics, self._from_seed(seeds))
        return text_codes.encode(text_codes.GRAMMAR_REQUEST, topics, np.where(own | common, repeated, variants))

    def _habitual(
        self, rng: np.random.Generator, topics: Ints, habits: Ints
    ) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
        n = len(topics)

        def lean(salt: int, favourites: int, share: float, most: int) -> Ints:
            own = mix(habits, salt, rng.integers(0, favourites, n)) % most
            return np.asarray(np.where(draw_flags(rng, n, share), own, rng.integers(0, most, n)))

        lower = (mix(habits, 1) % 10 < 3).astype(np.int64)
        limit = lean(2, 4, 0.6, len(CONSTRAINTS))
        context = lean(3, 3, 0.75, len(CONTEXTS))
        second = rng.integers(0, 32, n)
        first = np.where(
            draw_flags(rng, n, 0.5), mix(habits, topics, rng.integers(0, 3, n)) % 32, rng.integers(0, 32, n)
        )
        return lower, limit, context, second, first, lean(4, 6, 0.6, 256)

    def _from_seed(self, seeds: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
        zero = np.zeros(len(seeds), dtype=np.int64)
        return (
            zero,
            mix(seeds, 1) % 512,
            mix(seeds, 2) % 4096,
            mix(seeds, 3) % 32,
            mix(seeds, 4) % 32,
            mix(seeds, 5) % 256,
        )

    def follow_up(self, rng: np.random.Generator, first: Ints, turns: Ints, habits: Ints, kind: str) -> Ints:  # noqa: ARG002
        """Return follow-ups on the subject, small talk, and sometimes a new request."""
        topics = text_codes.topic_of(first)
        said = text_codes.encode(text_codes.GRAMMAR_FOLLOW_UP, topics, self._grammar.draw(rng, topics, follow_up=True))
        fresh = self.ask(rng, topics, habits, kind)
        dice = rng.random(len(first))
        return np.where(dice < 0.25, small_talk(rng, len(first)), np.where(dice < 0.85, said, fresh))

    def personal_words(self, rng: np.random.Generator, habits: Ints) -> tuple[list[str], Ints, list[str], Ints]:  # noqa: ARG002
        """Return empty words: the grammar already has personal contexts."""
        none = np.zeros(len(habits), dtype=np.int64)
        return [""], none, [""], none

    def worklist(self, rng: np.random.Generator, n: int, capability: str) -> Ints:
        """Return *n* payloads spread evenly over the topics of *capability* (a domain, or ``broad``)."""
        domains = CAPABLE if capability == "broad" else (capability,)
        topics = self._grammar.topics_of(*domains)
        drawn = topics[rng.integers(0, len(topics), n + n // 3 + 64)]
        made = np.unique(text_codes.encode(text_codes.GRAMMAR_REQUEST, drawn, self._grammar.draw(rng, drawn)))
        # two variants that differ only in a number or a name can still give the same text
        texts = self.render(made).dictionary_encode().indices.to_numpy()
        _, kept = np.unique(texts, return_index=True)
        return rng.permutation(made[kept])[:n]

    def benchmark(self, name: str, n: int) -> Ints:
        """Return word problems and questions that depend only on *name*."""
        rng = np.random.default_rng(named_seed("benchmark", name))
        topics = self._grammar.topics_of("maths", "science")
        drawn = topics[rng.integers(0, len(topics), 2_000)]
        return np.unique(text_codes.encode(text_codes.GRAMMAR_REQUEST, drawn, self._grammar.draw(rng, drawn)))[:n]

    def offers(self, capability: str) -> bool:
        """Return whether *capability* is a domain of the grammar."""
        return capability in DOMAINS

    def public_lists(self) -> dict[str, Ints]:
        """Return the public lists, up to 2,000 questions each."""
        return {name: self.benchmark(name, 2_000) for name in PUBLIC_LISTS}

    def job(self, rng: np.random.Generator) -> BatchJob:
        """Return one of a few job frames, with a varied lead-in, over one or two topics of records."""
        topics = self._grammar.topics_of("record")
        picked = rng.choice(topics, size=int(rng.integers(1, 3)), replace=False)
        head, tail = _JOBS[int(rng.integers(len(_JOBS)))]
        head = head.replace("{s}", self._grammar.subjects[int(picked[0])])
        lead = ("", "Task: ", "### Instruction\n", f"[job {int(rng.integers(1, 999))}] ", "Please do this. ")
        return BatchJob(lead[int(rng.integers(len(lead)))] + head, tail, picked)

    def render(self, values: Ints) -> pa.Array:
        """Return the texts of grammar requests, follow-ups and small talk."""
        return render_spaces(values, {})


def render_spaces(values: Ints, more: "dict[int, Renderer]") -> pa.Array:
    """Return the texts of *values*; *more* has the renderers of the spaces that the grammar does not render."""
    speech = grammar()
    known: dict[int, Renderer] = {
        0: lambda part: pa.array([""] * len(part)),
        text_codes.GRAMMAR_REQUEST: lambda part: speech.render(text_codes.topic_of(part), text_codes.variant_of(part)),
        text_codes.GRAMMAR_FOLLOW_UP: lambda part: speech.render(
            text_codes.topic_of(part), text_codes.variant_of(part), follow_up=True
        ),
        text_codes.SMALL_TALK: lambda part: pa.array(SMALL_TALK).take(pa.array(text_codes.variant_of(part))),
        text_codes.RECIPE: render_recipes,
        **more,
    }
    spaces = text_codes.space_of(values)
    pieces: list[pa.Array] = []
    where: list[Ints] = []
    for space in np.unique(spaces).tolist():
        rows = np.flatnonzero(spaces == space)
        pieces.append(known[space](values[rows]))
        where.append(rows)
    if not pieces:
        return pa.array([], type=pa.string())
    inverse = np.empty(len(values), dtype=np.int64)
    inverse[np.concatenate(where)] = np.arange(len(values))
    return pa.concat_arrays(pieces).take(pa.array(inverse))


class Renderer(Protocol):
    """Turns codes of one space into texts."""

    def __call__(self, part: Ints, /) -> pa.Array:
        """Return the texts of *part*, in order."""
        ...
