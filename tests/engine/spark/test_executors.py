"""Functions reach the executors whole, and their errors come back without data."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.errors import EngineError, InputError

pytestmark = pytest.mark.spark

NUMBERS = pa.table({"k": ["a", "b", "a"], "v": [1, 2, 3]})
SECRET = "prompt-of-a-customer"


@pytest.fixture
def executors() -> Any:
    return importlib.import_module("stillwatch.engine.spark.executors")


def test_a_function_sees_and_returns_the_types_of_arrow(executors: Any) -> None:
    schema = pa.schema({"h": pa.uint64()})
    seen = []

    def doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
        seen.append(batch.schema)
        return pa.RecordBatch.from_arrays(
            [pa.array([2 * h for h in batch.column("h").to_pylist()], pa.uint64())], schema=schema
        )

    run = executors.executor_function(doubled, schema, schema, apart=False)
    sent = pa.RecordBatch.from_arrays([pa.array([1, 2**62]).cast(pa.decimal128(20, 0))], names=["h"])
    (made,) = run([sent])
    assert seen == [schema]
    assert made.schema.field("h").type == pa.decimal128(20, 0)
    assert [int(h) for h in made.column("h").to_pylist()] == [2, 2**63]


def test_apart_each_row_is_a_batch(executors: Any) -> None:
    run = executors.executor_function(lambda batch: batch, NUMBERS.schema, NUMBERS.schema, apart=True)
    assert [len(batch) for batch in run(NUMBERS.to_batches())] == [1, 1, 1]


def test_an_unexpected_error_gives_its_class_and_no_text(executors: Any) -> None:
    found = executors.engine_error(ValueError(SECRET), "a query failed", "work")
    assert found.sentence() == "work: a query failed (ValueError)."


def test_a_full_disk_has_a_remedy(executors: Any) -> None:
    found = executors.engine_error(OSError("No space left on device"), "a query failed", "work")
    assert "Free disk space" in found.sentence()


def test_a_large_closure_reaches_the_executors(engine: Any, rows_of: Callable[[Any], Any]) -> None:
    large = np.arange(4_000_000, dtype=np.int64)
    schema = pa.schema([("v", pa.int64())])

    def looked_up(batch: pa.RecordBatch) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([pa.array(large[batch.column("v").to_numpy()])], schema=schema)

    assert sorted(row["v"] for row in rows_of(engine.map(NUMBERS, looked_up, schema))) == [1, 2, 3]


def _no_secret(action: Callable[[], Any]) -> EngineError:
    with pytest.raises(EngineError) as error:
        action()
    assert SECRET not in error.value.sentence()
    return error.value


def test_an_error_names_the_condition_and_never_the_value(engine: Any) -> None:
    table = pa.table({"k": ["1", SECRET]})
    error = _no_secret(lambda: engine.arrow(engine.query("SELECT CAST(k AS BIGINT) AS x FROM t", t=table)))
    assert "CAST_INVALID_INPUT" in error.sentence()


def test_a_function_that_fails_passes_on_its_class_alone(engine: Any) -> None:
    def broken(batch: pa.RecordBatch) -> pa.RecordBatch:
        raise ValueError(SECRET)

    error = _no_secret(lambda: engine.map(NUMBERS, broken, NUMBERS.schema))
    assert "ValueError" in error.sentence()


def test_an_error_of_ours_comes_back_whole(engine: Any) -> None:
    def refused(batch: pa.RecordBatch) -> pa.RecordBatch:
        raise InputError("not a whole file", where="monday.parquet", remedy="Deliver it again.")

    with pytest.raises(InputError) as error:
        engine.map(NUMBERS, refused, NUMBERS.schema)
    assert error.value.sentence() == "monday.parquet: not a whole file. Deliver it again."
