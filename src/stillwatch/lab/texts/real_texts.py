"""Takes texts from a folder of real parts: prompts by role and kind, grouped into subjects, and dialogues.

The embedded generator supplies the texts that the folder lacks. It also supplies a fixed share of the requests of chat
users and coders.
"""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.lab.draws.random_draws import Floats, Ints, choose, draw_flags, mix, named_seed, zipf_weights
from stillwatch.lab.texts import text_codes
from stillwatch.lab.texts.phrasings import CONSTRAINTS, CONTEXTS
from stillwatch.lab.texts.text_clusters import cluster, keywords
from stillwatch.lab.texts.text_source import BatchJob, EmbeddedTexts, render_spaces, small_talk

__all__ = ["FIRST_TOPIC", "RealTexts", "Subjects", "sort_subjects"]

FIRST_TOPIC = 20_000
_SMALLEST, _LARGEST, _PER_CLUSTER = 20, 240, 60
_CODE = re.compile(
    r"\b(python|code|function|sql|javascript|java|script|api|regex|html|class|error|docker|linux)\b|```", re.I
)
_MADE = {"chat": 0.2, "coder": 0.4}
"""Kind → share of requests from the embedded generator, because the real sets of these kinds are small."""

_AGAIN = (
    ("Can you say more about ", "?"),
    ("What about ", "?"),
    ("why ", "?"),
    ("Give me an example with ", "."),
    ("and if there is no ", "?"),
    ("Explain ", " again, please."),
    ("Leave out ", "."),
    ("Make the part on ", " shorter."),
)


@dataclass(frozen=True, slots=True)
class Subjects:
    """Rows of the prompt table by subject: subject *i* has the rows ``rows[first[i] : first[i] + size[i]]``."""

    rows: Ints
    first: Ints
    size: Ints
    role: tuple[str, ...]
    kind: tuple[str, ...]
    source: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.first)


