"""What tests of several rooms share: one Spark cluster and one PostgreSQL server for all tests that ask for them."""

import importlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
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


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start a PostgreSQL of our own, as somebody other than root, whom it refuses; return the URL of a database."""
    initdb, pg_ctl = shutil.which("initdb"), shutil.which("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.skip("PostgreSQL is not installed")
    who = (
        next(n for n in ("postgres", "nobody") if n in {u.pw_name for u in pwd.getpwall()})
        if os.getuid() == 0
        else None
    )
    # Not among pytest's own folders: each session that starts closes those to everybody else.
    folder = Path(tempfile.mkdtemp(prefix="stillwatch-pg-"))
    if who:
        shutil.chown(folder, who)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=who, cwd=folder)

    run(initdb, "-D", f"{folder}/data", "-U", "reader", "-A", "trust")
    # Clients are killed in tests, the server is not, so it need not wait for the disk.
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run(pg_ctl, "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
    try:
        yield f"postgresql://reader:s3cret@127.0.0.1:{port}/postgres"
    finally:
        run(pg_ctl, "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder)
