import orjson
import pytest

from stillwatch.ingest.sources.json_containers import ContainerRows

ROWS = [{"id": i, "text": 'a "b" ] } [ { \\', "in": {"messages": [{"x": 1}, {"y": [2]}]}} for i in range(9)]


def rows_of(written: bytes, step: int, most: int = 400) -> tuple[list[bytes | None], ContainerRows]:
    rows = ContainerRows(most)
    found = [row for i in range(0, len(written), step) for row in rows.feed(written[i : i + step])]
    return [*found, *rows.finish()], rows


@pytest.mark.parametrize("step", [1, 5, 64, 100_000])
@pytest.mark.parametrize("indent", [None, orjson.OPT_INDENT_2])
def test_each_row_comes_in_a_container_of_its_own(step: int, indent: int | None) -> None:
    page = {"total": 9, "meta": {"a": [1, {"b": 2}]}, "data": ROWS, "page": 1, "next": [{"z": 1}]}
    found, rows = rows_of(orjson.dumps(page, option=indent), step)
    alone = [orjson.loads(row) for row in found if row]
    assert alone == [{"total": 9, "meta": page["meta"], "data": [row]} for row in ROWS]
    assert rows.done


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_lists_of_rows_within_rows_are_opened_where_a_row_is_too_long(step: int) -> None:
    request = {"resourceSpans": [{"resource": {"a": 1}, "scopeSpans": [{"scope": {}, "spans": ROWS}]}]}
    found, _ = rows_of(orjson.dumps(request), step)
    assert [orjson.loads(row) for row in found if row] == [
        {"resourceSpans": [{"resource": {"a": 1}, "scopeSpans": [{"scope": {}, "spans": [row]}]}]} for row in ROWS
    ]


def test_two_lists_in_one_container() -> None:
    written = orjson.dumps({"total": 1, "resourceSpans": [{"a": 1}], "x": 2, "resourceLogs": [{"b": 1}, {"c": 1}]})
    found, _ = rows_of(written, 3)
    assert [orjson.loads(row) for row in found if row] == [
        {"total": 1, "resourceSpans": [{"a": 1}]},
        {"total": 1, "x": 2, "resourceLogs": [{"b": 1}]},
        {"total": 1, "x": 2, "resourceLogs": [{"c": 1}]},
    ]


def test_a_plain_list() -> None:
    found, rows = rows_of(orjson.dumps(ROWS) + b" tail", 11)
    assert [orjson.loads(row) for row in found if row] == ROWS
    assert (rows.done, rows.rest[-5:]) == (True, b" tail")


def test_a_row_that_is_too_long_is_told_and_the_next_ones_are_read() -> None:
    found, _ = rows_of(orjson.dumps({"data": [ROWS[0], {"text": "x" * 2_000}, ROWS[1]]}), 50)
    assert [row and orjson.loads(row)["data"][0]["id"] for row in found] == [0, None, 1]


@pytest.mark.parametrize("own", [{"messages": ROWS}, {"request": {"messages": ROWS}}, {"text": "x" * 900}])
def test_one_exchange_is_not_divided(own: dict[str, object]) -> None:
    assert rows_of(orjson.dumps({"at": 1, **own}), 64)[0] == [None]


def test_a_container_that_never_ends() -> None:
    found, rows = rows_of(b'{"data": [{"a": 1}, {"b": ', 4)
    assert found == [b'{"data": [{"a": 1}]}', b'{"b": ']
    assert not rows.done
