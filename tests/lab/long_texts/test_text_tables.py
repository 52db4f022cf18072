import numpy as np
import pyarrow as pa

from stillwatch.lab.long_texts.text_kernel import CORE, FIRST, RANK, TAKES, TERM, WORD
from stillwatch.lab.long_texts.text_tables import (
    TableBuilder,
    add_word_classes,
    lengths_around,
    piece_buffers,
    ranks_of,
)


def test_ranks_follow_the_exponent() -> None:
    even, uneven = ranks_of(1_000, 0.0), ranks_of(1_000, 1.2)
    assert (even[0], even[-1]) == (0, 1_000)
    assert abs(even[512] - 500) < 3
    assert uneven[512] < 60
    assert (np.diff(uneven) >= 0).all()
    assert uneven[-1] <= 1_000


def test_lengths_stand_around_their_median() -> None:
    lengths = lengths_around(230, 1.0, 12, 8_000)
    assert abs(lengths[len(lengths) // 2] - 230) < 8
    assert lengths.min() >= 12
    assert lengths.max() <= 8_000
    assert (lengths == lengths_around(230, 1.0, 12, 8_000)).all()


def test_pieces_are_followed_by_padding() -> None:
    blob, ends = piece_buffers(pa.array(["one", "", "three"]))
    assert ends.tolist() == [0, 3, 3, 8]
    assert blob[:8].tobytes() == b"onethree"
    assert len(blob) >= 8 + 16


def test_the_builder_stores_equal_patterns_once() -> None:
    builder = TableBuilder()
    builder.word("N", ["a", "b", "c"], 1.0)
    builder.topical("t", TERM)
    assert builder.pattern("x {N} y") == builder.pattern("x {N} y")
    other = builder.pattern("x {t}")
    assert builder.group([other, 0]) == (0, 2)
    tables = builder.tables([(0,) * 25], [(0,) * 6], [lengths_around(9, 0.1, 1, 20)] * 3)
    assert tables.slots[0, TAKES] == WORD
    assert tables.slots[0, CORE] == 3
    assert tables.tokens.tolist()[:3] == [3, -1, 4]
    assert tables.tokens.tolist()[3:] == [3, -2]
    assert tables.pattern_lists.tolist() == [other, 0]


def test_word_classes_follow_their_exponents() -> None:
    builder = TableBuilder()
    add_word_classes(builder, {"N": ("a", "b"), "M": ("c",) * 600}, {"M": 0.0})
    assert [slot.takes for slot in builder.slots[:2]] == [WORD, WORD]
    tables = builder.tables([(0,) * 25], [(0,) * 6], [lengths_around(9, 0.1, 1, 20)] * 3)
    assert tables.slots[:2, FIRST].tolist() == [0, 2]
    assert tables.slots[:2, RANK].tolist() == [0, 1]
    assert tables.slots[1, CORE] == 0, "an even class has no head to turn"
