import gzip
import io
import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import orjson
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from stillwatch import ingest
from stillwatch.errors import FormatError, InputError
from stillwatch.ingest.parsing.format import Format, Placed, Skip
from stillwatch.ingest.rows.outcomes.rejects import RejectBuffer
from stillwatch.ingest.rows.reader import Reader
from stillwatch.settings import IngestSettings


def lines(exchange: Any, n: int) -> bytes:
    return b"".join(orjson.dumps(exchange(i)) + b"\n" for i in range(n))


def test_a_missing_source_raises_before_the_first_batch(tmp_path: Path) -> None:
    with ingest.Rejects(tmp_path / "rejects.parquet") as rejects, pytest.raises(InputError) as error:
        ingest.read([str(tmp_path / "nowhere.jsonl")], rejects, settings=IngestSettings())
    assert error.value.where.endswith("nowhere.jsonl")


def test_each_source_has_its_own_format(read: Any, log: Any, exchange: Any) -> None:
    formats = ingest.known_formats()
    one = log(exchange(1))
    other = log(formats["langfuse"].examples()[0], name="other.jsonl")
    assert [(r["exchange_id"], r["source"]) for r in read(one, other).rows] == [
        ("x-1", str(one)),
        ("gen-41", str(other)),
    ]


def test_an_empty_file_has_no_rows(read: Any, log: Any) -> None:
    assert read(log(b"", b"  ")).rows == []


def test_a_source_nobody_recognises(read: Any, log: Any) -> None:
    for path in (log({"level": "info"}), log(b"\x00\x01\x02garbage"), log(b"a,b", b"1,2")):
        with pytest.raises(FormatError) as error:
            read(path)
        assert error.value.where == str(path)


def test_a_named_format_must_be_read_from_what_carries_it(read: Any, log: Any, tmp_path: Path, exchange: Any) -> None:
    pq.write_table(pa.Table.from_pylist([exchange()]), tmp_path / "log.parquet")
    with pytest.raises(FormatError, match="read from json, not from parquet"):
        read(tmp_path / "log.parquet", format="canonical_jsonl")


def test_garbage_first_does_not_hide_the_format(read: Any, log: Any, exchange: Any) -> None:
    result = read(log(b"\xff\xfe", b'{"exchange_id": "cut', *[exchange(i) for i in range(5)]))
    assert len(result.rows) == 5
    assert [reject["position"] for reject in result.rejects] == [1, 2]


def test_a_cut_gzip_gives_its_whole_lines_and_one_reject(read: Any, exchange: Any, tmp_path: Path) -> None:
    whole = lines(exchange, 2_000)
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(gzip.compress(whole)[:-2_000])
    result = read(path)
    assert len(result.rejects) == 1
    assert 1_000 < len(result.rows) < 2_000
    assert result.rejects[0]["position"] == len(result.rows) + 1
    assert "compressed stream" in result.reasons[0]


def test_a_cut_zstd_gives_its_whole_lines_and_one_reject(read: Any, exchange: Any, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.zst"
    with pa.CompressedOutputStream(str(path), "zstd") as out:
        out.write(lines(exchange, 20_000))
    path.write_bytes(path.read_bytes()[:-500])
    result = read(path)
    assert len(result.rejects) == 1
    assert 10_000 < len(result.rows) < 20_000
    assert result.rejects[0]["position"] == len(result.rows) + 1


@pytest.mark.parametrize("parquet", [False, True])
def test_standard_input(read: Any, exchange: Any, monkeypatch: pytest.MonkeyPatch, parquet: bool) -> None:
    sink = io.BytesIO()
    if parquet:
        pq.write_table(pa.Table.from_pylist([exchange(i) for i in range(30)]), sink)
    else:
        sink.write(gzip.compress(lines(exchange, 30)))
    sink.seek(0)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(sink))
    result = read("-")
    assert [row["position"] for row in result.rows] == list(range(1, 31))
    assert {row["source"] for row in result.rows} == {"-"}


