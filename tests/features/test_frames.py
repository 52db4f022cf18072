"""Parts of a prompt that can be its frame: which there are, what they weigh, and what changes them."""

import numpy as np
import numpy.typing as npt
import pytest

from stillwatch.features.frames import PARTS, chain, frame_parts
from stillwatch.features.words import split_words

KNOWN = [
    1860309842802786948, 3844477190187674744, 2018476475304367412, 1137843463455912920,
    6742559596957294945, 1002225298777019450, 3536112543224188785,
]  # fmt: skip
HEAD_6, HEAD_10, TAIL_6, TAIL_10, FIRST, LAST, LABELS = range(PARTS)
TWELVE = "one two three four five six seven eight nine ten eleven twelve"


def _parts(text: str, key: int = 0) -> npt.NDArray[np.uint64]:
    data = np.frombuffer(text.encode(), np.uint8)
    words, lengths, breaks = np.zeros(64, np.uint64), np.zeros(64, np.int32), np.zeros(65, np.uint8)
    count = split_words(data, 0, len(data), words, lengths, breaks)
    out = np.full(PARTS, 99, np.uint64)
    frame_parts(words, breaks, count, np.uint64(key), out)
    return out


def _weights(text: str) -> list[int]:
    return (_parts(text) % np.uint64(16)).tolist()


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("", [0, 0, 0, 0, 0, 0, 0]),
        ("one two three four five six", [0, 0, 0, 0, 0, 0, 0]),
        ("one two three four five six seven", [4, 0, 4, 0, 0, 0, 0]),
        (TWELVE, [4, 8, 4, 8, 0, 0, 0]),
        ("sort these words\npear plum", [0, 0, 0, 0, 3, 2, 0]),
        (f"{TWELVE}\n{TWELVE}", [4, 8, 4, 8, 10, 10, 0]),
        ("Context: a b\nNow the question: c d\nAnswer:", [4, 0, 4, 0, 1, 1, 5]),
        ("four words are no label: x", [0, 0, 0, 0, 5, 1, 0]),
    ],
)
def test_weights_of_the_parts(text: str, weights: list[int]) -> None:
    assert _weights(text) == weights


def test_windows_and_lines_do_not_change_with_the_payload() -> None:
    one = _parts("rate the answer that follows from one to ten\nit is red\nreply with one number and no other word")
    other = _parts("rate the answer that follows from one to ten\nsky is blue\nreply with one number and no other word")
    assert (one == other).tolist() == [True, False, True, False, True, True, True]
    shorter = _parts("rate the answer that follows from one to ten\nno\nreply with one number and no other word")
    assert one[HEAD_6] == shorter[HEAD_6]
    assert one[LAST] == shorter[LAST]
    assert one[HEAD_10] != shorter[HEAD_10]


def test_labels_are_told_by_their_words_and_order_alone() -> None:
    labels = _parts("Context: the sky is blue\nQuestion: what is?\nAnswer:")[LABELS]
    assert labels != 0
    assert labels == _parts("context: a\nlonger text of two lines\nquestion: why\nanswer:")[LABELS]
    assert labels != _parts("Question: what is?\nContext: the sky is blue\nAnswer:")[LABELS]
    assert labels != _parts("Context: the sky is blue\nQuestion: what is?")[LABELS]


def test_the_same_words_at_the_beginning_and_at_the_end_are_different_parts() -> None:
    parts = _parts("a b c d e f x a b c d e f")
    assert parts[HEAD_6] != parts[TAIL_6]
    lines = _parts("a b\nx\na b")
    assert lines[FIRST] != lines[LAST]


def test_a_part_fits_a_signed_integer_and_a_key_changes_it() -> None:
    texts = [f"{i} {TWELVE}\n{i}: {TWELVE}" for i in range(50)]
    plain, keyed = np.array([_parts(t) for t in texts]), np.array([_parts(t, 7) for t in texts])
    assert plain.max() < 2**63
    assert plain.max() > 2**61
    assert not (plain == keyed).any()
    assert np.array_equal(plain % np.uint64(16), keyed % np.uint64(16))


def test_known_bytes_do_not_change_between_versions() -> None:
    """As of a sketch: these values may only change with its version."""
    assert _parts(f"Word: {TWELVE}").tolist() == KNOWN


def test_a_chain_is_told_by_words_order_and_key() -> None:
    words = np.array([3, 5, 8], np.uint64)
    zero = np.uint64(0)
    values = [chain(words, *ends, key) for ends in ((0, 3), (0, 2), (1, 3), (0, 0)) for key in (zero, np.uint64(1))]
    assert len(set(values)) == 8
    assert chain(words[::-1].copy(), 0, 3, zero) not in values
    assert 0 not in values
