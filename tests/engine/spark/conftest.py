"""One Spark engine per test file, and how to read its rows."""

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def engine(spark_cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with importlib.import_module("stillwatch.engine.spark").SparkEngine(tmp_path_factory.mktemp("tables")) as made:
        yield made


@pytest.fixture(scope="module")
def rows_of(engine: Any) -> Callable[[Any], list[dict[str, Any]]]:
    return lambda frame: engine.arrow(frame).read_all().to_pylist()
