"""What tests of several rooms share: one Spark cluster for all tests that ask for it."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start a driver, a master and two executors, each a process of its own; engines made meanwhile run on them."""
    spark = importlib.import_module("stillwatch.engine.spark")
    # Tests run each query once, so a compiler that is quick beats one whose code is.
    # With one compiler alone Java keeps 48 MB for what it compiled, which a session of thousands of queries fills.
    quick = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"
    options = {
        "spark.driver.memory": "2g",
        "spark.sql.shuffle.partitions": "4",
        "spark.driver.extraJavaOptions": quick,
        "spark.executor.extraJavaOptions": quick,
    }
    with spark.SparkEngine(tmp_path_factory.mktemp("spark"), master="local-cluster[2,1,2048]", options=options) as kept:
        yield kept
