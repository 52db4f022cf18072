"""Digests of answers: which passages they keep, who can compare them, and what stays out."""

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.features.answers import MOST_DIGESTS, SHINGLE, shingle_digests, sip_hash

WORDS = [f"word{i}" for i in range(5_000)]


def _text(seed: int, n: int) -> str:
    return " ".join(np.random.default_rng(seed).choice(WORDS, n))


def _digests(*texts: str | None, secret: str = "s3cret") -> list[list[int] | None]:
    return shingle_digests(pa.array(texts, pa.string()), secret=secret).to_pylist()


def test_the_hash_is_siphash_2_4() -> None:
    """The test vector of Aumasson and Bernstein for the eight bytes 00 to 07 and the key 00 to 0f."""
    key = np.frombuffer(bytes(range(16)), "<u8")
    message = np.frombuffer(bytes(range(8)), "<u8")[0]
    assert int(sip_hash(message, key[0], key[1])) == int.from_bytes(bytes.fromhex("6224939a79f5f593"), "little")


def test_distinct_ascending_digests_and_never_more_than_64() -> None:
    found = shingle_digests(pa.array([_text(1, 30), _text(2, 4_000), "one two " * 400]), secret="s3cret")
    assert found.type == pa.list_(pa.int64())
    found.validate(full=True)
    short, long, repeated = found.to_pylist()
    assert len(short) == 30 - SHINGLE + 1
    assert len(long) == MOST_DIGESTS
    assert len(repeated) == 2, "a repeated passage counts once"
    for digests in (short, long, repeated):
        assert digests == sorted(set(digests))


def test_the_smallest_hashes_of_all_shingles_are_kept() -> None:
    words = _text(3, 300).split()
    one_by_one = [_digests(" ".join(words[i : i + SHINGLE])) for i in range(len(words) - SHINGLE + 1)]
    every = sorted({digest for ((digest,),) in one_by_one})
    assert _digests(" ".join(words)) == [every[:MOST_DIGESTS]]


def test_no_answer_is_missing_and_a_short_one_has_none() -> None:
    assert _digests(None, "", "?!", "one two three four five six seven") == [None, [], [], []]
    (eight,) = _digests("one two three four five six seven eight")
    assert len(eight) == 1
    assert shingle_digests(pa.array([], pa.string()), secret="").to_pylist() == []
    assert shingle_digests(pa.nulls(2, pa.string()), secret="").to_pylist() == [None, None]


def test_case_spaces_and_punctuation_do_not_count() -> None:
    plain, written = _digests("the quick brown fox jumps over a dog", "The quick — brown fox:\njumps  over a DOG!")
    assert plain == written


def test_a_quote_shares_digests_and_another_text_has_none_of_them() -> None:
    answer, other = _text(4, 600), _text(5, 600)
    words = answer.split()
    quoting = f"please check this: {' '.join(words[100:400])} and say why it is so"
    ours, theirs, quoted = (set(found) for found in _digests(answer, other, quoting))
    assert not ours & theirs
    assert len(ours & quoted) > 20, "half of the answer is quoted, so about half of its digests return"


def test_digests_compare_under_one_secret_alone() -> None:
    text = _text(6, 100)
    (ours,), (theirs,), (nobodys,) = (_digests(text, secret=secret) for secret in ("a", "b", ""))
    assert not set(ours) & set(theirs)
    assert not set(ours) & set(nobodys)


def test_words_are_counted_in_every_script() -> None:
    chinese, same, other = _digests("今天天气很好我们去公园", "今天天气很好我们去公园。", "昨天下雨所以我待在家里")
    assert chinese == same
    assert not set(chinese) & set(other)


def test_of_a_very_long_text_the_start_and_the_end_count() -> None:
    words = [f"w{i}" for i in range(70_000)]
    (long,) = _digests(" ".join(words))
    (middle_left_out,) = _digests(" ".join(words[: 1 << 15] + words[-(1 << 15) :]))
    assert len(long) == MOST_DIGESTS
    assert long == middle_left_out


@pytest.mark.parametrize(("start", "length"), [(1, 3), (2, 1), (4, 1), (2, 0)])
def test_slices_give_slices(start: int, length: int) -> None:
    texts = pa.array([_text(7, 50), None, _text(8, 90), "short", _text(9, 9)])
    whole = shingle_digests(texts, secret="s3cret")
    assert shingle_digests(texts.slice(start, length), secret="s3cret").equals(whole.slice(start, length))
