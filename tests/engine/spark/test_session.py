"""A session has our rules, whatever its options say, and says what is missing where it cannot start."""

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from stillwatch.errors import EngineError

pytestmark = pytest.mark.spark

NUMBERS = pa.table({"k": ["a", "b", "a"], "v": [1, 2, 3]})
HASHES = pa.table(
    {"i": pa.array(range(9), pa.int64()), "day": [f"2026-03-0{i + 1}T10:30:0{i}+0{i}:00" for i in range(9)]}
)


@pytest.fixture
def session() -> Any:
    return importlib.import_module("stillwatch.engine.spark.session")


def test_options_cannot_change_the_rules(session: Any, spark_cluster: Any) -> None:
    made = session.open_session("", {"spark.sql.ansi.enabled": "false", "spark.sql.shuffle.partitions": "7"})
    assert made.conf.get("spark.sql.ansi.enabled") == "true"
    assert made.conf.get("spark.sql.session.timeZone") == "UTC"
    assert made.conf.get("spark.sql.shuffle.partitions") == "7"


def test_two_sessions_share_a_context_and_no_views(session: Any, spark_cluster: Any) -> None:
    one, other = session.open_session("", {}), session.open_session("", {})
    assert one.sparkContext.applicationId == other.sparkContext.applicationId
    one.range(1).createOrReplaceTempView("only_here")
    assert not other.catalog.tableExists("only_here")


@pytest.mark.parametrize(
    "sql", ["SELECT i * 9223372036854775807 AS x FROM t", "SELECT CAST(day AS BIGINT) AS x FROM t"]
)
def test_what_overflows_or_cannot_be_cast_is_an_error_and_no_null(engine: Any, sql: str) -> None:
    with pytest.raises(EngineError):
        engine.arrow(engine.query(sql, t=HASHES))


def test_executors_run_the_interpreter_of_the_driver_whatever_is_on_the_path(
    engine: Any, rows_of: Callable[[Any], Any]
) -> None:
    schema = pa.schema([("prefix", pa.string())])

    def where(batch: pa.RecordBatch) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([pa.array([importlib.import_module("sys").prefix])], schema=schema)

    assert {row["prefix"] for row in rows_of(engine.map(NUMBERS, where, schema))} == {sys.prefix}


def _alone(text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a driver of its own: a session that runs already would hide what the start of one does."""
    return subprocess.run(
        [sys.executable, "-c", text],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_java_the_remedy_says_what_to_install(tmp_path: Path) -> None:
    text = f"from stillwatch.engine.spark import SparkEngine; SparkEngine({str(tmp_path / 'x')!r})"
    done = _alone(text, JAVA_HOME=str(tmp_path / "nowhere"))
    assert "Spark did not start" in done.stderr
    assert "Java 17" in done.stderr


def test_a_folder_of_this_machine_is_refused_on_a_cluster(session: Any, tmp_path: Path) -> None:
    url = session.folder_url
    assert url(tmp_path, "local[2]") == url(tmp_path, "local-cluster[2,1,1024]") == f"file://{tmp_path.resolve()}"
    assert url("s3a://bucket/tables/", "yarn") == "s3a://bucket/tables"
    with pytest.raises(EngineError, match=r"engine\.spark_folder"):
        url(tmp_path, "yarn")


def test_a_literal_path_has_no_wildcards(session: Any) -> None:
    assert session.literal(Path("/logs/day [1]/*.parquet")) == r"/logs/day \[1\]/\*.parquet"
    assert session.literal(Path("/logs/{a}?")) == r"/logs/\{a\}\?"
    assert session.literal(Path("/logs/plain.parquet")) == "/logs/plain.parquet"
