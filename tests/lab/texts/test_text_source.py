import numpy as np
import pytest

from stillwatch.lab.texts import text_codes
from stillwatch.lab.texts.text_source import PUBLIC_LISTS, EmbeddedTexts, small_talk


@pytest.fixture(scope="module")
def texts() -> EmbeddedTexts:
    return EmbeddedTexts()


def _asked(texts: EmbeddedTexts, habit: int, topics: np.ndarray) -> list[str]:
    rng = np.random.default_rng(habit)
    return texts.render(texts.ask(rng, topics, np.full(len(topics), habit), "chat")).to_pylist()


def test_an_account_repeats_itself_more_than_other_accounts(texts: EmbeddedTexts) -> None:
    topics = np.full(1_500, texts.topics("chat")[0][5])
    ours, theirs = _asked(texts, 11, topics), _asked(texts, 12, topics)
    assert len(set(ours)) < 0.97 * len(ours)
    assert len(set(ours) & set(theirs)) < 0.25 * len(set(ours))


def test_a_worklist_has_no_text_twice(texts: EmbeddedTexts) -> None:
    work = texts.worklist(np.random.default_rng(1), 5_000, "broad")
    assert len(work) == 5_000
    assert len(set(texts.render(work).to_pylist())) == 5_000
    assert len(np.unique(text_codes.topic_of(work))) > 80


def test_a_worklist_can_have_one_aim(texts: EmbeddedTexts) -> None:
    work = texts.worklist(np.random.default_rng(1), 200, "maths")
    assert set(np.unique(text_codes.topic_of(work))) <= set(texts.topics("researcher")[0])


def test_a_benchmark_is_the_same_for_all_accounts(texts: EmbeddedTexts) -> None:
    assert np.array_equal(texts.benchmark("exam-a", 300), texts.benchmark("exam-a", 300))
    assert not np.array_equal(texts.benchmark("exam-a", 300), texts.benchmark("exam-b", 300))


def test_follow_ups_stay_on_the_subject_or_are_small_talk(texts: EmbeddedTexts) -> None:
    rng = np.random.default_rng(1)
    topics = np.full(600, 3)
    first = texts.ask(rng, topics, np.full(600, 9), "coder")
    after = texts.follow_up(rng, first, np.ones(600, dtype=np.int64), np.full(600, 9), "coder")
    spaces = text_codes.space_of(after)
    assert set(spaces) == {text_codes.GRAMMAR_REQUEST, text_codes.GRAMMAR_FOLLOW_UP, text_codes.SMALL_TALK}
    assert (text_codes.topic_of(after)[spaces != text_codes.SMALL_TALK] == 3).all()


def test_small_talk_repeats(texts: EmbeddedTexts) -> None:
    said = texts.render(small_talk(np.random.default_rng(1), 500)).to_pylist()
    assert len(set(said)) < 80
    assert said.count("continue") > 20


def test_jobs_have_a_frame_and_records(texts: EmbeddedTexts) -> None:
    job = texts.job(np.random.default_rng(1))
    assert job.head
    assert len(job.topics) in {1, 2}
    assert texts.render(np.zeros(2, dtype=np.int64)).to_pylist() == ["", ""]
    assert len(texts.render(np.zeros(0, dtype=np.int64))) == 0


def test_public_lists_are_those_of_honest_users(texts: EmbeddedTexts) -> None:
    public_lists = texts.public_lists()
    assert set(public_lists) == set(PUBLIC_LISTS)
    assert np.array_equal(public_lists["exam-a"], texts.benchmark("exam-a", 10_000))
    assert texts.offers("software")
    assert not texts.offers("coding")
