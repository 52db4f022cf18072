"""Reads sources the way the pipeline does and hands back plain rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from stillwatch import ingest
from stillwatch.settings import IngestSettings


class Outcome:
    """Rows, rejects and notices of one reading."""

    def __init__(self, rows: list[dict[str, Any]], rejects: list[dict[str, Any]], notices: list[str]) -> None:
        self.rows = rows
        self.rejects = rejects
        self.notices = notices

    @property
    def row(self) -> dict[str, Any]:
        assert len(self.rows) == 1, self.rejects
        return self.rows[0]

    @property
    def reasons(self) -> list[str]:
        return [reject["reason"] for reject in self.rejects]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Outcome]:
    def reading(*sources: Any, format: str | None = None, **settings: Any) -> Outcome:  # noqa: A002
        notices: list[str] = []
        with ingest.Rejects(tmp_path / "rejects.parquet") as rejects:
            batches = ingest.read(
                [str(s) for s in sources],
                rejects,
                format=format,
                settings=IngestSettings(**settings),
                notices=notices,
            )
            rows = [row for batch in batches for row in batch.to_pylist()]
        return Outcome(rows, pq.read_table(tmp_path / "rejects.parquet").to_pylist(), notices)

    return reading


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    def written(*records: Any, name: str = "log.jsonl") -> Path:
        path = tmp_path / name
        path.write_bytes(b"".join((r if isinstance(r, bytes) else orjson.dumps(r)) + b"\n" for r in records))
        return path

    return written


@pytest.fixture
def exchange() -> Callable[..., dict[str, Any]]:
    def made(number: int = 1, **changes: Any) -> dict[str, Any]:
        return {
            "exchange_id": f"x-{number}",
            "at": "2026-03-02T08:15:30Z",
            "account_id": f"acct-{number % 7}",
            "model": "large-1",
            "status": "ok",
            "prompt": f"question {number}",
            **changes,
        }

    return made
