import csv

from stillwatch.ingest.parsing.format import RowFault
from stillwatch.ingest.sources.csv_rows import csv_records, dialect_of, header_of

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


def test_header() -> None:
    assert list(header_of(b'id,"a, b"\r\n1,2')) == ["id", "a, b"]
    assert header_of(b"") == {}
