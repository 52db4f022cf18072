"""Runs a pure function on the executors of Spark, and brings its errors back without data.

Spark quotes values in its messages. So a function that fails on an executor passes on its class alone, and a
``StillwatchError``, which holds no data, passes whole.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, cast

import pyarrow as pa
from pyspark import cloudpickle
from pyspark.errors import PySparkException

from stillwatch.engine.contract import BatchFunction, Streaming, mapped
from stillwatch.engine.spark.types import cast_rows, spark_schema
from stillwatch.errors import EngineError, StillwatchError

__all__ = ["on_executor", "told_by"]

_MARK: Final = re.compile(r"stillwatch-(error|failed):([\w+/=.]+):")


def on_executor(
    function: BatchFunction | Streaming, given: pa.Schema, made: pa.Schema, *, apart: bool
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return what an executor runs: *function*, with types taken out of Spark's shape before it and into it after."""
    wanted = spark_schema(made)

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            for result in mapped(function, (cast_rows(batch, given) for batch in batches), apart=apart):
                yield cast_rows(result, wanted)
        except StillwatchError as error:
            packed = base64.b64encode(cloudpickle.dumps(error)).decode()
            raise RuntimeError(f"stillwatch-error:{packed}:") from None
        except Exception as error:  # noqa: BLE001 - its text may quote a row
            raise RuntimeError(f"stillwatch-failed:{type(error).__name__}:") from None

    return run


def told_by(error: Exception, what: str, folder: str) -> StillwatchError:
    """Return the error to raise: what a function raised on an executor, or the kind of failure without its text."""
    kind, _, told = "", "", str(error)
    if passed := _MARK.search(told):
        if passed[1] == "error":
            return cast("StillwatchError", cloudpickle.loads(base64.b64decode(passed[2])))
        kind = passed[2]
    elif isinstance(error, PySparkException):
        kind = error.getCondition() or ""
    full = "No space left" in told
    remedy = "Free disk space or point the work folder at a larger disk." if full else ""
    return EngineError(f"{what} ({kind or type(error).__name__})", where=folder, remedy=remedy)
