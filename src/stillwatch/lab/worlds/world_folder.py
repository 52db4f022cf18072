"""Writes the folder of a world: never over another world, and its exchanges completely or not at all."""

import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import EngineError, InputError
from stillwatch.lab.spec import WorldSpec

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["COMPRESSION", "ROW_GROUP", "require_vacant", "write_card", "write_table", "writing_exchanges"]

ROW_GROUP = 65_536
"""Rows per row group in every file of a world, so that its bytes do not depend on the sizes of batches."""

COMPRESSION = {"compression": "zstd", "compression_level": 1}


def require_vacant(out: Path) -> None:
    """Raise ``InputError`` if the folder *out* already holds a world or other exchanges."""
    if (out / "world.json").exists():
        what = "the folder already holds a world"
    elif (out / "exchanges").exists():
        what = "the folder already holds other exchanges"
    else:
        return
    raise InputError(what, where=str(out), remedy="Choose another folder or delete it.")


@contextmanager
def writing_exchanges(out: Path) -> Iterator[Path]:
    """Yield a temporary folder for the exchanges of a world in *out*; it is renamed to ``exchanges`` after success.

    After an error in the block the folder is deleted. The folder of a killed process is deleted by the next build.
    Raises ``EngineError`` if *out* cannot be written.
    """
    part = out / "exchanges.part"
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        part.rename(out / "exchanges")
    except OSError as error:
        raise EngineError(
            "the world could not be written", where=str(out), remedy="Check free disk space and permissions."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_table(table: pa.Table, path: Path, *, without_dictionary: Collection[str] = ()) -> None:
    """Write a table of a world; the columns *without_dictionary* have mostly distinct values and get no dictionary."""
    coded = True if not without_dictionary else [name for name in table.column_names if name not in without_dictionary]
    pq.write_table(table, path, row_group_size=ROW_GROUP, use_dictionary=coded, **COMPRESSION)


def write_card(out: Path, summary: "DataclassInstance", spec: WorldSpec) -> None:
    """Write ``world.json``: the summary and the specification."""
    card = {"summary": asdict(summary), "spec": spec.model_dump(mode="json")}
    (out / "world.json").write_text(json.dumps(card, indent=2, sort_keys=True) + "\n", encoding="utf-8")
