"""Computes prints from exchanges with pure batch functions. This is the only pass over the texts."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.features.answers import shingle_digests
from stillwatch.features.capabilities import load_cues
from stillwatch.features.contents import content_hash
from stillwatch.features.sketch import DIMENSIONS, Sketches, key_of, sketch_texts, unpack
from stillwatch.settings import FeaturesSettings
from stillwatch.tables import EXCHANGES, PRINTS, SKETCHED, TEXTS

__all__ = ["NEEDS", "printer", "sketch_batch", "sketcher", "without_text"]

NEEDS = ("account_id", "at", "prompt", "system_prompt", "sketch")
"""The columns of ``exchanges`` from which prints are computed."""


def sketch_batch(batch: pa.RecordBatch, settings: FeaturesSettings) -> Sketches:
    """Return one sketch per row of *batch* (columns ``NEEDS``): of its text or, without text, the given sketch."""
    key = key_of(settings.sketch_key.get_secret_value())
    made = sketch_texts(batch.column("prompt"), batch.column("system_prompt"), key=key, cues=load_cues())
    if batch.column("sketch").null_count == len(batch):
        return made
    given = unpack(batch.column("sketch"))
    # A row can have only a system prompt; a given sketch is used only where the row has no text at all.
    use = ~made.known & (made.rows["system_hash"] == 0) & np.asarray(batch.column("sketch").is_valid())
    made.rows[use] = given.rows[use]
    return Sketches(made.rows, made.known | (use & given.known))


def without_text(batch: pa.RecordBatch, settings: FeaturesSettings) -> pa.RecordBatch:
    """Return *batch* (schema ``tables.EXCHANGES``) with a sketch and answer digests per row in place of its texts.

    Both are made from the texts. A row without them keeps the ones that it has.
    """
    rows, known = sketch_batch(batch, settings)
    said = known | (rows["system_hash"] != 0)
    sketches = pa.array([row.tobytes() if has else None for row, has in zip(rows, said, strict=True)], pa.binary())
    digests = shingle_digests(batch.column("completion"), secret=settings.sketch_key.get_secret_value())
    columns = dict(zip(batch.schema.names, batch.columns, strict=True)) | {
        name: pa.nulls(len(batch), pa.string()) for name in ("prompt", "system_prompt", "completion")
    }
    columns |= {"sketch": sketches, "answer_digests": _coalesced(digests, batch.column("answer_digests"))}
    return pa.RecordBatch.from_pydict(columns, schema=EXCHANGES.schema)


def _coalesced(made: pa.Array, given: pa.Array) -> pa.Array:
    """Return *made*, and *given* where *made* is null."""
    return made if given.null_count == len(given) else pc.if_else(made.is_valid(), made, given)


def printer(settings: FeaturesSettings) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """Return the pure function from a batch of exchanges to its prints (schema ``tables.PRINTS``)."""

    def prints(batch: pa.RecordBatch) -> pa.RecordBatch:
        rows, known = sketch_batch(batch, settings)
        # A row without a vector gets an empty range of offsets; the mask makes it null.
        ends = np.concatenate(([0], np.cumsum(known) * DIMENSIONS)).astype(np.int32)
        data = np.ascontiguousarray(rows["vector"][known])
        mask = pa.py_buffer(np.packbits(known, bitorder="little"))
        vectors = pa.BinaryArray.from_buffers(pa.binary(), len(rows), [mask, pa.py_buffer(ends), pa.py_buffer(data)])
        columns = [batch.column("account_id"), batch.column("at")]
        for name in PRINTS.names[2:-2]:
            columns.append(pa.array(np.ascontiguousarray(rows[name])))
        return pa.RecordBatch.from_arrays([*columns, _frames(rows["frame"]), vectors], schema=PRINTS.schema)

    return prints


def sketcher(settings: FeaturesSettings) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """Return the pure function from a staged batch (schema ``tables.STAGED``) to its sketched rows.

    The result has the schema ``tables.SKETCHED`` and holds no text.
    """
    prints_of = printer(settings)

    def sketched(batch: pa.RecordBatch) -> pa.RecordBatch:
        prints = prints_of(batch.select(list(NEEDS)))
        found = dict(zip(prints.schema.names, prints.columns, strict=True))
        found |= dict(zip(batch.schema.names, batch.columns, strict=True))
        found["content_hash"] = pa.array(content_hash([batch.column(name) for name in TEXTS]))
        return pa.RecordBatch.from_arrays([found[name] for name in SKETCHED.names], schema=SKETCHED.schema)

    return sketched


def _frames(parts: npt.NDArray[np.uint64]) -> pa.Array:
    """Return the non-zero ones of *parts* (n, PARTS) as a list column; null for a row without parts."""
    present = parts != 0
    ends = np.concatenate(([0], np.cumsum(present.sum(axis=1)))).astype(np.int32)
    values = pa.array(parts[present].astype(np.int64))
    return pa.ListArray.from_arrays(pa.array(ends), values, mask=pa.array(~present.any(axis=1)))