def test_object_storage(read: Any, exchange: Any) -> None:
    store = fsspec.filesystem("memory")
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([exchange(i) for i in range(5)]), sink)
    store.pipe({"/logs/a.jsonl.gz": gzip.compress(lines(exchange, 5)), "/logs/b.parquet": sink.getvalue()})
    assert len(read("memory://logs").rows) == 10


def test_lines_of_text_are_rejects_and_do_not_hide_the_format(read: Any, log: Any, exchange: Any) -> None:
    text = b"Hello, this is the gateway"
    for name, written in (
        ("lines", [text, exchange(1), text, exchange(2)]),
        (
            "prefixed",
            [text, b"gateway-1  | " + orjson.dumps(exchange(1)), b"gateway-1  | " + orjson.dumps(exchange(2)), text],
        ),
        ("document", [text, *(orjson.dumps(exchange(i), option=orjson.OPT_INDENT_2) for i in (1, 2)), text]),
    ):
        result = read(log(*written, name=f"{name}.log"))
        assert [row["exchange_id"] for row in result.rows] == ["x-1", "x-2"]
        assert len(result.rejects) == 2


def test_lines_that_clouds_store_in_tables(read: Any, tmp_path: Path, exchange: Any) -> None:
    lines = [orjson.dumps(exchange(i)).decode() for i in range(3)]
    table = pa.table({"@timestamp": ["t"] * 3, "@message": lines})
    pq.write_table(table, tmp_path / "log.parquet")
    pcsv.write_csv(table, tmp_path / "log.csv")
    for name in ("log.parquet", "log.csv"):
        found = [(row["exchange_id"], row["position"]) for row in read(tmp_path / name).rows]
        assert found == [("x-0", 1), ("x-1", 2), ("x-2", 3)]


def test_a_page_without_rows_is_no_error(read: Any, log: Any) -> None:
    result = read(log({"data": [], "total": 0, "page": 1}))
    assert (result.rows, result.rejects) == ([], [])
    assert "1 records were not inferences" in result.notices[0]


def test_bodies_in_a_table(read: Any, tmp_path: Path) -> None:
    """A warehouse holds the bodies as JSON; what a value means does not depend on the carrier."""
    chat = ingest.known_formats()["openai_body"].examples()[0]
    flat = {name: orjson.dumps(v).decode() if isinstance(v, dict) else v for name, v in chat.items()}
    table = pa.Table.from_pylist([flat])
    pq.write_table(table, tmp_path / "log.parquet")
    pcsv.write_csv(table, tmp_path / "log.csv")
    for name in ("log.parquet", "log.csv"):
        found = read(tmp_path / name).row
        assert (found["prompt"], found["output_tokens"]) == ("What is a monoid?", 40)
        assert (found["account_id"], found["status"]) == ("acct-7", "ok")


def test_long_and_deep_lines_are_rejects(read: Any, log: Any, exchange: Any) -> None:
    deep = b'{"a":' * 2_000 + b"1" + b"}" * 2_000
    result = read(
        log(exchange(1), exchange(2, prompt="x" * 5_000), deep, b"[" * 900 + b"]" * 900, exchange(3)),
        max_row_bytes=4_500,
    )
    assert [row["exchange_id"] for row in result.rows] == ["x-1", "x-3"]
    assert [reject["position"] for reject in result.rejects] == [2, 3, 4]
    assert "ingest.max_row_bytes" in result.reasons[0]


def test_a_first_line_longer_than_the_head(read: Any, log: Any, exchange: Any) -> None:
    assert len(read(log(exchange(1, prompt="x" * 6_000_000), exchange(2))).rows) == 2


