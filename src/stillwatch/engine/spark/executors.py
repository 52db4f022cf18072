"""Runs a pure function on the executors of Spark, and returns its errors to the driver without data.

Spark's messages quote values. So an executor reports only the class of an unexpected error. A ``StillwatchError``
holds no data, so it is reported whole.
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

__all__ = ["engine_error", "executor_function"]

_MARK: Final = re.compile(r"stillwatch-(error|failed):([\w+/=.]+):")


def executor_function(
    function: BatchFunction | Streaming, given: pa.Schema, made: pa.Schema, *, apart: bool
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return the function that an executor runs: *function*, with conversion from and to Spark's types.

    *given* and *made* are the schemas of its input and output.
    """
    wanted = spark_schema(made)

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            for result in mapped(function, (cast_rows(batch, given) for batch in batches), apart=apart):
                yield cast_rows(result, wanted)
        except StillwatchError as error:
            packed = base64.b64encode(cloudpickle.dumps(error)).decode()
            raise RuntimeError(f"stillwatch-error:{packed}:") from None
        except Exception as error:  # noqa: BLE001 - its message can quote a row
            raise RuntimeError(f"stillwatch-failed:{type(error).__name__}:") from None

    return run


def engine_error(error: Exception, what: str, folder: str) -> StillwatchError:
    """Return the error to raise for *error*: the ``StillwatchError`` of an executor, or the kind of failure.

    The message of *error* itself is never included, because it can quote values.
    """
    kind, message = "", str(error)
    if passed := _MARK.search(message):
        if passed[1] == "error":
            return cast("StillwatchError", cloudpickle.loads(base64.b64decode(passed[2])))
        kind = passed[2]
    elif isinstance(error, PySparkException):
        kind = error.getCondition() or ""
    full = "No space left" in message
    remedy = "Free disk space or point the work folder at a larger disk." if full else ""
    return EngineError(f"{what} ({kind or type(error).__name__})", where=folder, remedy=remedy)
