import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stillwatch.lab.texts.real_texts import RealTexts, sort_subjects
from stillwatch.lab.texts.text_source import PUBLIC_LISTS


@pytest.fixture(scope="module")
def texts(prompts: pa.Table, dialogues: pa.Table) -> RealTexts:
    return RealTexts(prompts, dialogues)


def _asked(texts: RealTexts, kind: str, n: int, habit: int = 5) -> tuple[np.ndarray, list[str]]:
    rng = np.random.default_rng(1)
    topics, weights = texts.topics(kind)
    picked = rng.choice(topics, n, p=weights / weights.sum())
    asked = texts.ask(rng, picked, np.full(n, habit), kind)
    return asked, texts.render(asked).to_pylist()


def test_subjects_hold_every_row_once(prompts: pa.Table) -> None:
    subjects = sort_subjects(prompts)
    assert sorted(subjects.rows) == list(range(len(prompts)))
    assert subjects.size.sum() == len(prompts)
    bots = [i for i in range(len(subjects)) if subjects.kind[i] == "bot"]
    assert len(bots) == 4


def test_honest_people_ask_benign_texts(texts: RealTexts) -> None:
    assert all(t.startswith("who wrote book") for t in _asked(texts, "search", 200)[1])
    assert {t.split()[0] for t in _asked(texts, "bot", 300)[1]} == {"please", "dialogue"}


def test_chat_is_partly_made_because_the_sets_are_small(texts: RealTexts) -> None:
    spoken = _asked(texts, "chat", 1_000)[1]
    real = sum(t.startswith("tell me a story") for t in spoken)
    assert 700 < real < 900


def test_harvest_comes_from_harvest_and_dual(texts: RealTexts) -> None:
    work = texts.render(texts.worklist(np.random.default_rng(1), 10_000, "broad")).to_pylist()
    assert {t.split()[0] for t in work} == {"use", "exam"}
    assert len(work) == 241
    aimed = texts.render(texts.worklist(np.random.default_rng(1), 10_000, "reasoning")).to_pylist()
    assert {t.split()[0] for t in aimed} == {"exam"}


def test_benchmarks_are_dual_and_fixed(texts: RealTexts) -> None:
    items = texts.benchmark("exam-a", 50)
    assert np.array_equal(items, texts.benchmark("exam-a", 50))
    assert all(t.startswith("exam question") for t in texts.render(items).to_pylist())


def test_dialogues_continue_turn_by_turn(texts: RealTexts) -> None:
    asked, spoken = _asked(texts, "bot", 300)
    opened = np.asarray([i for i, t in enumerate(spoken) if t.startswith("dialogue")])
    rng = np.random.default_rng(2)
    after = texts.render(
        texts.follow_up(rng, asked[opened], np.full(len(opened), 2), np.full(len(opened), 5), "bot")
    ).to_pylist()
    assert all(b == a.replace("turn 0", "turn 2") for a, b in zip([spoken[i] for i in opened], after, strict=True))
    over = texts.render(
        texts.follow_up(rng, asked[opened], np.full(len(opened), 9), np.full(len(opened), 5), "bot")
    ).to_pylist()
    assert not any(t.startswith("dialogue") for t in over)


def test_follow_ups_name_the_subject(texts: RealTexts) -> None:
    asked, _ = _asked(texts, "search", 400)
    after = texts.render(
        texts.follow_up(np.random.default_rng(2), asked, np.ones(400, np.int64), np.full(400, 5), "search")
    ).to_pylist()
    assert sum("whales" in t or "trains" in t for t in after) > 150


def test_some_accounts_add_personal_words(texts: RealTexts) -> None:
    heads, head, tails, tail = texts.personal_words(np.random.default_rng(1), np.arange(2_000))
    assert heads[0] == tails[0] == ""
    assert 0.1 < (tail > 0).mean() < 0.4
    assert 0 < (head > 0).mean() < (tail > 0).mean()


def test_public_lists_are_the_dual_sources_as_a_whole(texts: RealTexts, prompts: pa.Table) -> None:
    public_lists = texts.public_lists()
    assert set(public_lists) == {"exam"}
    assert texts.render(public_lists["exam"]).to_pylist() == [
        f"exam question {i}: what is {i} plus {i}?" for i in range(120)
    ]
    benign = RealTexts(prompts.filter(pc.equal(prompts["role"], "benign")), None)
    assert set(benign.public_lists()) == set(PUBLIC_LISTS)


def test_capabilities_are_real_kinds_or_made_domains(texts: RealTexts) -> None:
    assert texts.offers("tool-use")
    assert texts.offers("reasoning")
    assert texts.offers("software")
    assert not texts.offers("search")