def test_code_of_a_format_that_fails_makes_a_reject(log: Any, tmp_path: Path) -> None:
    def fails(record: Any) -> Any:
        return {"exchange_id": record["no such key"]}

    def fails_on_units(record: Any) -> Any:
        yield record
        raise AttributeError(record)

    made = Format("One.", recognise=lambda _: 1.0, examples=list, row=fails)
    with ingest.Rejects(tmp_path / "rejects.parquet") as rejects:
        for found in (made, replace(made, units=fails_on_units, row=lambda _: {})):
            reader = Reader({"made": found}, rejects, IngestSettings())
            assert sum(batch.num_rows for batch in reader.read(ingest.expand([str(log({"a": 1}))]))) == 0
    reasons = pq.read_table(tmp_path / "rejects.parquet").column("reason").to_pylist()
    assert reasons[0] == "the record has an unexpected shape"
    assert len(reasons) == 3


def test_identifiers_are_hashed_on_the_way_in(read: Any, log: Any, exchange: Any) -> None:
    found = read(log(exchange(1, client_ip="203.0.113.9", user_agent="ua")), identifier_key="a key of the test").row
    assert found["account_id"] != "acct-1"
    assert found["client_ip"].startswith("h:")
    assert found["user_agent"] == "ua"


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_rows_of_small_files_share_a_batch(tmp_path: Path, exchange: Any, kind: str) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    for i in range(300):
        row = exchange(i, **({"at": "no time"} if i == 7 else {}))
        if kind == "parquet":
            pq.write_table(pa.Table.from_pylist([row]), folder / f"{i:03d}.parquet")
        else:
            (folder / f"{i:03d}.jsonl").write_bytes(orjson.dumps(row) + b"\n")
    (folder / "150-langfuse.jsonl").write_bytes(orjson.dumps(ingest.known_formats()["langfuse"].examples()[0]))
    tallies: list[ingest.SourceTally] = []
    with ingest.Rejects(tmp_path / "rejects.parquet") as rejects:
        batches = list(ingest.read([str(folder)], rejects, settings=IngestSettings(), tallies=tallies))
    assert len(batches) == 3, "one batch each before, for and after the file of another format"
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert [Path(row["source"]).name[:3] for row in rows] == [
        f"{i:03d}" for i in (*range(151), *range(150, 300)) if i != 7
    ]
    assert {row["position"] for row in rows} == {1}
    (reject,) = pq.read_table(tmp_path / "rejects.parquet").to_pylist()
    assert (Path(reject["source"]).stem, reject["position"]) == ("007", 1)
    assert [(tally.n_exchanges, tally.n_rejects) for tally in tallies].count((1, 0)) == 300
    assert (tallies[7].n_exchanges, tallies[7].n_rejects) == (0, 1)


def test_memory_stays_flat_while_a_log_grows(tmp_path: Path, exchange: Any) -> None:
    def peak(n: int) -> int:
        path = tmp_path / "log.jsonl"
        with path.open("wb") as file:
            for i in range(n):
                file.write(orjson.dumps(exchange(i, prompt="word " * 100)) + b"\n")
        arrow = 0
        tracemalloc.start()
        with ingest.Rejects(tmp_path / "rejects.parquet") as rejects:
            for _ in ingest.read([str(path)], rejects, settings=IngestSettings()):
                arrow = max(arrow, pa.total_allocated_bytes())
        _, traced = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return traced + arrow

    assert peak(50_000) < 1.3 * peak(20_000) + 5_000_000


