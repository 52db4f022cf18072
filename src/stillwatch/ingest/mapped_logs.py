"""Reads a mapping as a person writes it, in the command line or in a file, and makes a log format of it."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from stillwatch.errors import SettingsError
from stillwatch.ingest.bodies.column_mapping import COLUMNS, checked_mapping, mapped_format
from stillwatch.ingest.parsing.format import Format

__all__ = ["by_mapping", "pairs_among"]

_NEXT = re.compile(r"[\s,]+(?=[A-Za-z_]+=)")
"""Between two pairs in one text; the name of a field may hold spaces."""
_INSIDE = ("map", "columns")
"""Tables of a mapping file that may hold the pairs; else they stand at its top."""


def by_mapping(written: Sequence[str]) -> Format:
    """Return the format of a mapping *written* as pairs (``at=request_time``), several in one text, or as files.

    A file is TOML or JSON and holds one text per column. Later pairs replace earlier ones. Raises ``SettingsError``
    where a pair has no ``=``, a column does not exist or a file cannot be read.
    """
    found: dict[str, str] = {}
    for text in written:
        where = "--map"
        if Path(text).suffix in (".toml", ".json") or ("=" not in text and Path(text).is_file()):
            where = f"--map {text}"
            stated = _from_file(text, where)
        else:
            stated = dict(_pair(part) for part in _NEXT.split(text.strip()))
        found.update(checked_mapping(stated, where))
    return mapped_format(found)


def pairs_among(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Divide the names of sources into (sources, pairs), so that several pairs may follow one ``--map``.

    A pair is ``column=field`` with a column that exists; a file or folder of that name is a source.
    """
    pairs = [name for name in names if name.partition("=")[0] in COLUMNS and "=" in name and not Path(name).exists()]
    return [name for name in names if name not in pairs], pairs


def _pair(text: str) -> tuple[str, str]:
    name, sign, path = text.partition("=")
    if not sign:
        raise SettingsError(
            "a pair without =",
            where="--map",
            remedy=f"Write column=field, or name a TOML or JSON file. Columns: {', '.join(COLUMNS)}.",
        )
    return name.strip(), path.strip()


def _from_file(path: str, where: str) -> Mapping[str, Any]:
    try:
        text = Path(path).expanduser().read_bytes()
        loaded = orjson.loads(text) if path.endswith(".json") else tomllib.loads(text.decode())
    except OSError as error:
        raise SettingsError(f"the file cannot be read ({error.strerror})", where=where) from error
    except ValueError as error:  # JSON, TOML and UTF-8 errors are all ValueErrors
        raise SettingsError(
            "the file is not valid TOML or JSON", where=where, remedy='Write a line per column: at = "request_time".'
        ) from error
    if not isinstance(loaded, dict):
        raise SettingsError("the file holds no table of columns and fields", where=where)
    inner = next((loaded[name] for name in _INSIDE if isinstance(loaded.get(name), dict)), loaded)
    return {str(name): value for name, value in inner.items()}
