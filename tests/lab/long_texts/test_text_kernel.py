"""The kernel: a text depends only on its tables, topic, writer, seed and form."""

import numpy as np
import pytest

from stillwatch.lab.long_texts.text_kernel import (
    BRIEF,
    FOLLOW,
    GENRES,
    LONG,
    REMARK,
    TERM,
    TOPIC,
    TextTables,
    compose,
    fingerprints,
    plan,
)
from stillwatch.lab.long_texts.text_tables import TableBuilder, lengths_around


def _tables(lower_case_tenths: int = 0) -> TextTables:
    builder = TableBuilder()
    builder.word("N", [f"noun{i:02}" for i in range(40)], 1.0, lean=128, own=2)
    builder.topical("a", TERM, lean=0, own=1)
    builder.topical("s", TOPIC)
    asks = builder.group([builder.pattern("Ask the {N} of {a}.")])
    briefs = builder.group([builder.pattern("brief {s}")])
    follows = builder.group([builder.pattern("And {N}?")])
    talk = builder.group([builder.pattern("yes"), builder.pattern("no ")])
    body = builder.group([builder.pattern(" Told of {N} and {N}."), builder.pattern("\n- {N}")])
    terms, names = builder.put(["apple", "pear", "plum"]), builder.put(["fruit", "trees"])
    topic_patterns = [(0, *asks, *briefs, *follows, *talk, *(body * GENRES))] * 2
    topic_pieces = [(terms, terms + 2, names, names + 1, 0, 0), (terms + 2, terms + 3, names + 1, names + 2, 0, 0)]
    lengths = [lengths_around(200, 0.5, 60, 900), lengths_around(20, 0.1, 5, 40), lengths_around(30, 0.1, 5, 60)]
    return builder.tables(topic_patterns, topic_pieces, lengths)._replace(lower_case_tenths=lower_case_tenths)


def _write_texts(
    topic: int, n: int, *, habit: int | None = None, form: int = LONG, lower_case_tenths: int = 0
) -> list[str]:
    rng = np.random.default_rng(1)
    habits = rng.integers(0, 2**62, n) if habit is None else np.full(n, habit)
    seeds = np.arange(n) % 2 if form == REMARK else rng.integers(0, 2**40, n)
    return compose(_tables(lower_case_tenths), np.full(n, topic), habits, seeds, np.full(n, form)).to_pylist()


def test_a_text_has_its_request_and_its_planned_length() -> None:
    texts = _write_texts(0, 2_000)
    assert all("Ask the noun" in t and ("apple" in t or "pear" in t) and "plum" not in t for t in texts)
    sizes = [len(t) for t in texts]
    assert min(sizes) >= 60
    assert 190 < np.median(sizes) < 260
    assert max(sizes) < 1_000
    last = sum("\n\nAsk" in t for t in texts) / len(texts)
    assert 0.1 < last < 0.5, "some put the request behind what they tell"
    assert not any(t != t.strip() for t in texts)


def test_forms_give_different_texts() -> None:
    assert set(_write_texts(1, 50, form=BRIEF)) == {"brief trees"}
    assert set(_write_texts(1, 50, form=REMARK)) == {"yes", "no"}
    assert all(t.startswith("And noun") for t in _write_texts(1, 50, form=FOLLOW))


def test_a_text_does_not_depend_on_its_neighbours() -> None:
    rng = np.random.default_rng(2)
    topics, habits, seeds = rng.integers(0, 2, 500), rng.integers(0, 2**62, 500), rng.integers(0, 2**40, 500)
    forms = rng.integers(0, 3, 500)
    tables = _tables()
    whole = compose(tables, topics, habits, seeds, forms).to_pylist()
    order = rng.permutation(500)[:77]
    assert compose(tables, topics[order], habits[order], seeds[order], forms[order]).to_pylist() == [
        whole[i] for i in order
    ]
    assert compose(tables, topics[:0], habits[:0], seeds[:0], forms[:0]).to_pylist() == []


def test_the_buffer_grows_for_longer_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = _write_texts(0, 3_000)
    monkeypatch.setattr("stillwatch.lab.long_texts.text_kernel._ROOM", 0)
    monkeypatch.setattr("stillwatch.lab.long_texts.text_kernel._SPARE", -150)
    assert _write_texts(0, 3_000) == wanted


def test_a_writer_reuses_words_and_writers_differ() -> None:
    def nouns(texts: list[str]) -> dict[str, int]:
        found = [w.strip(".,?") for t in texts for w in t.split() if w.startswith("noun")]
        return {w: found.count(w) for w in set(found)}

    one, other = nouns(_write_texts(0, 300, habit=5)), nouns(_write_texts(0, 300, habit=6))
    favourites = [{w for w, n in found.items() if n > 0.2 * sum(found.values())} for found in (one, other)]
    assert favourites[0]
    assert favourites[0] != favourites[1]
    all_writers = nouns(_write_texts(0, 300))
    assert max(all_writers.values()) < 0.2 * sum(all_writers.values())


def test_some_use_no_capitals_and_some_mistype() -> None:
    texts, right = _write_texts(0, 3_000, lower_case_tenths=3), _write_texts(0, 3_000)
    assert 0.25 < sum(t == t.lower() for t in texts) / len(texts) < 0.35
    assert not any(t == t.lower() for t in right)
    wrong = [(t, r) for t, r in zip(texts, right, strict=True) if t.lower() != r.lower()]
    assert 0.05 < len(wrong) / len(texts) < 0.14
    assert all(sorted(t.lower()) == sorted(r.lower()) for t, r in wrong)


def test_the_plan_gives_the_minimum_length() -> None:
    tables, n = _tables(), 500
    rng = np.random.default_rng(3)
    topics, habits, seeds = rng.integers(0, 2, n), rng.integers(0, 2**62, n), rng.integers(0, 2**40, n)
    least = plan(tables, topics, habits, seeds, np.full(n, LONG))[:, 3]
    sizes = np.asarray([len(t) for t in compose(tables, topics, habits, seeds, np.full(n, LONG)).to_pylist()])
    assert (sizes >= least).all()


def test_fingerprints_differ_for_different_texts() -> None:
    texts = compose(
        _tables(), *(np.zeros(4, np.int64) for _ in range(2)), np.asarray([1, 2, 1, 3]), np.zeros(4, np.int64)
    )
    marks = fingerprints(texts)
    assert marks[0] == marks[2]
    assert len(set(marks.tolist())) == 3
    assert fingerprints(texts[:0]).tolist() == []
