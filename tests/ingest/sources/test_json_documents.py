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


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (orjson.dumps(RECORDS, option=orjson.OPT_INDENT_2), True),
        (orjson.dumps(RECORDS[0], option=orjson.OPT_INDENT_2), True),
        (b'[\n{"a":1},\n{"a":2}\n]', True),
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
