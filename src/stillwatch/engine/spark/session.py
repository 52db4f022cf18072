"""Opens a Spark session that gives the same results as DuckDB.

ANSI mode is on: an overflow or a failed cast is an error, as in DuckDB, and not null. The session's time zone is UTC.
Spark logs nothing unless ``engine.spark_options`` sets ``spark.log.level``, because its log messages quote values.
"""

import re
import sys
from pathlib import Path
from typing import Final

from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from stillwatch.errors import EngineError

__all__ = ["FAILURES", "folder_url", "literal", "open_session"]

FAILURES: Final = (PySparkException, Py4JError, ConnectionError)
"""The errors that Spark raises when it fails, or when the connection to it fails."""

_RULES: Final = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.skewJoin.enabled": "true",
}
"""Settings for the same results as DuckDB and for hot keys; ``engine.spark_options`` cannot override them."""
_DEFAULTS: Final = {
    "spark.app.name": "stillwatch",
    "spark.log.level": "OFF",
    "spark.executor.syncLogLevel.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.sql.parquet.compression.codec": "zstd",
}


def open_session(master: str, options: dict[str, str]) -> SparkSession:
    """Return a session with its own settings and views, on the running Spark context or on a new one.

    Raises ``EngineError`` where Spark does not start.
    """
    running = SparkContext._active_spark_context is not None  # noqa: SLF001
    settings = _DEFAULTS | options | _RULES
    try:
        builder = SparkSession.builder
        if not running:
            if master:
                builder = builder.master(master)
            for key, value in settings.items():
                builder = builder.config(key, value)
        session = builder.getOrCreate().newSession()
        context = session.sparkContext
        if not running and master.startswith("local") and context.pythonExec == "python3":
            # PySpark's default is the first python3 on the path; local workers need the packages of this process.
            context.pythonExec = settings.get("spark.pyspark.python", sys.executable)
        for key, value in settings.items():
            if session.conf.isModifiable(key):
                session.conf.set(key, value)
    except (PySparkException, Py4JError, OSError, RuntimeError) as error:
        raise EngineError(
            f"Spark did not start ({type(error).__name__})",
            where=f"engine.spark_master {master}".strip(),
            remedy="Spark needs Java 17 or 21: install it, or point JAVA_HOME at it; then check engine.spark_master "
            "and engine.spark_options.",
        ) from error
    return session


def folder_url(folder: str | Path, master: str) -> str:
    """Return *folder* as a URL that every executor of *master* can reach; create a local folder.

    Raises ``EngineError`` for a local folder on a cluster.
    """
    if "://" in str(folder):
        return str(folder).rstrip("/")
    if not master.startswith("local"):
        raise EngineError(
            "the executors cannot reach a folder of this machine",
            where=str(folder),
            remedy="Set engine.spark_folder to a URL, such as s3a://bucket/work or file:///shared/work.",
        )
    path = Path(folder).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return f"file://{path}"


def literal(path: Path) -> str:
    """Return *path* with Hadoop's wildcard characters escaped."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", str(path))
