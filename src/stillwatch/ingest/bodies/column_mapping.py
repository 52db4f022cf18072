"""Makes a log format from a mapping: for each column of ``tables.EXCHANGES``, where a record of one's own keeps it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from stillwatch.errors import FormatError, SettingsError
from stillwatch.ingest.bodies.answer_shapes import known_answer
from stillwatch.ingest.bodies.exchange_bodies import read_bodies
from stillwatch.ingest.parsing.caller_metadata import pairs
from stillwatch.ingest.parsing.format import Carrier, Format, Record, Row
from stillwatch.ingest.parsing.messages import read_answer, read_prompt, text_of
from stillwatch.ingest.parsing.values import Loose, first, unfold
from stillwatch.tables import EXCHANGES

__all__ = ["BODIES", "COLUMNS", "checked_mapping", "mapped_format", "reached"]

BODIES = ("request", "response")
"""Names beside the columns: a whole request or answer of an API, in any shape that Stillwatch reads."""
COLUMNS = (*EXCHANGES.names, *BODIES)
_NEEDED = ("at", "account_id", "model")
_TEXTS = ("prompt", "system_prompt", "completion")
_OWN_NAME = (*_NEEDED, "exchange_id", "status")
"""Columns that are read under their own name where the mapping does not name them."""
_SHOWN = re.compile(r"[A-Za-z_][\w.$-]*( [\w.$-]+){0,3}")
"""What looks like the name of a field. The first row of a file without a header is not shown."""
_MISSING = object()


def checked_mapping(mapping: Mapping[str, Any], where: str) -> dict[str, str]:
    """Return *mapping* of columns to paths; raises ``SettingsError`` naming the columns where one does not exist."""
    unknown = sorted(str(name) for name in mapping if name not in COLUMNS)
    if unknown:
        raise SettingsError(
            f"there is no column {', '.join(unknown)}", where=where, remedy=f"Columns: {', '.join(COLUMNS)}."
        )
    empty = sorted(name for name, path in mapping.items() if not isinstance(path, str) or not path.strip(" ?"))
    if empty or not mapping:
        what = f"no field is named for {', '.join(empty)}" if empty else "the mapping names no column"
        raise SettingsError(what, where=where, remedy="Write column=field, for example at=request_time.")
    return {name: str(path).strip() for name, path in mapping.items()}


def mapped_format(mapping: Mapping[str, str]) -> Format:
    """Return a format that reads each column where *mapping* says: a name, or a dotted path to a nested field.

    A path that ends in ``?`` may be missing from the first records. JSON text in a field is entered like an object.
    """
    paths = {name: path.rstrip("? ") for name, path in mapping.items()}
    sure = frozenset(name for name, path in mapping.items() if not path.endswith("?"))
    hints = {name: paths.get(name, f"a field {name}; name it with --map {name}=…") for name in _NEEDED}
    if "exchange_id" in paths:
        hints["exchange_id"] = paths["exchange_id"]
    return Format(
        sentence="A log of one's own, read by a mapping.",
        recognise=_always,
        row=partial(_row, paths),
        examples=tuple,
        carriers=frozenset({Carrier.JSON, Carrier.CSV, Carrier.PARQUET}),
        hints=hints,
        check=partial(_check, paths, sure),
        owns=partial(_has_all, [paths[name] for name in sorted(sure)]),
    )


def _always(_record: Record) -> float:
    return 1.0


def _has_all(paths: Sequence[str], record: Record) -> bool:
    return bool(paths) and all(reached(record, path) is not _MISSING for path in paths)


def _row(paths: Mapping[str, str], record: Record) -> Row:
    found = {name: record.get(name) for name in _OWN_NAME if name not in paths}
    for name, path in paths.items():
        value = reached(record, path)
        found[name] = None if value is _MISSING else value
    bodies = read_bodies(found.pop("request", None), found.pop("response", None))
    texts = dict(_said(found))
    stated = found.pop("status")
    row = {name: value for name, value in found.items() if name not in _TEXTS and first(value) is not None}
    told = "error" if stated is False else None if stated is True else first(stated)
    status = bodies.status(told, told, failed=told == "error")
    return {**bodies.row, **row, **texts, "client_ip": _chain(row.get("client_ip")), "status": status}


def _said(found: Mapping[str, Any]) -> Iterator[tuple[str, Loose]]:
    """Yield the text columns: a list of messages gives its last question and its system text."""
    asked = read_prompt(found["prompt"]) if first(found.get("prompt")) is not None else {}
    yield from ((name, text) for name, text in asked.items() if text is not None)
    if first(found.get("system_prompt")) is not None:
        yield "system_prompt", text_of(unfold(found["system_prompt"]))
    if first(found.get("completion")) is not None:
        yield "completion", read_answer(known_answer(found["completion"])).get("completion")


def _chain(value: Loose) -> Loose:
    return ", ".join(hop for hop in value if isinstance(hop, str)) if isinstance(value, list) else value


def reached(record: Loose, path: str) -> Loose:
    """Return the value at *path*: a name, or names with dots between them, of which the longest that exists counts.

    A number names an entry of a list. Returns a mark for a missing field that no record holds.
    """
    here = unfold(record)
    if isinstance(here, list) and not path.partition(".")[0].lstrip("-").isdecimal():
        here = pairs(here) or here
    if here is None:
        return None
    if isinstance(here, Mapping):
        parts = path.split(".")
        for size in range(len(parts), 0, -1):
            name, rest = ".".join(parts[:size]), ".".join(parts[size:])
            if name in here:
                return reached(here[name], rest) if rest else here[name]
    if isinstance(here, list):
        number, _, rest = path.partition(".")
        if number.lstrip("-").isdecimal() and -len(here) <= int(number) < len(here):
            entry = here[int(number)]
            return reached(entry, rest) if rest else entry
    return _MISSING


def _check(paths: Mapping[str, str], sure: frozenset[str], records: Sequence[Record], where: str) -> None:
    """Raise ``FormatError`` where none of the first *records* has a field that the mapping names or needs."""
    if not records:
        return
    given = set(paths) & set(BODIES)
    absent = [name for name in sure if all(reached(record, paths[name]) is _MISSING for record in records)]
    unnamed = [
        name
        for name in _NEEDED
        if name not in paths and not (name == "model" and given) and all(name not in record for record in records)
    ]
    if not absent and not unnamed:
        return
    fields = list(dict.fromkeys(name for record in records for name in record if isinstance(name, str)))
    shown = [name for name in fields if len(name) <= 40 and _SHOWN.fullmatch(name)][:40]
    rest = f" and {len(fields) - len(shown)} more" if len(fields) > len(shown) else ""
    if absent:
        named = ", ".join(f"{paths[name]} (for {name})" for name in sorted(absent))
        what = f"no field {named}; the fields are {', '.join(shown)}{rest}"
        remedy = "Correct the mapping; write ? after a field that only later records have."
    else:
        what = f"the mapping names no field for {', '.join(unnamed)}; the fields are {', '.join(shown)}{rest}"
        remedy = f"Add {unnamed[0]}=FIELD to --map."
    raise FormatError(what, where=where, remedy=remedy)
