from typing import Any

import pytest

from stillwatch.ingest.parsing.format import Skip
from stillwatch.ingest.sources.wrappers.known import opened

ROWS = [{"account_id": "a", "n": 1}, {"account_id": "b", "n": 2}]
NAMES, CELLS = ["account_id", "n"], [["a", 1], ["b", 2]]

PAGES: dict[str, Any] = {
    "LiteLLM": {"data": ROWS, "total": 2, "page": 1, "page_size": 50, "total_pages": 1},
    "Langfuse": {"data": ROWS, "meta": {"page": 1, "limit": 50}},
    "Helicone": {"data": ROWS, "error": None},
    "new-api": {"success": True, "message": "", "data": {"page": 1, "total": 2, "items": ROWS}},
    "Cloudflare": {"result": ROWS, "success": True, "errors": [], "messages": [], "result_info": {"count": 2}},
    "CloudTrail": {"Records": ROWS},
    "Azure": {"records": ROWS},
    "OData": {"@odata.context": "x", "value": ROWS, "@odata.nextLink": "y"},
    "Elasticsearch": {"took": 1, "timed_out": False, "_shards": {}, "hits": {"total": {"value": 2}, "hits": ROWS}},
    "CloudWatch Insights": {
        "results": [[{"field": name, "value": value} for name, value in row.items()] for row in ROWS],
        "statistics": {},
        "status": "Complete",
    },
    "ClickHouse": {"meta": [{"name": "n", "type": "Int8"}], "data": ROWS, "rows": 2, "statistics": {"elapsed": 1}},
    "ClickHouse, compact": {"meta": [{"name": name} for name in NAMES], "data": CELLS, "rows": 2},
    "pandas, split": {"columns": NAMES, "index": [0, 1], "data": CELLS},
    "pandas, table": {"schema": {"fields": []}, "data": ROWS},
    "pandas, by column": {"account_id": {"0": "a", "1": "b"}, "n": {"0": 1, "1": 2}},
    "pandas, by row": {"0": ROWS[0], "1": ROWS[1]},
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_pages_hold_rows(page: Any) -> None:
    assert list(opened(page) or ()) == ROWS


def test_tables_of_one_answer() -> None:
    tables = list(opened({"tables": [{"name": "T", "columns": [{"name": n} for n in NAMES], "rows": CELLS}]}) or ())
    assert list(opened(tables[0]) or ()) == ROWS


def test_a_page_without_rows_is_skipped() -> None:
    assert opened({"data": [], "total": 0}) == [Skip("pages without rows")]


@pytest.mark.parametrize(
    "record",
    [
        {"data": ROWS, "account_id": "a"},
        {"data": ROWS, "model": "m", "usage": {}},
        {"events": [{"name": "e"}], "requester": "a", "request_time": 1},
        {"items": [], "customer": "a"},
        {"data": [1, 2], "total": 2},
        {"data": {"a": 1}, "total": 1},
        {"columns": NAMES, "rows": [["a"]]},
        {"request": {"0": 1}, "response": {"0": 2}, "at": 3},
        {},
    ],
)
def test_a_row_with_a_list_in_it_is_a_row(record: Any) -> None:
    assert opened(record) is None
