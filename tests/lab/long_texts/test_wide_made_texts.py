"""Long made texts: as varied as real ones, with the tastes of accounts; list items look like honest prompts."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.lab.long_texts.wide_made_texts import WideMadeTexts, WriterNumbers
from stillwatch.lab.texts import text_codes
from stillwatch.lab.texts.text_source import PUBLIC_LISTS

MANY = 6_000


@pytest.fixture(scope="module")
def texts() -> WideMadeTexts:
    return WideMadeTexts()


def _asked(texts: WideMadeTexts, kind: str, n: int, per_account: int = 20, seed: int = 1) -> list[str]:
    rng = np.random.default_rng(seed)
    topics, weights = texts.topics(kind)
    picked = rng.choice(topics, n, p=weights / weights.sum())
    habits = np.repeat(rng.integers(0, 2**62, n // per_account), per_account)
    return texts.render(texts.ask(rng, picked, habits, kind)).to_pylist()


def test_lengths_words_and_compression_are_about_those_of_real_prompts(texts: WideMadeTexts, tmp_path) -> None:
    """Real values: 108,037 public prompts, median 227 bytes, compression 2.1 to 2.7, 37,000 words in 10,000 prompts."""
    asked = _asked(texts, "chat", MANY)
    sizes = [len(t.encode()) for t in asked]
    assert 200 < np.median(sizes) < 350
    assert 300 < np.mean(sizes) < 500
    assert np.quantile(sizes, 0.99) > 1_500
    pq.write_table(pa.table({"t": asked}), tmp_path / "t.parquet", compression="zstd")
    assert 2.0 < sum(sizes) / (tmp_path / "t.parquet").stat().st_size < 3.0
    assert 15_000 < len({w for t in asked for w in t.lower().split()}) < 60_000
    assert len(set(asked)) > 0.95 * MANY


def test_list_items_look_like_honest_prompts(texts: WideMadeTexts) -> None:
    rng = np.random.default_rng(7)
    topics = texts.topics("coder")[0]
    people = texts.render(
        texts.ask(rng, topics[rng.integers(0, len(topics), MANY)], rng.integers(0, 2**62, MANY), "coder")
    ).to_pylist()
    work = texts.worklist(rng, 2 * MANY, "software"), texts.worklist(rng, 2 * MANY, "data")
    listed = texts.render(np.concatenate(work)).to_pylist()
    # domains in the proportions of honest users
    share = np.isin(topics, np.unique(text_codes.topic_of(work[0]))).mean()
    dealt = listed[: round(MANY * share)] + listed[2 * MANY :][: MANY - round(MANY * share)]
    for look in (len, lambda t: t == t.lower(), lambda t: t.count("\n"), lambda t: t.endswith("?"), _digits):
        ours, theirs = (np.sort([float(look(t)) for t in some]) for some in (people, dealt))
        grid = np.unique(np.concatenate([ours, theirs]))
        apart = np.searchsorted(ours, grid, "right") / len(ours) - np.searchsorted(theirs, grid, "right") / len(theirs)
        assert np.abs(apart).max() < 0.045, "of two draws from one law it is below 0.035 in 999 of 1,000 cases"
    seen = [Counter(w for t in some for w in set(t.lower().split())) for some in (people, dealt)]
    for word, n in seen[0].most_common(300):
        assert abs(n - seen[1][word]) < 6 * np.sqrt(2 * n) + 0.03 * MANY * share, word


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)


def test_accounts_have_tastes(texts: WideMadeTexts) -> None:
    topics = np.full(400, texts.topics("chat")[0][5])

    def words(habit: int, seed: int) -> Counter[str]:
        asked = texts.ask(np.random.default_rng(seed), topics, np.full(len(topics), habit), "chat")
        return Counter(w for t in texts.render(asked).to_pylist() for w in set(t.lower().split()))

    def apart(a: Counter[str], b: Counter[str]) -> float:
        return sum(abs(a[w] - b[w]) for w in a | b) / len(topics)

    same, other = apart(words(11, 1), words(11, 2)), apart(words(11, 1), words(12, 2))
    assert other > 1.25 * same


def test_accounts_sometimes_repeat_themselves_and_rarely_each_other(texts: WideMadeTexts) -> None:
    topics = np.full(1_500, texts.topics("chat")[0][5])
    ours, theirs = (
        texts.render(texts.ask(np.random.default_rng(habit), topics, np.full(1_500, habit), "chat")).to_pylist()
        for habit in (11, 12)
    )
    assert 0.9 < len(set(ours)) / len(ours) < 0.97
    assert 0 < len(set(ours) & set(theirs)) < 0.03 * len(set(ours))


def test_a_worklist_has_no_text_twice_and_shards_share_none() -> None:
    first, second = (WideMadeTexts(part, 2).worklist(np.random.default_rng(1), 20_000, "software") for part in (0, 1))
    assert not set(first.tolist()) & set(second.tolist())
    texts = WideMadeTexts()
    ours, theirs = texts.render(first).to_pylist(), texts.render(second).to_pylist()
    assert len(ours) == len(set(ours)) == 20_000
    assert len(set(ours) & set(theirs)) <= 4
    assert set(np.unique(text_codes.topic_of(first))) <= set(texts.topics("coder")[0])


def test_public_lists_are_the_same_for_all_accounts() -> None:
    ours, theirs = WideMadeTexts(), WideMadeTexts(3, 8)
    theirs.ask(np.random.default_rng(1), np.zeros(50, np.int64), np.arange(50), "chat")
    for name in PUBLIC_LISTS:
        items = ours.benchmark(name, 300)
        assert ours.render(items) == theirs.render(theirs.benchmark(name, 300))
    assert len(set(ours.render(items).to_pylist())) > 290


def test_follow_ups_stay_on_the_subject_or_are_small_talk(texts: WideMadeTexts) -> None:
    rng = np.random.default_rng(1)
    first = texts.ask(rng, np.full(600, 3), np.full(600, 9), "coder")
    after = texts.follow_up(rng, first, np.ones(600, dtype=np.int64), np.full(600, 9), "coder")
    spaces = text_codes.space_of(after)
    assert set(spaces) == {text_codes.WRITER_REQUEST, text_codes.WRITER_FOLLOW_UP, text_codes.SMALL_TALK}
    assert (text_codes.topic_of(after)[spaces != text_codes.SMALL_TALK] == 3).all()
    spoken = texts.render(after).to_pylist()
    assert "continue" in spoken
    assert np.median([len(t) for t in spoken]) < 150


def test_searches_are_queries_and_records_are_list_items(texts: WideMadeTexts) -> None:
    assert np.median([len(t) for t in _asked(texts, "search", 500)]) < 80
    records = texts.ask(np.random.default_rng(1), np.full(50, 3), np.arange(50), "batch")
    assert set(text_codes.space_of(records)) == {text_codes.LIST_ITEM}


def test_other_spaces_are_rendered_too(texts: WideMadeTexts) -> None:
    mixed = np.concatenate(
        [texts.worklist(np.random.default_rng(1), 3, "maths"), text_codes.encode(text_codes.RECIPE, 0, np.arange(2))]
    )
    order = np.asarray([3, 0, 4, 1, 2])
    spoken = texts.render(mixed[order]).to_pylist()
    assert [spoken[1], *spoken[3:]] == texts.render(mixed[:3]).to_pylist()
    assert spoken[0] != spoken[2]
    assert texts.render(np.asarray([0])).to_pylist() == [""]


def test_writer_numbers_give_the_habits_back() -> None:
    writers = WriterNumbers()
    habits = np.asarray([5, 5, 9, 5, 7])
    made = writers.encode(
        text_codes.WRITER_REQUEST, np.asarray([1, 2, 3, 4, 5]), habits, np.asarray([0, 1, 2, 3, 2**19 - 1])
    )
    assert writers.habits_of(made).tolist() == habits.tolist()
    assert text_codes.topic_of(made).tolist() == [1, 2, 3, 4, 5]
    assert len(writers.encode(text_codes.WRITER_REQUEST, habits[:0], habits[:0], habits[:0])) == 0
