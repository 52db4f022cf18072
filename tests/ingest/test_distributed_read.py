"""Files read one by one where an engine runs its work give what reading them in a row gives."""

import gzip
import importlib
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fsspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import ingest
from stillwatch.engine import DuckDBEngine, Engine
from stillwatch.errors import FormatError, InputError
from stillwatch.settings import IngestSettings
from stillwatch.tables import STAGED


def _duckdb(folder: Path) -> AbstractContextManager[Engine]:
    return DuckDBEngine(folder, threads=2)


def _spark(folder: Path) -> AbstractContextManager[Engine]:
    return importlib.import_module("stillwatch.engine.spark").SparkEngine(folder)


@pytest.fixture(
    params=[pytest.param(_duckdb, id="duckdb"), pytest.param(_spark, id="spark", marks=pytest.mark.spark)],
    scope="module",
)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param is _spark:
        request.getfixturevalue("spark_cluster")
    with request.param(tmp_path_factory.mktemp("engine")) as made:
        yield made


@pytest.fixture
def staged(engine: Engine, tmp_path: Path) -> Callable[..., Any]:
    def staging(*sources: Any, format: str | None = None, **settings: Any) -> Any:  # noqa: A002
        notices: list[str] = []
        with ingest.Rejects(tmp_path / "staged.rejects.parquet") as rejects:
            frame = ingest.stage(
                engine,
                ingest.expand([str(s) for s in sources]),
                rejects,
                format=format,
                settings=IngestSettings(**settings),
                notices=notices,
            )
            rows = engine.arrow(frame).read_all()
            count = rejects.count
        refused = pq.read_table(tmp_path / "staged.rejects.parquet").to_pylist()
        assert len(refused) == count
        return SimpleNamespace(rows=rows, rejects=refused, notices=notices)

    return staging


def _by_place(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["source"], row["position"], row.get("exchange_id", "")))


def _line(number: int, exchange: Callable[..., dict[str, Any]], **changes: Any) -> bytes:
    return orjson.dumps(exchange(number, **changes)) + b"\n"


def test_rows_rejects_and_notices_are_those_of_reading_in_a_row(
    staged: Callable[..., Any], read: Callable[..., Any], exchange: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    for day in range(6):
        lines = [
            _line(100 * day + i, exchange, client_ip="203.0.113.9" if i % 4 else f"198.51.100.{i}") for i in range(90)
        ]
        lines[7] = b'{"at": "nonsense"}\n'
        lines[40] = b"not json at all\n"
        lines.append(_line(3, exchange))
        data = b"".join(lines)
        (folder / f"day-{day}.jsonl{'.gz' if day % 2 else ''}").write_bytes(gzip.compress(data) if day % 2 else data)
    (folder / "broken.jsonl.gz").write_bytes(gzip.compress(b"".join(_line(i, exchange) for i in range(2000)))[:-20])
    found, in_a_row = staged(folder), read(folder)
    assert _by_place(found.rows.to_pylist()) == _by_place(in_a_row.rows)
    assert found.rejects == sorted(in_a_row.rejects, key=lambda r: (r["source"], r["position"], r["reason"]))
    assert found.notices == in_a_row.notices
    assert len(found.rejects) >= 12
    assert "One client address carries" in found.notices[0]
    assert found.rows.schema.names == list(STAGED.names)


def test_records_that_are_no_inferences_are_counted_over_all_files(
    staged: Callable[..., Any], read: Callable[..., Any], tmp_path: Path
) -> None:
    span = {"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "GET /", "attributes": []}]}]}]}
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.jsonl").write_bytes((orjson.dumps(span) + b"\n") * 2)
    found = staged(tmp_path / "*.jsonl", format="otel_genai")
    assert found.notices == read(tmp_path / "*.jsonl", format="otel_genai").notices
    assert "6 records were not inferences" in found.notices[0]


def test_parquet_files_keep_their_positions(
    staged: Callable[..., Any], read: Callable[..., Any], exchange: Callable[..., Any], tmp_path: Path
) -> None:
    for name in ("a", "b"):
        rows = [exchange(i, exchange_id=f"{name}{i}") for i in range(50)]
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / f"{name}.parquet", row_group_size=20)
    found = staged(tmp_path / "a.parquet", tmp_path / "b.parquet")
    assert _by_place(found.rows.to_pylist()) == _by_place(read(tmp_path / "[ab].parquet").rows)
    assert sorted(found.rows["position"].to_pylist()) == sorted([*range(1, 51), *range(1, 51)])


def test_identifiers_are_hashed_wherever_a_file_is_read(
    staged: Callable[..., Any], exchange: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(_line(1, exchange))
    (tmp_path / "b.jsonl").write_bytes(_line(1, exchange))
    found = staged(tmp_path / "*.jsonl", identifier_key="a key of the test")
    assert len(set(found.rows["account_id"].to_pylist())) == 1
    assert "acct-1" not in found.rows["account_id"].to_pylist()


def test_standard_input_is_read_here_and_files_where_the_engine_is(
    staged: Callable[..., Any],
    exchange: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "a.jsonl").write_bytes(_line(1, exchange))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(_line(2, exchange) + b"broken\n")))
    found = staged("-", tmp_path / "a.jsonl")
    assert sorted(found.rows["source"].to_pylist()) == ["-", str(tmp_path / "a.jsonl")]
    assert [(r["source"], r["position"]) for r in found.rejects] == [("-", 2)]


