"""Sketches: layout, keys, likeness, and every kind of Arrow column that can carry a text."""

from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.errors import InputError
from stillwatch.features.sketch import DIMENSIONS, SKETCH, Sketches, key_of, sketch_texts, unpack
from stillwatch.model import SKETCH_BYTES, SKETCH_VERSION

PLAIN = key_of("")
LONG = "please write a short poem about the harbour in winter and the gulls above it"


def _sketch(prompts: list[str | None], systems: list[str | None] | None = None, key: np.uint64 = PLAIN) -> Sketches:
    none: list[str | None] = [None] * len(prompts)
    return sketch_texts(pa.array(prompts, pa.string()), pa.array(systems or none, pa.string()), key=key)


def _likeness(left: np.void, right: np.void) -> float:
    a, b = left["vector"].astype(float), right["vector"].astype(float)
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def test_layout_is_600_bytes_with_the_version_first() -> None:
    assert SKETCH.itemsize == SKETCH_BYTES == 600
    assert [(name, SKETCH.fields[name][1]) for name in ("version", "n_words", "prompt_hash", "frame", "vector")] == [
        ("version", 0), ("n_words", 4), ("prompt_hash", 16), ("frame", 32), ("vector", 88),
    ]  # fmt: skip
    packed = _sketch([LONG]).rows[0].tobytes()
    assert len(packed) == 600
    assert packed[0] == SKETCH_VERSION
    assert int.from_bytes(packed[4:8], "little") == len(LONG.split())


def test_the_bytes_of_a_version_stay_what_they_are() -> None:
    """Sketches of gateways and of scans, made years apart, are compared with each other."""
    sketch = _sketch([LONG], [LONG]).rows[0]
    assert sketch["prompt_hash"] == sketch["system_hash"]
    assert blake2b(sketch.tobytes(), digest_size=8).hexdigest() == "1188cf3be0c77835"


def test_the_same_text_gives_the_same_bytes_wherever_it_stands() -> None:
    alone = _sketch([LONG]).rows[0].tobytes()
    among = _sketch(["other", LONG, "something else again", LONG]).rows
    assert among[1].tobytes() == among[3].tobytes() == alone


def test_known_bytes_do_not_change_between_versions() -> None:
    """A sketch made at a gateway yesterday must compare with one made today: this value may only change with the version."""
    row = _sketch(["hello world"]).rows[0]
    again = _sketch(["Hello, WORLD!"]).rows[0]
    assert row.tobytes() == again.tobytes()
    assert int(row["prompt_hash"]) == 5550762033519717007
    assert np.flatnonzero(row["vector"]).tolist() == [266, 370, 501]


@pytest.mark.parametrize("text", [LONG, "你好世界 " * 5, "naïve café", "🎉 party 🎉", "x" * 10_000, "a\x00b c"])
def test_vectors_have_one_length(text: str) -> None:
    vector = _sketch([text]).rows[0]["vector"].astype(float)
    assert abs(np.sqrt(vector @ vector) - 127) < 4


def test_near_texts_are_alike_and_far_ones_are_not() -> None:
    rows = _sketch([LONG, LONG.replace("winter", "summer"), "fix the failing unit test in module parser.py"]).rows
    assert _likeness(rows[0], rows[1]) > 0.8
    assert abs(_likeness(rows[0], rows[2])) < 0.25


def test_a_key_changes_every_hash_and_keeps_likeness() -> None:
    texts = [LONG, LONG.replace("winter", "summer"), "fix the failing unit test in module parser.py"]
    plain, keyed = _sketch(texts, [LONG] * 3), _sketch(texts, [LONG] * 3, key_of("secret"))
    for name in ("prompt_hash", "system_hash"):
        assert not (plain.rows[name] == keyed.rows[name]).any(), name
    assert abs(_likeness(plain.rows[0], keyed.rows[0])) < 0.25
    assert _likeness(keyed.rows[0], keyed.rows[1]) > 0.8
    assert np.array_equal(plain.rows["capability"], keyed.rows["capability"])
    assert np.array_equal(keyed.rows, _sketch(texts, [LONG] * 3, key_of("secret")).rows)
    assert key_of("") == 0
    assert key_of("secret") != key_of("Secret")


def test_a_frame_is_in_the_sketch_whatever_its_payload() -> None:
    frame = _sketch([f"rate this answer strictly from one to ten: {x}" for x in ("apples", "pears and plums")]).rows[
        "frame"
    ]
    assert (frame[0] == frame[1]).tolist() == [True, False, False, False, True, False, True]
    assert frame[0].astype(bool).tolist() == [True, False, True, False, True, True, False]