def test_a_file_of_a_folder_that_no_format_fits_is_left_out_and_named(read: Any, exchange: Any, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(lines(exchange, 3))
    (folder / "README.md").write_text("# Logs of March\n\nOne file a day.\n")
    (folder / "settings.json").write_text('{"colour": "red"}')
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (folder / "empty.jsonl").write_bytes(b"")
    result = read(folder)
    assert len(result.rows) == 3
    assert result.rejects == []
    left_out, empty = result.notices
    assert left_out.startswith("3 files of a folder left out, because no log format fits: ")
    assert all(name in left_out for name in ("README.md", "settings.json", "picture.png"))
    assert empty == f"1 source of 5 held no row: {folder / 'empty.jsonl'}."
    assert len(read(folder / "*").rows) == 3
    with pytest.raises(FormatError, match=r"README\.md"):
        read(folder, folder / "README.md")
    (folder / "a.jsonl").unlink()
    with pytest.raises(FormatError, match="nor any of 2 other files"):
        read(folder)


def test_our_own_table_without_a_column_is_no_odd_file(read: Any, exchange: Any, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(lines(exchange, 3))
    row = exchange()
    del row["model"]
    pq.write_table(pa.Table.from_pylist([row]), folder / "b.parquet")
    with pytest.raises(FormatError, match="required columns are missing: model"):
        read(folder)


def test_what_came_of_each_source_is_counted(log: Any, exchange: Any, tmp_path: Path) -> None:
    span = {"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "GET /", "attributes": []}]}]}]}
    one, other = log(exchange(1), b"not json", exchange(2, at=1)), log(span, name="spans.jsonl")
    tallies: list[ingest.SourceTally] = []
    with ingest.Rejects(tmp_path / "rejects.parquet") as rejects:
        batches = ingest.read([str(one), str(other)], rejects, settings=IngestSettings(), tallies=tallies)
        assert sum(batch.num_rows for batch in batches) == 1
    first, second = tallies
    assert (first.source, first.format, first.n_exchanges, first.n_rejects) == (str(one), "canonical_jsonl", 1, 2)
    assert {position for _, position in first.reasons.values()} == {2, 3}
    assert (second.format, second.n_rows, second.n_skipped) == ("otel_genai", 0, 1)


def test_the_addresses_of_a_batch_are_told_as_the_log_holds_them(log: Any, exchange: Any, tmp_path: Path) -> None:
    path = log(exchange(1, client_ip="198.51.100.1, 10.0.0.1"), exchange(2, at=1), exchange(3, client_ip="203.0.113.9"))
    told: list[Any] = []
    with ingest.Rejects(tmp_path / "rejects.parquet") as rejects:
        settings = IngestSettings(trusted_hops=("10.0.0.0/8",), identifier_key="a key of the test")
        (batch,) = ingest.read([str(path)], rejects, settings=settings, chains=lambda c: told.extend(c.to_pylist()))
    assert told == ["198.51.100.1, 10.0.0.1", "203.0.113.9"]
    assert all(address.startswith("h:") for address in batch.column("client_ip").to_pylist())


def test_a_number_that_json_lacks_costs_no_row(read: Any, log: Any, exchange: Any) -> None:
    line = orjson.dumps(exchange(1, extra=0.5, temperature=0.7)).replace(b"0.5", b"NaN").replace(b"0.7", b"Infinity")
    assert read(log(line)).row["temperature"] is None


def test_units_of_one_source_can_be_related(log: Any, exchange: Any) -> None:
    def pairs(units: Iterator[Placed]) -> Iterator[Placed]:
        """Take every second unit as part of the one before it."""
        for number, (position, unit, size) in enumerate(units):
            yield position, Skip("second parts") if number % 2 else unit, size

    known = replace(ingest.known_formats()["canonical_jsonl"], relate=pairs)
    reader = Reader({"paired": known}, RejectBuffer(), IngestSettings())
    batches = list(reader.read(ingest.expand([str(log(*(exchange(number) for number in range(5))))])))
    assert [row["exchange_id"] for batch in batches for row in batch.to_pylist()] == ["x-0", "x-2", "x-4"]


def test_an_id_that_spells_nothing_is_replaced_by_a_digest(read: Any, log: Any) -> None:
    chat = {
        "at": 1772439330,
        "account_id": "a",
        "request": {"model": "m", "messages": [{"role": "user", "content": "x"}]},
    }
    rows = read(log({**chat, "request_id": "NULL"}, {**chat, "request_id": "N/A", "account_id": "b"})).rows
    assert len({row["exchange_id"] for row in rows}) == 2
    assert all(len(row["exchange_id"]) == 32 for row in rows)
