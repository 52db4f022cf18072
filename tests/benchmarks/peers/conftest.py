"""A small world with shared payment values, and unit vectors in place of sentence embeddings."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from peers.world import World


def unit_vectors(n: int, seed: int, turned: float = 0.0) -> np.ndarray:
    """Return *n* random unit vectors; *turned* shifts them towards the first axis."""
    made = np.random.default_rng(seed).normal(size=(n, 12)) + np.eye(12)[0] * turned
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def unit() -> Callable[..., np.ndarray]:
    return unit_vectors


@pytest.fixture
def world(tmp_path: Path) -> World:
    names = [f"a{i}" for i in range(8)]
    seats = [None, None, None, "firm", "firm", None, None, None]
    cards = ["one", "one", "one", "two", "two", "three", None, "one"]
    pq.write_table(
        pa.table({"account_id": names, "organization_id": seats, "payment_fingerprint": cards}),
        tmp_path / "accounts.parquet",
    )
    (tmp_path / "exchanges").mkdir()
    rows = [
        {
            "exchange_id": f"{a}{n}",
            "account_id": a,
            "at": n,
            "prompt": f"{a} {n}",
            "client_ip": "x" if a in "a5a6" else a,
        }
        for a in names
        for n in range(3)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "exchanges" / "day.parquet")
    truth = {"account_id": names, "is_campaign": [i in {0, 1, 2, 7} for i in range(8)]}
    pq.write_table(pa.table(truth), tmp_path / "truth.parquet")
    return World(tmp_path)