@pytest.mark.parametrize(
    "systems",
    [
        ["one", "one", "two", "two", "one"],
        [None, "one", None, "one", "one"],
        ["one", "on", "one two", "one", ""],
        ["", "", "one", None, "one"],
    ],
)
def test_a_system_prompt_has_its_own_hash_in_any_order(systems: list[str | None]) -> None:
    """Equal neighbours are hashed once; that must not show."""
    together = _sketch(["p"] * 5, systems).rows["system_hash"]
    alone = [_sketch(["p"], [system]).rows["system_hash"][0] for system in systems]
    assert together.tolist() == alone
    assert [hash_ == 0 for hash_ in alone] == [not system for system in systems]


def test_without_a_prompt_nothing_is_known() -> None:
    sketches = _sketch([None, "", "hello"], ["system", "system", "system"])
    assert sketches.known.tolist() == [False, False, True]
    assert not sketches.rows["vector"][:2].any()
    assert sketches.rows["n_words"].tolist() == [0, 0, 1]
    assert sketches.rows["capability"].tolist()[:2] == [-1, -1]
    assert sketches.rows["system_hash"].all()


def test_a_row_without_words_has_no_prompt_hash() -> None:
    sketches = _sketch([None, "", "?!", " \n"])
    assert sketches.rows["prompt_hash"].tolist() == [0, 0, 0, 0]
    assert not sketches.known.any()


def test_columns_of_any_offset_and_type_give_the_same_sketches() -> None:
    texts = ["first", None, LONG, "", "你好 world", "last one"]
    whole = pa.array(texts, pa.string())
    expected = _sketch(texts, texts)
    for column in (whole, whole.cast(pa.large_string()), whole.cast(pa.string_view())):
        for start, length in ((0, 6), (1, 4), (2, 4), (5, 1), (3, 0)):
            part = column.slice(start, length)
            got = sketch_texts(part, part, key=PLAIN)
            assert np.array_equal(got.rows, expected.rows[start : start + length]), (column.type, start)
            assert np.array_equal(got.known, expected.known[start : start + length])


@pytest.mark.parametrize(
    "column", [pa.array([], pa.string()), pa.array([None, None], pa.string()), pa.nulls(3, pa.string())]
)
def test_columns_without_any_text(column: pa.Array) -> None:
    sketches = sketch_texts(column, column, key=PLAIN)
    assert len(sketches.rows) == len(column)
    assert not sketches.known.any()


def test_very_long_prompts_are_told_by_head_and_tail() -> None:
    words = [f"w{i}" for i in range(10_000)]
    text, other_tail = " ".join(words), " ".join([*words[:-1], "end"])
    rows = _sketch([text, other_tail]).rows
    assert rows["n_words"].tolist() == [10_000, 10_000]
    assert (rows["frame"][0] == rows["frame"][1]).tolist() == [True, True, False, False, True, True, True]
    assert rows["prompt_hash"][0] != rows["prompt_hash"][1]
    assert rows["frame"][0, 2:4].tolist() == _sketch([" ".join(words[-20:])]).rows["frame"][0, 2:4].tolist()


def test_very_long_prompts_of_different_lengths_are_not_one_prompt() -> None:
    words = [f"w{i}" for i in range(10_000)]
    rows = _sketch([" ".join(words), " ".join(words[:4_000] + words[5_000:])]).rows
    assert rows["prompt_hash"][0] != rows["prompt_hash"][1]


def test_a_long_prompt_leaves_nothing_behind_for_the_next() -> None:
    rows = _sketch(["word " * 9_000, "hello world"]).rows
    assert rows[1].tobytes() == _sketch(["hello world"]).rows[0].tobytes()


def test_unpacking_gives_what_was_packed() -> None:
    rows = _sketch([LONG, "hello"]).rows
    column = pa.array([rows[0].tobytes(), None, rows[1].tobytes()], pa.binary())
    for part, known in ((column, [True, False, True]), (column.slice(1), [False, True])):
        got = unpack(part)
        assert got.known.tolist() == known
        assert np.array_equal(got.rows[got.known], rows[-sum(known) :])
    assert not unpack(pa.nulls(2, pa.binary())).known.any()
    assert len(unpack(pa.array([], pa.binary())).rows) == 0


@pytest.mark.parametrize("value", [b"", b"\x02" * 599, b"\x02" * 601, b"\x01" + b"\x00" * 559, b"\x01" + b"\x00" * 599])
def test_what_is_no_sketch_is_refused_without_being_quoted(value: bytes) -> None:
    with pytest.raises(InputError) as error:
        unpack(pa.array([_sketch([LONG]).rows[0].tobytes(), value]))
    assert "stillwatch sketch" in error.value.sentence()
    assert len(error.value.sentence()) < 200


def test_dimensions_are_used_evenly() -> None:
    rows = _sketch([f"word{i} other{i * 7} third{i * 13} more{i * 29}" for i in range(20_000)]).rows
    used = (rows["vector"] != 0).sum(axis=0)
    assert used.shape == (DIMENSIONS,)
    assert used.min() > 0.75 * used.mean()
    assert used.max() < 1.25 * used.mean()
    assert abs(rows["vector"].astype(float).mean()) < 0.05
