"""Pages of APIs and exports: lists of rows below a known name, and tables as columns and rows."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from stillwatch.ingest.parsing.format import Record, Skip
from stillwatch.ingest.sources.json_containers import PAGES
from stillwatch.ingest.sources.wrappers.wrapper import Inside, Wrapper, entries

__all__ = ["PAGE_WRAPPERS", "frame"]

_BESIDE = re.compile(
    r"@odata|_?(total|count|n_|num|page|per_page|size|limit|offset|next|prev|has_|first|last|max|min|cursor|took|timed)"
    r"|_?(status|success|code|message|error|object|version|meta|schema|statistics|stats|extremes|links|shards|paging)"
    r"|(rows|index|result_?(info|type)|response_?metadata|request_?id|warnings|aggregations|searchedLogStreams)"
    r"|(exported|generated|retrieved|from$|to$|since|until|start|end|query|filter|sort|order|encryption|usage$|labels$)"
    r"|(owner|log_?group|log_?stream|subscription_?filters|delivery_?stream|invocation_?id|region$|encoding_?flags)",
    re.IGNORECASE,
)
"""Names of what stands beside the rows of a page. A record with another name is a row itself."""
_EMPTY = Skip("pages without rows")
_LEVELS = 3
"""Most objects around a list, such as ``{"data": {"result": [...]}}``."""


def _page(key: str, record: Record, level: int = 1) -> Inside | None:
    """Return the rows of the list below *key*, or below another known name inside of it."""
    if any(name != key and not _BESIDE.match(name) for name in record):
        return None
    found = record[key]
    if isinstance(found, Mapping) and level < _LEVELS:
        inner = _table(found)
        for name in PAGES:
            if inner is None and name in found:
                inner = _page(name, found, level + 1)
        return inner
    return [_EMPTY] if found == [] else entries(found)


def _one(record: Record) -> Inside | None:
    """Return the one row of an answer with ``success`` and ``errors``, or of a result of Splunk."""
    found = record["result"]
    is_answer = ("success" in record and "errors" in record) or "preview" in record
    return [found] if is_answer and isinstance(found, Mapping) else None


def _fields(record: Record) -> Inside | None:
    """Return the rows of a query of CloudWatch Logs Insights: each a list of fields with their values."""
    rows = record["results"]
    if not isinstance(rows, list) or not rows:
        return None
    pairs = [row for row in rows if isinstance(row, list) and all(isinstance(f, Mapping) and "field" in f for f in row)]
    if len(pairs) < len(rows):
        return None
    return [{str(field["field"]): field.get("value") for field in row} for row in pairs]


def _table(record: Record) -> Inside | None:
    """Return the rows of a table that names its columns once: ``columns`` or ``meta`` and lists of values."""
    names = _names(record.get("columns")) or _names(record.get("meta"))
    for key in ("rows", "data", "values"):
        rows = record.get(key)
        if (
            names
            and isinstance(rows, list)
            and rows
            and all(isinstance(r, list) and len(r) == len(names) for r in rows)
        ):
            return [dict(zip(names, row, strict=True)) for row in rows]
    return None


def _names(columns: Any) -> list[str]:
    if not isinstance(columns, list):
        return []
    found = [column.get("name") if isinstance(column, Mapping) else column for column in columns]
    return [name for name in found if isinstance(name, str)] if all(isinstance(n, str) for n in found) else []


def _frame(record: Record) -> Inside | None:
    """Return the rows of a data frame written column by column, as pandas does where nothing else is asked for."""
    columns = list(record.values())
    labels = list(columns[0]) if isinstance(columns[0], Mapping) else []
    if labels[:1] != ["0"] or not all(isinstance(c, Mapping) and list(c) == labels for c in columns):
        return None
    return [{name: column[label] for name, column in record.items()} for label in labels]


def frame(record: Record) -> Inside | None:
    """Return the rows of a data frame (:func:`_frame`), or of one written by its row labels; else None."""
    first = next(iter(record.values()), None)
    if type(first) is not dict:
        return None
    if "0" in first:
        return _frame(record)
    if "0" in record and all(isinstance(row, Mapping) for row in record.values()):
        return list(record.values())
    return None


PAGE_WRAPPERS = (
    Wrapper("an answer of CloudWatch Logs Insights", "results", _fields),
    Wrapper("a table with `columns` and `rows`", "columns", _table),
    Wrapper("a table of ClickHouse, with `meta` and `data`", "meta", _table),
    *(Wrapper("a page of an API", key, partial(_page, key)) for key in PAGES),
    Wrapper("one `result` of an answer, or of a Splunk export", "result", _one),
)
