import orjson
import pytest

from stillwatch.ingest.sources.json_documents import is_document, split_objects

RECORDS = [{"id": i, "text": 'a "quoted" } ] { [ \\ brace', "in": {"deep": [{"x": 1}]}} for i in range(20)]


@pytest.mark.parametrize("step", [1, 3, 7, 64, 100_000])
def test_objects_come_out_whole_wherever_blocks_are_cut(step: int) -> None:
    written = orjson.dumps(RECORDS, option=orjson.OPT_INDENT_2)
    blocks = (written[i : i + step] for i in range(0, len(written), step))
    found = list(split_objects(blocks, 10_000))
    assert [orjson.loads(part) for _, part in found if part] == RECORDS
    assert [number for number, _ in found] == list(range(1, 21))


def test_one_object_over_many_lines_is_one_part() -> None:
    written = orjson.dumps({"resourceSpans": RECORDS}, option=orjson.OPT_INDENT_2)
    assert [orjson.loads(part) for _, part in split_objects(iter([written]), 100_000) if part] == [
        {"resourceSpans": RECORDS}
    ]


def test_an_object_over_the_limit_is_told() -> None:
    written = b'[{"a": "' + b"x" * 500 + b'"}, {"b": 1}]'
    blocks = (written[i : i + 10] for i in range(0, len(written), 10))
    assert list(split_objects(blocks, 100)) == [(1, None), (2, b'{"b": 1}')]


def test_an_object_that_never_ends_is_given_as_it_stands() -> None:
    assert list(split_objects(iter([b'[{"a": 1}, {"b": ']), 100)) == [(1, b'{"a": 1}'), (2, b'{"b": ')]


@pytest.mark.parametrize("step", [1, 5, 64, 100_000])
def test_lines_of_text_between_objects_are_given_as_they_stand(step: int) -> None:
    written = b'INFO: up {\n[2025-08-28 13:25][warn] "x\n{\n  "a": {"b": 1}\n}\n  odd {x} line\n{"c": 2}{"d": 3}\nend'
    found = [part for _, part in split_objects((written[i : i + step] for i in range(0, len(written), step)), 1_000)]
    assert found[0] == b"INFO: up {"
    assert found[1] == b'2025-08-28 13:25][warn] "x'
    assert [orjson.loads(part or b"") for part in (found[2], found[4], found[5])] == [
        {"a": {"b": 1}},
        {"c": 2},
        {"d": 3},
    ]
    assert found[3] == b"odd {x} line"
    assert found[6:] == [b"end"]


def test_values_of_an_array_that_are_no_objects_are_given() -> None:
    written = b'[\n  null,\n  "a, [b]",\n  {"a": 1},\n  -2.5\n]'
    assert [part for _, part in split_objects(iter([written]), 100)] == [b"null", b'"a, [b]"', b'{"a": 1}', b"-2.5"]


@pytest.mark.parametrize("cut", [12, 25, 47, 60])
def test_an_object_that_was_cut_off_costs_no_other(cut: int) -> None:
    whole = orjson.dumps({"a": {"b": "some text"}, "c": [{"d": 1}]}, option=orjson.OPT_INDENT_2)
    found = [part for _, part in split_objects(iter([whole[:cut] + b"\n" + whole + b"\n" + whole]), 1_000)]
    assert found == [whole[:cut].rstrip(), whole, whole] or found == [whole[:cut], whole, whole]


def test_an_object_over_the_limit_gives_the_rows_in_it() -> None:
    written = orjson.dumps({"total": 20, "data": RECORDS}, option=orjson.OPT_INDENT_2)
    found = [orjson.loads(part) for _, part in split_objects(iter([written + b'\n{"a": 1}']), 500) if part]
    assert found == [*({"total": 20, "data": [record]} for record in RECORDS), {"a": 1}]


def test_text_over_the_limit_is_told_once() -> None:
    written = b"x" * 300 + b'\n{"a": 1}\n' + b"y" * 300
    blocks = (written[i : i + 50] for i in range(0, len(written), 50))
    assert [part for _, part in split_objects(blocks, 100)] == [None, b'{"a": 1}', None]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (orjson.dumps(RECORDS, option=orjson.OPT_INDENT_2), True),
        (orjson.dumps(RECORDS[0], option=orjson.OPT_INDENT_2), True),
        (b'[\n{"a":1},\n{"a":2}\n]', True),
        (b'INFO: up\n[2025-08-28] warn\n{\n  "a": 1\n}\n', True),
        (b'INFO: up\n{"a": 1}\n{\n', False),
        (b'{"resourceSpans": [\n  {"a": 1},\n  {"b": 2}\n]}', False),
        (b'{"a":1}\n{"a":2}\n', False),
        (b'[{"a":1},{"a":2}]\n[{"a":3}]\n', False),
        (b'{"a": {\n{"a": 2}\n{"a": 3}\n', False),
        (b"", False),
        (b"a,b\n1,2\n", False),
    ],
)
def test_documents_are_told_from_lines(head: bytes, expected: bool) -> None:
    assert is_document(head) is expected
