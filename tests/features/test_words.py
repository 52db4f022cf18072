"""Words: what is one, what separates, and what is kept of a long text."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.features.words import COLON, LINE, MAX_WORDS, hash_words, split_words


def _split(text: str, capacity: int = MAX_WORDS) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    data = np.frombuffer(text.encode(), np.uint8)
    hashes, lengths = np.zeros(capacity, np.uint64), np.zeros(capacity, np.int32)
    breaks = np.full(capacity + 1, 99, np.uint8)
    return split_words(data, 0, len(data), hashes, lengths, breaks), hashes, lengths, breaks


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \n\t.,;!?", 0),
        ("hello", 1),
        ("hello world", 2),
        ("  hello,\nworld!  ", 2),
        ("snake_case x1", 2),
        ("don't", 2),
        ("naïve straße", 2),
        ("你好世界", 4),
        ("한국어", 3),
        ("สวัสดี", 6),
        ("ひらがな", 4),
        ("🎉🎉", 2),
        ("GPU显卡v2", 4),
    ],
)
def test_words_are_counted(text: str, count: int) -> None:
    assert len(hash_words(text)) == count


def test_case_and_separators_do_not_matter_but_order_does() -> None:
    plain = hash_words("sort a list")
    assert np.array_equal(plain, hash_words("Sort... A\n\nLIST!"))
    assert not np.array_equal(plain, hash_words("a list sort"))
    assert sorted(plain) == sorted(hash_words("a list sort"))


def test_one_character_of_an_unspaced_script_is_the_same_word_wherever_it_stands() -> None:
    alone = hash_words("好")[0]
    assert list(hash_words("你好世界")).count(alone) == 1
    assert hash_words("x好y")[1] == alone
    assert hash_words("😀 and 😀")[0] == hash_words("😀")[0]


def test_lengths_are_in_bytes() -> None:
    count, _, lengths, _ = _split("of water 好 straße")
    assert lengths[:count].tolist() == [2, 5, 3, 7]


def test_a_part_of_a_buffer_is_split_like_the_text_itself() -> None:
    data = np.frombuffer(b"before hello world after", np.uint8)
    hashes, lengths = np.zeros(8, np.uint64), np.zeros(8, np.int32)
    count = split_words(data, 7, 18, hashes, lengths, np.zeros(9, np.uint8))
    assert count == 2
    assert np.array_equal(hashes[:2], hash_words("hello world"))


def test_a_character_cut_off_at_the_end_stays_inside_the_text() -> None:
    data = np.frombuffer("ab世cd".encode(), np.uint8)
    hashes, lengths = np.zeros(8, np.uint64), np.zeros(8, np.int32)
    assert split_words(data, 0, 3, hashes, lengths, np.zeros(9, np.uint8)) == 2
    assert lengths[:2].tolist() == [2, 1]


@pytest.mark.parametrize("n", [7, 8, 9, 12, 13, 16, 100, 101])
def test_a_long_text_keeps_its_head_and_its_tail_in_order(n: int) -> None:
    words = [f"w{i}" for i in range(n)]
    count, hashes, lengths, _ = _split(" ".join(words), capacity=8)
    assert count == n
    kept = words if n <= 8 else words[:4] + words[-4:]
    assert np.array_equal(hashes[: len(kept)], hash_words(" ".join(kept)))
    assert lengths[: len(kept)].tolist() == [len(word) for word in kept]


def test_no_more_words_than_the_limit_come_back() -> None:
    assert len(hash_words("word " * (MAX_WORDS + 100))) == MAX_WORDS


@given(st.text())
def test_any_text_is_split_the_same_way_twice_and_never_beyond_its_bytes(text: str) -> None:
    count, hashes, lengths, _ = _split(text)
    again = _split(text)
    assert count == again[0]
    assert np.array_equal(hashes, again[1])
    assert lengths[: min(count, MAX_WORDS)].sum() <= len(text.encode())


@given(st.lists(st.text(alphabet="abcxyz019_é", min_size=1, max_size=6), max_size=12))
def test_words_joined_by_any_separator_are_the_words_alone(words: list[str]) -> None:
    alone = [hash_words(word)[0] for word in words]
    assert hash_words("  ,\n".join(words)).tolist() == alone


_WORD = re.compile(r"[你好、]|[a-z0-9_éЯ]+", re.IGNORECASE)
_MIXED = st.text(alphabet="aZ0_ ,.:\n\u00e9Я你好、—\u00a0", max_size=60)


@given(_MIXED, st.sampled_from([2, 4, 8, 64]))
def test_text_in_and_beyond_ascii_is_split_as_its_words_one_by_one(text: str, capacity: int) -> None:
    """However long the text is for its buffers, and wherever it leaves ASCII and comes back."""
    found = [match for match in _WORD.finditer(text) if match.group() != "、"]
    between = _WORD.sub("w", text.replace("、", " ")).split("w")
    assert len(between) == len(found) + 1
    marks = [(LINE if "\n" in gap else 0) | (COLON if ":" in gap else 0) for gap in between]
    count, hashes, lengths, breaks = _split(text, capacity)
    half, n = capacity // 2, len(found)
    kept = [*range(n)] if n <= capacity else [*range(half), *range(n - half, n)]
    assert count == n
    assert hashes[: len(kept)].tolist() == [hash_words(found[i].group())[0] for i in kept]
    assert lengths[: len(kept)].tolist() == [len(found[i].group().encode()) for i in kept]
    assert breaks[: len(kept) + 1].tolist() == [marks[i] for i in kept] + marks[-1:]


def test_different_words_hardly_ever_collide() -> None:
    hashes = {int(hash_words(f"word{i}")[0]) for i in range(20_000)}
    assert len(hashes) == 20_000


@pytest.mark.parametrize(
    "text", ["“hello” world", "hello—world", "hello world…", "hello\u00a0world", "hello、world", "«hello» world"]
)
def test_typographic_marks_separate_like_plain_ones(text: str) -> None:
    assert np.array_equal(hash_words(text), hash_words("hello world"))


def _breaks(text: str, capacity: int = 8) -> list[int]:
    count, _, _, breaks = _split(text, capacity)
    return breaks[: min(count, capacity) + 1].tolist()


def test_breaks_tell_new_lines_and_colons_before_each_word_and_after_the_last() -> None:
    assert _breaks("one two") == [0, 0, 0]
    assert _breaks("one: two\nthree :\n four?") == [0, COLON, LINE, COLON | LINE, 0]
    assert _breaks("\none, two:") == [LINE, 0, COLON]
    assert _breaks(": \n") == [COLON | LINE]


@pytest.mark.parametrize("n", [9, 12, 13, 20])
def test_breaks_of_a_long_text_stay_with_their_words(n: int) -> None:
    text = "".join(f"w{i}{':' if i % 3 == 0 else ' '}" for i in range(n))
    expected = [0] + [COLON if i % 3 == 0 else 0 for i in range(n)]
    assert _breaks(text) == expected[:4] + expected[-5:]
