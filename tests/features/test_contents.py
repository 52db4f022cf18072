"""One number per row, to tell two rows of one id apart when their texts are gone."""

import numpy as np
import pyarrow as pa

from stillwatch.features.contents import content_hash


def test_equal_contents_have_one_number_and_different_ones_do_not() -> None:
    texts = ["", None, "a", "b", "ab", "a\0", "abcdefgh", "abcdefghi", "abcdefg", "ä", "x" * 100, "x" * 101]
    first, second = pa.array(texts, pa.string()), pa.array([None] * len(texts), pa.binary())
    numbers = content_hash([first, second])
    assert numbers.dtype == np.int64
    assert len(set(numbers.tolist())) == len(texts)
    assert content_hash([first, second]).tolist() == numbers.tolist()


def test_where_a_text_stands_counts() -> None:
    columns = [pa.array(["a", None, "ab", "a"]), pa.array([None, "a", None, "b"])]
    assert len(set(content_hash(columns).tolist())) == 4


def test_a_slice_and_large_types_give_what_the_whole_gives() -> None:
    whole = pa.array([None, "first", "second one", "", "third"])
    numbers = content_hash([whole])
    assert content_hash([whole.slice(1, 3)]).tolist() == numbers[1:4].tolist()
    assert content_hash([whole.cast(pa.large_string())]).tolist() == numbers.tolist()
    assert content_hash([whole.cast(pa.binary())]).tolist() == numbers.tolist()


def test_no_rows() -> None:
    assert len(content_hash([pa.array([], pa.string())])) == 0
