import csv

import pytest

from stillwatch.ingest.parsing.format import RowFault
from stillwatch.ingest.sources.csv_rows import csv_records, dialect_of, header_of, n_columns

MOST = 10_000


def of_csv(data: bytes) -> list[tuple[int, object]]:
    return [(position, record) for position, record, _ in csv_records(dialect_of(data), iter([data]), MOST)]


def test_csv_rows() -> None:
    found = of_csv(b'id,text\n1,"two\nlines, ""quoted"""\n\n2,short\n3\n4,a,b\n5,\xff\n6,fine\n')
    assert found[0] == (1, {"id": "1", "text": 'two\nlines, "quoted"'})
    assert found[1] == (2, {"id": "2", "text": "short"})
    assert [p for p, r in found if isinstance(r, RowFault)] == [3, 4, 5]
    assert found[5] == (6, {"id": "6", "text": "fine"})


def test_csv_field_that_never_ends_is_bounded_and_one_fault() -> None:
    found = of_csv(b'id,text\n1,"open\n' + b"x" * 100 + b"\n2,b\n")
    assert len(found) == 1
    before = csv.field_size_limit(20_000)
    try:
        found = of_csv(b'id,text\n1,"' + b"line\n" * 5_000 + b"2,b\n")
    finally:
        csv.field_size_limit(before)
    assert found[0][0] == 1
    assert isinstance(found[0][1], RowFault)


def test_csv_line_over_the_limit() -> None:
    found = of_csv(b"id,text\n1," + b"x" * (MOST + 1) + b"\n2,b\n")
    assert isinstance(found[0][1], RowFault)
    assert found[1] == (2, {"id": "2", "text": "b"})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    rows = [["id", " text "], ["1", f'"a{delimiter}\n\nb; ""c"""'], ["2", "x"], ["", ""], ["3", "y", ""]]
    data = end.join(delimiter.join(row) for row in rows).encode()
    assert of_csv(data) == [
        (1, {"id": "1", "text": f'a{delimiter}\n\nb; "c"'}),
        (2, {"id": "2", "text": "x"}),
        (3, {"id": "3", "text": "y"}),
    ]


def test_the_line_for_excel_is_no_header() -> None:
    assert of_csv(b"sep=;\r\nid;a,b,c\r\n1;2\r\n") == [(1, {"id": "1", "a,b,c": "2"})]


def test_tabs_with_escapes_as_databases_write_them() -> None:
    data = b'id\tmeta\ttext\n1\t{"a":"b"}\tone\\n"two\\t\\\\\n2\t{"c":1}\t\\N\n'
    assert dialect_of(data).escapes
    assert of_csv(data) == [
        (1, {"id": "1", "meta": '{"a":"b"}', "text": 'one\n"two\t\\'}),
        (2, {"id": "2", "meta": '{"c":1}', "text": ""}),
    ]


def test_fields_of_the_first_row() -> None:
    assert n_columns(b"a,b\n1,2\n") == 2
    assert n_columns(b"a,b\n1,2,3\n") == 0
    assert n_columns(b"a,b\n") == 0


def test_header() -> None:
    assert list(header_of(b'id,"a, b"\r\n1,2')) == ["id", "a, b"]
    assert header_of(b"") == {}
