"""Texts composed of real sentences: the sentences are real, their combination is new."""

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.lab.long_texts.wide_real_texts import WideRealTexts, real_tables
from stillwatch.lab.texts import text_codes
from stillwatch.lab.texts.real_texts import FIRST_TOPIC, RealTexts

SENTENCES = (
    ("The lamp is red.", "It has 12 bulbs.", "Who sells one?"),
    ("A boat sank.", "All 7 swam.", "How deep is it?"),
)


def _told(i: int) -> str:
    first, second, third = SENTENCES[i % 2]
    return f"Case {i}. {first} {second.replace('12', str(i + 100))}\n{third}"


@pytest.fixture(scope="module")
def texts() -> WideRealTexts:
    rows = [
        (("set", role, kind), _told(i)) for role, kind in (("benign", "chat"), ("harvest", "coding")) for i in range(80)
    ]
    table = pa.table(
        {
            "source": [r[0][0] for r in rows],
            "role": [r[0][1] for r in rows],
            "kind": [r[0][2] for r in rows],
            "topic": [f"{r[0][1]}{i % 2}" for i, r in enumerate(rows)],
            "text": [r[1] for r in rows],
        }
    )
    return WideRealTexts(RealTexts(table, None))


def test_composed_prompts_consist_of_sentences_of_their_subject(texts: WideRealTexts) -> None:
    known = {"The lamp is red.", "Who sells one?"}, {"A boat sank.", "How deep is it?"}
    work = texts.render(texts.worklist(np.random.default_rng(1), 400, "coding")).to_pylist()
    assert len(set(work)) == len(work) == 400
    for text in work:
        lines = [part.strip() for part in text.replace("\n", " ").replace("?", "?\n").replace(".", ".\n").splitlines()]
        mine = [any(line in part for line in lines) for part in known]
        assert sum(mine) <= 1, "of one subject, never of both"
        assert "Case " in text
    asked = "".join(work)
    assert "bulbs" in asked
    assert "swam" in asked
    assert len({w for w in asked.replace("\n", " ").split() if w.strip(".").isdigit()}) > 200, "numbers are drawn anew"


def test_a_worklist_of_long_sentences_has_no_text_twice() -> None:
    texts = [
        f"a sentence of many words that go on, {'and on, ' * 40}without a number or an end, case {'x' * i}"
        for i in range(40)
    ]
    table = pa.table(
        {name: [name] * 40 for name in ("source", "kind", "topic")} | {"role": ["dual"] * 40, "text": texts}
    )
    long = WideRealTexts(RealTexts(table, None))
    spoken = long.render(long.worklist(np.random.default_rng(1), 2_000, "broad")).to_pylist()
    assert len(set(spoken)) == len(spoken) > 40


def test_honest_prompts_belong_to_their_writer(texts: WideRealTexts) -> None:
    rng = np.random.default_rng(2)
    topics, _ = texts.topics("chat")
    real = topics[topics >= FIRST_TOPIC]
    asked = texts.render(texts.ask(rng, np.repeat(real, 300)[:600], np.repeat([3, 4], 300), "chat")).to_pylist()
    assert len(set(asked)) > 0.85 * len(asked)
    assert len(set(asked[:300]) & set(asked[300:])) < 30


def test_follow_ups_queries_and_made_topics(texts: WideRealTexts) -> None:
    rng = np.random.default_rng(3)
    topics, _ = texts.topics("chat")
    first = texts.ask(rng, topics[:60], np.full(min(60, len(topics)), 8), "search")
    assert text_codes.WRITER_QUERY not in set(text_codes.space_of(first[topics[:60] >= FIRST_TOPIC]))
    after = texts.follow_up(rng, first, np.ones(len(first), dtype=np.int64), np.full(len(first), 8), "chat")
    assert all(texts.render(after).to_pylist())


def test_public_lists_and_jobs_stay_unchanged(prompts: pa.Table, dialogues: pa.Table) -> None:
    real = RealTexts(prompts, dialogues)
    texts = WideRealTexts(real, 1, 3)
    assert np.array_equal(texts.benchmark("exam-a", 50), real.benchmark("exam-a", 50))
    assert list(texts.public_lists()) == list(real.public_lists())
    assert texts.offers("reasoning")
    assert not texts.offers("nothing")
    assert texts.render(texts.benchmark("exam-a", 5)) == real.render(real.benchmark("exam-a", 5))
    rng = np.random.default_rng(1)
    asked = texts.ask(rng, texts.topics("bot")[0][:1].repeat(200), np.full(200, 5), "bot")
    assert {t.split()[0] for t in texts.render(asked).to_pylist()} == {"please", "dialogue"}
    assert len(texts.worklist(rng, 50, "software")) == 50
    assert texts.job(rng).topics.size
    assert len(texts.personal_words(rng, np.arange(9))[1]) == 9


def test_openers_begin_and_end_like_the_prompts(prompts: pa.Table) -> None:
    real = RealTexts(prompts, None)
    tables = real_tables(real.pool, real.subjects)
    n = len(real.subjects.rows)
    assert tables.pattern_ends[0] == 0
    assert (np.diff(tables.pattern_ends) > 0).all()
    blob = tables.blob.tobytes()
    ordered = real.pool.take(pa.array(real.subjects.rows)).to_pylist()
    for i in range(0, n, 37):
        tokens = tables.tokens[tables.pattern_ends[i] : tables.pattern_ends[i + 1]]
        said = "".join("#" if t == -2 else blob[tables.ends[t] : tables.ends[t + 1]].decode() for t in tokens.tolist())
        assert said.strip() == "".join("#" if c.isdigit() else c for c in ordered[i]).replace("###", "#").replace(
            "##", "#"
        )