def sort_subjects(table: pa.Table) -> Subjects:
    """Return the subjects of the prompt table.

    A topic of the table is one subject if it has between 20 and 240 prompts. All other prompts are clustered.
    """
    groups: dict[tuple[str, str, str, str], list[int]] = {}
    columns = [table[name].to_pylist() for name in ("source", "role", "kind", "topic")]
    for row, key in enumerate(zip(*columns, strict=True)):
        groups.setdefault(key, []).append(row)
    ready: list[tuple[str, str, str, list[int]]] = []
    rest: dict[tuple[str, str, str], list[int]] = {}
    for (source, role, kind, _topic), rows in sorted(groups.items()):
        if _SMALLEST <= len(rows) <= _LARGEST:
            ready.append((source, role, kind, rows))
        else:
            rest.setdefault((source, role, kind), []).extend(rows)
    texts = table["text"]
    for (source, role, kind), rows in sorted(rest.items()):
        n = max(1, len(rows) // _PER_CLUSTER)
        # worklists are dealt from all harvest prompts, so only benign prompts need subjects
        found = (
            cluster(texts.take(pa.array(rows)).to_pylist(), n) if role == "benign" else np.zeros(len(rows), np.int64)
        )
        order = np.asarray(rows)
        ready += [(source, role, kind, order[found == i].tolist()) for i in range(n) if (found == i).any()]
    size = np.asarray([len(rows) for *_, rows in ready], dtype=np.int64)
    flat = np.asarray([row for *_, rows in ready for row in rows], dtype=np.int64)
    first = np.concatenate(([0], np.cumsum(size)[:-1])).astype(np.int64)
    return Subjects(
        flat,
        first,
        size,
        role=tuple(part[1] for part in ready),
        kind=tuple(part[2] for part in ready),
        source=tuple(part[0] for part in ready),
    )


class RealTexts:
    """Texts from a prompt table (``source, role, kind, topic, text``) and an optional dialogue table."""

    def __init__(self, prompts: pa.Table, dialogues: pa.Table | None) -> None:
        self._made = EmbeddedTexts()
        self._texts: pa.Array = prompts["text"].combine_chunks()
        self._subjects = sort_subjects(prompts)
        self._role = np.asarray(prompts["role"].to_pylist(), dtype=object)
        self._kind = np.asarray(prompts["kind"].to_pylist(), dtype=object)
        self._source = np.asarray(prompts["source"].to_pylist(), dtype=object)
        benign = np.flatnonzero(self._role == "benign")
        self._keyword_of = np.full(len(self._texts), -1, dtype=np.int64)
        self._keyword_of[benign] = np.arange(len(benign))
        self._keywords = pa.array(keywords(self._texts.take(pa.array(benign)).to_pylist()), type=pa.string())
        self._topics = {kind: self._topics_of(kind) for kind in ("chat", "search", "bot", "agent", "coder")}
        self._read_dialogues(dialogues)

    @property
    def pool(self) -> pa.Array:
        """Return all real prompts, in the order of the table."""
        return self._texts

    @property
    def subjects(self) -> Subjects:
        """Return the rows of the prompt table by subject."""
        return self._subjects

    def _read_dialogues(self, dialogues: pa.Table | None) -> None:
        self._spoken: pa.Array = pa.array([], type=pa.string())
        self._opening: list[Ints] = []
        self._turns_left = np.zeros(0, dtype=np.int64)
        if dialogues is None or not len(dialogues):
            return
        ordered = dialogues.sort_by([("dialogue_id", "ascending"), ("turn", "ascending")])
        self._spoken = ordered["text"].combine_chunks()
        number = ordered["dialogue_id"].combine_chunks().dictionary_encode().indices.to_numpy()
        opens = np.flatnonzero(np.diff(number, prepend=-1) != 0)
        ends = np.append(opens[1:], len(number))
        self._turns_left = np.repeat(ends, ends - opens) - np.arange(len(number))
        service = np.asarray(ordered["services"].to_pylist(), dtype=object)[opens]
        self._opening = [opens[service == name] for name in sorted(set(service))]

    def _topics_of(self, kind: str) -> tuple[Ints, Floats]:
        wanted = "chat" if kind == "coder" else kind
        subjects = self._subjects
        picked = [i for i in range(len(subjects)) if subjects.role[i] == "benign" and subjects.kind[i] == wanted]
        if wanted == "chat":
            picked = [i for i in picked if self._is_code(i) == (kind == "coder")]
        known, weights = self._made.topics(kind)
        if not picked:
            return known, weights
        luck = np.random.default_rng(named_seed("popular", kind)).permutation(zipf_weights(len(picked), 0.7))
        popularity = luck * np.sqrt(subjects.size[picked])
        topics = np.asarray(picked, dtype=np.int64) + FIRST_TOPIC
        if not (made := _MADE.get(kind, 0.0)):
            return topics, popularity
        parts = (popularity / popularity.sum() * (1 - made), weights / weights.sum() * made)
        return np.concatenate([topics, known]), np.concatenate(parts)

    def _is_code(self, subject: int) -> bool:
        begin = self._subjects.first[subject]
        rows = self._subjects.rows[begin : begin + self._subjects.size[subject]]
        texts = self._texts.take(pa.array(rows)).to_pylist()
        return sum(bool(_CODE.search(text)) for text in texts) > 0.45 * len(texts)

    def topics(self, kind: str) -> tuple[Ints, Floats]:
        """Return the real subjects of *kind* with their popularity, plus made topics where the real sets are small."""
        return self._topics[kind] if kind in self._topics else self._made.topics(kind)

    def ask(self, rng: np.random.Generator, topics: Ints, habits: Ints, kind: str) -> Ints:
        """Return real prompts of a subject, about half from the few prompts an account prefers; bots also open
        dialogues.
        """
        out = np.zeros(len(topics), dtype=np.int64)
        real = topics >= FIRST_TOPIC
        made = np.flatnonzero(~real)
        out[made] = self._made.ask(rng, topics[made], habits[made], kind)
        rows = np.flatnonzero(real)
        subject, habit = topics[rows] - FIRST_TOPIC, habits[rows]
        own = mix(habit, subject, choose(rng, zipf_weights(12, 0.8), len(rows)))
        place = np.where(draw_flags(rng, len(rows), 0.45), own, rng.integers(0, 2**40, len(rows)))
        place = place % self._subjects.size[subject]
        out[rows] = text_codes.encode(
            text_codes.REAL_PROMPT, 0, self._subjects.rows[self._subjects.first[subject] + place]
        )
        if kind == "bot" and self._opening:
            spoken = rows[draw_flags(rng, len(rows), 0.35)]
            out[spoken] = self._open_dialogues(rng, habits[spoken])
        return out

    def dialogues(self, rng: np.random.Generator, habits: Ints, otherwise: Ints) -> Ints:
        """Return first turns of dialogues with the services of each habit, or *otherwise* if there are no dialogues."""
        return self._open_dialogues(rng, habits) if self._opening else otherwise

    def _open_dialogues(self, rng: np.random.Generator, habits: Ints) -> Ints:
        service = mix(habits, 51, rng.integers(0, 2, len(habits))) % len(self._opening)
        sizes = np.asarray([len(rows) for rows in self._opening])
        flat, first = np.concatenate(self._opening), np.concatenate(([0], np.cumsum(sizes)[:-1]))
        place = rng.integers(0, 2**40, len(habits)) % sizes[service]
        return text_codes.encode(text_codes.DIALOGUE_TURN, 0, flat[first[service] + place])

    def follow_up(self, rng: np.random.Generator, first: Ints, turns: Ints, habits: Ints, kind: str) -> Ints:
        """Return the next turn of a dialogue, a follow-up on the subject, small talk, or a new request."""
        space, variant = text_codes.space_of(first), text_codes.variant_of(first)
        out = small_talk(rng, len(first))
        made = np.flatnonzero(space == text_codes.GRAMMAR_REQUEST)
        out[made] = self._made.follow_up(rng, first[made], turns[made], habits[made], kind)
        row = np.where(space == text_codes.REAL_PROMPT, variant, 0)
        again = (space == text_codes.REAL_PROMPT) & (self._keyword_of[row] >= 0) & draw_flags(rng, len(first), 0.65)
        said = np.flatnonzero(again)
        phrasing = rng.integers(0, len(_AGAIN), len(said))
        out[said] = text_codes.encode(text_codes.REAL_FOLLOW_UP, 0, row[said] * len(_AGAIN) + phrasing)
        spoken = np.flatnonzero(space == text_codes.DIALOGUE_TURN)
        goes_on = spoken[turns[spoken] < self._turns_left[variant[spoken]]]
        out[goes_on] = text_codes.encode(text_codes.DIALOGUE_TURN, 0, variant[goes_on] + turns[goes_on])
        return out

    def personal_words(self, rng: np.random.Generator, habits: Ints) -> tuple[list[str], Ints, list[str], Ints]:
        """Return contexts before and wishes after a prompt, for the nearly half of accounts that add them."""
        n = len(habits)
        dresses = (mix(habits, 61) % 100 < 45) & draw_flags(rng, n, 0.5)
        heads = ["", *(f"{text} " for text in CONTEXTS)]
        tails = ["", *(f"\n{text}" for text in CONSTRAINTS[2:])]
        head = 1 + mix(habits, 62, rng.integers(0, 4, n)) % (len(heads) - 1)
        tail = 1 + mix(habits, 63, rng.integers(0, 6, n)) % (len(tails) - 1)
        return heads, np.where(dresses & draw_flags(rng, n, 0.5), head, 0), tails, np.where(dresses, tail, 0)

    def worklist(self, rng: np.random.Generator, n: int, capability: str) -> Ints:
        """Return up to *n* prompts of the roles harvest and dual; *capability* is a kind, or ``broad``."""
        mine = (self._role != "benign") & ((self._kind == capability) | (capability == "broad"))
        rows = np.flatnonzero(mine)
        if not len(rows):
            return self._made.worklist(rng, n, capability)
        return rng.permutation(text_codes.encode(text_codes.REAL_PROMPT, 0, rows))[:n]

    def benchmark(self, name: str, n: int) -> Ints:
        """Return items of a public list: up to eight subjects of one dual source, fixed by *name*.

        Without dual sources the embedded generator makes the list.
        """
        sources = sorted(set(self._source[self._role == "dual"]))
        if not sources:
            return self._made.benchmark(name, n)
        rng = np.random.default_rng(named_seed("benchmark", name))
        source = sources[named_seed(name) % len(sources)]
        ours = [i for i, s in enumerate(self._subjects.source) if s == source and self._subjects.role[i] == "dual"]
        rng.shuffle(ours)
        picked = np.concatenate([self._rows_of(i) for i in ours[:8]])
        return text_codes.encode(text_codes.REAL_PROMPT, 0, np.sort(picked))[:n]

    def offers(self, capability: str) -> bool:
        """Return whether real prompts of that kind, or made texts of that domain, exist."""
        return bool(((self._kind == capability) & (self._role != "benign")).any()) or self._made.offers(capability)

    def public_lists(self) -> dict[str, Ints]:
        """Return every dual source in full, in row order; made lists if there is none."""
        dual = self._role == "dual"
        rows = {source: np.flatnonzero(dual & (self._source == source)) for source in sorted(set(self._source[dual]))}
        return {
            source: text_codes.encode(text_codes.REAL_PROMPT, 0, found) for source, found in rows.items()
        } or self._made.public_lists()

    def _rows_of(self, subject: int) -> Ints:
        begin = self._subjects.first[subject]
        return self._subjects.rows[begin : begin + self._subjects.size[subject]]

    def job(self, rng: np.random.Generator) -> BatchJob:
        """Return a batch job over one dual subject, whose prompts include their frame; sometimes a made job."""
        subjects = self._subjects
        ours = [i for i in range(len(subjects)) if subjects.role[i] == "dual" and subjects.size[i] <= _LARGEST]
        if not ours or rng.random() < 0.3:
            return self._made.job(rng)
        return BatchJob("", "", np.asarray([ours[int(rng.integers(len(ours)))]], dtype=np.int64) + FIRST_TOPIC)

    def render(self, values: Ints) -> pa.Array:
        """Return the texts of the codes *values*, real and made."""
        heads, tails = pa.array([h for h, _ in _AGAIN]), pa.array([t for _, t in _AGAIN])

        def said(part: Ints) -> pa.Array:
            row, phrasing = (
                text_codes.variant_of(part) // len(_AGAIN),
                pa.array(text_codes.variant_of(part) % len(_AGAIN)),
            )
            words = self._keywords.take(pa.array(self._keyword_of[row]))
            return pc.binary_join_element_wise(heads.take(phrasing), words, tails.take(phrasing), "")

        return render_spaces(
            values,
            {
                text_codes.REAL_PROMPT: lambda part: self._texts.take(pa.array(text_codes.variant_of(part))),
                text_codes.REAL_FOLLOW_UP: said,
                text_codes.DIALOGUE_TURN: lambda part: self._spoken.take(pa.array(text_codes.variant_of(part))),
            },
        )