def test_a_url_is_opened_by_whoever_reads_it(
    staged: Callable[..., Any], exchange: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "odd [1] name.jsonl").write_bytes(_line(1, exchange))
    (tmp_path / "b.jsonl").write_bytes(_line(2, exchange))
    assert fsspec.core.url_to_fs(f"file://{tmp_path}")[1] == str(tmp_path)
    found = staged(f"file://{tmp_path}")
    assert sorted(found.rows["exchange_id"].to_pylist()) == ["x-1", "x-2"]


def test_a_path_is_one_of_this_folder_wherever_it_is_read(
    staged: Callable[..., Any], exchange: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here.jsonl").write_bytes(_line(1, exchange))
    monkeypatch.chdir(tmp_path)
    assert staged("here.jsonl").rows["source"].to_pylist() == ["here.jsonl"]


def test_a_source_that_is_not_there_is_named_before_anything_is_read(
    staged: Callable[..., Any], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"nowhere\.jsonl"):
        staged(tmp_path / "nowhere.jsonl")


def test_a_file_that_fits_no_format_fails_as_it_does_here(staged: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"colour": "red"}\n' * 5)
    with pytest.raises(FormatError) as error:
        staged(tmp_path / "a.jsonl")
    assert error.value.where == str(tmp_path / "a.jsonl")
    assert error.value.exit_code == 3


def test_small_files_are_one_task(tmp_path: Path, exchange: Callable[..., dict[str, Any]]) -> None:
    """A file costs a task, a batch and a row group only where it is large."""
    folder = tmp_path / "log"
    folder.mkdir()
    for i in range(500):
        (folder / f"{i:03d}.jsonl").write_bytes(_line(i, exchange))
    (folder / "large.jsonl").write_bytes(b"".join(_line(1_000 + i, exchange) for i in range(60_000)))
    made = []
    with DuckDBEngine(tmp_path / "engine") as engine, ingest.Rejects(tmp_path / "rejects.parquet") as rejects:
        frame = ingest.stage(
            engine,
            ingest.expand([str(folder)]),
            rejects,
            settings=IngestSettings(),
            notices=[],
            transform=lambda batch: made.append(batch.num_rows) or batch,  # type: ignore[func-returns-value]
        )
        assert sum(batch.num_rows for batch in engine.arrow(frame)) == 60_500
        (stored,) = (tmp_path / "engine" / "map").glob("*.parquet")
        assert pq.read_metadata(stored).num_row_groups < 12
    assert (sum(made), len(made)) == (60_500, 8), "a batch holds rows of many files"


def test_reading_is_told_with_its_bytes(tmp_path: Path) -> None:
    """Parquet by its rows, text by where in the file it stands, compressed or not."""
    folder = tmp_path / "log"
    folder.mkdir()
    at = "2026-03-02T08:15:30+00:00"
    rows = [
        {"exchange_id": f"x{i}", "at": at, "account_id": "a", "model": "m", "status": "ok", "prompt": f"prompt {i}"}
        for i in range(20_000)
    ]
    lines = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    (folder / "plain.jsonl").write_bytes(lines)
    (folder / "packed.jsonl.gz").write_bytes(gzip.compress(lines))
    pq.write_table(pa.Table.from_pylist(rows), folder / "rows.parquet", row_group_size=9_000)
    told: list[tuple[int, int]] = []
    with DuckDBEngine(tmp_path / "engine") as engine, ingest.Rejects(tmp_path / "rejects.parquet") as rejects:
        ingest.stage(
            engine,
            ingest.expand([str(folder)]),
            rejects,
            settings=IngestSettings(),
            notices=[],
            on_progress=lambda *seen: told.append(seen),
        )
    assert sum(n for n, _ in told) == 60_000
    assert sum(size for _, size in told) == sum(f.stat().st_size for f in folder.iterdir())
    assert sum(size > 0 for _, size in told) > 5, "as it goes, and not at the end of each file alone"
    assert ingest.size_of(ingest.expand([str(folder)])) == sum(f.stat().st_size for f in folder.iterdir())
    assert ingest.size_of(ingest.expand([str(folder), "-"])) == 0, "the size of standard input is not known"


def test_digests_and_parameters_come_through_the_tasks(
    staged: Callable[..., Any], exchange: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    asked = {"n_samples": 2, "logprobs": True, "seed": 2**62 + 1, "batch": False, "answer_digests": [-(2**63), 7]}
    lines = [_line(1, exchange, **asked), _line(2, exchange), _line(3, exchange, answer_digests=[1, "a"])]
    (tmp_path / "log.jsonl").write_bytes(b"".join(lines))
    found = staged(tmp_path / "log.jsonl")
    assert found.rows.schema.field("answer_digests").type == STAGED.column("answer_digests").type
    first, second = _by_place(found.rows.to_pylist())
    assert {name: first[name] for name in asked} == asked
    assert {name: second[name] for name in asked} == dict.fromkeys(asked)
    assert [(reject["position"], reject["reason"].split()[0]) for reject in found.rejects] == [(3, "answer_digests")]


def test_what_fits_no_format_is_left_out_wherever_it_is_read(
    staged: Callable[..., Any], read: Callable[..., Any], exchange: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "README.md").write_text("# Logs of March\n")
    (folder / "b.jsonl").write_bytes(b"".join(_line(i, exchange) for i in range(5)))
    (folder / "c.jsonl").write_bytes(_line(9, exchange, at=1))
    found, in_a_row = staged(folder), read(folder)
    assert len(found.rows) == 5
    assert found.notices == in_a_row.notices
    assert [notice.split(":")[0] for notice in found.notices] == [
        "1 file of a folder left out, because no log format fits",
        "1 source of 3 gave few or no exchanges",
    ]
    (folder / "b.jsonl").unlink()
    (folder / "c.jsonl").unlink()
    with pytest.raises(FormatError, match=r"README\.md"):
        staged(folder)
