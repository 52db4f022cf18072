"""The folder that a world is written into: never over another world, and all of it or nothing."""

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
"""Rows to a group in every file of a world, so that its bytes do not depend on how the rows arrived."""

COMPRESSION = {"compression": "zstd", "compression_level": 1}


def require_vacant(out: Path) -> None:
    """Raise ``InputError`` where the folder *out* already holds a world, or exchanges of something else."""
    if (out / "world.json").exists():
        what = "the folder already holds a world"
    elif (out / "exchanges").exists():
        what = "the folder already holds exchanges, which would be mixed with those of the world"
    else:
        return
    raise InputError(what, where=str(out), remedy="Choose another folder or delete it.")


@contextmanager
def writing_exchanges(out: Path) -> Iterator[Path]:
    """Yield the folder for the exchanges of a world in *out*; it is called ``exchanges`` once the block has ended well.

    What a block that failed has left goes with it, what a killed process left goes when the next one begins. Raises
    ``EngineError`` where *out* cannot be written.
    """
    part = out / "exchanges.part"
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        part.rename(out / "exchanges")
    except OSError as error:
        raise EngineError("the world could not be written", where=str(out), remedy="Check space and rights.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_table(table: pa.Table, path: Path, *, without_dictionary: Collection[str] = ()) -> None:
    """Write a table of a world; for the columns *unlike*, whose values hardly recur, no dictionary is tried."""
    coded = True if not without_dictionary else [name for name in table.column_names if name not in without_dictionary]
    pq.write_table(table, path, row_group_size=ROW_GROUP, use_dictionary=coded, **COMPRESSION)


def write_card(out: Path, summary: "DataclassInstance", spec: WorldSpec) -> None:
    """Write ``world.json``: what was made, and of what."""
    card = {"summary": asdict(summary), "spec": spec.model_dump(mode="json")}
    (out / "world.json").write_text(json.dumps(card, indent=2, sort_keys=True) + "\n", encoding="utf-8")
