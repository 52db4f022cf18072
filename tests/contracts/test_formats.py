"""Every log format keeps account of every row, whatever stands in it: rows in = exchanges + rejects."""

import csv
import io
import json
import random
import re
import resource
import string
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import ingest
from stillwatch.ingest.parsing.format import Carrier, Format
from stillwatch.settings import IngestSettings
from stillwatch.tables import REJECTS, STAGED, STATUSES

FORMATS = ingest.known_formats()
TEXT_CARRIERS = [
    (name, carrier)
    for name, known in FORMATS.items()
    for carrier in (Carrier.JSON, Carrier.CSV)
    if carrier in known.carriers
]
PARQUET = [name for name, known in FORMATS.items() if Carrier.PARQUET in known.carriers]
SEVERAL = ("azure_api_management", "databricks", "helicone", "kong_ai", "langfuse", "new_api", "otel_genai")
"""Formats of which a record may be several exchanges, a part of one, or none."""
MOST = 65_536
SETTINGS = IngestSettings(max_row_bytes=MOST)
SECRET = "veryprivatecontent"

GARBAGE: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    2**53 + 1,
    -(2**63),
    1e308,
    -0.0,
    253402300799,
    "",
    "\x00",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "not a time",
    "12",
    "NaN",
    "💥" * 50,
    SECRET * 20,
    "[",
    '{"role": 1}',
    [],
    {},
    [[[[[]]]]],
    [None, 1, "a", {"type": "text"}],
    {"type": "text", "text": {"text": ["x"]}},
    {"choices": [None, {"message": 3}]},
    [{"role": "user"}, {"role": "user", "content": [{"type": "text", "text": 7}]}],
    [{"role": ["user"], "content": None}],
    {"a": {"b": {"c": [1, 2, {"d": None}]}}},
]


def read(path: Path, folder: Path, name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Return exchanges, rejects, and how many records were counted as no inference, or as parts of an exchange."""
    notices: list[str] = []
    with ingest.Rejects(folder / "rejects.parquet") as rejects:
        batches = list(ingest.read([str(path)], rejects, format=name, settings=SETTINGS, notices=notices))
    for batch in batches:
        batch.validate(full=True)
        assert batch.schema.equals(STAGED.schema)
    rows = [row for batch in batches for row in batch.to_pylist()]
    rejected = pq.read_table(folder / "rejects.parquet")
    assert rejected.schema.equals(REJECTS.schema)
    assert rejected.num_rows == rejects.count
    skipped = sum(int(notice.split()[0]) for notice in notices if "not inferences" in notice)
    return rows, rejected.to_pylist(), skipped


def corpus(known: Format, n: int) -> Iterator[dict[str, Any]]:
    """Yield *n* valid records with one exchange each, ids apart."""
    examples = known.examples()
    for number in range(n):
        example = examples[number % len(examples)]
        written = orjson.dumps(example).decode()
        if correlated := example.get("CorrelationId"):  # rows with one key would become one exchange
            written = written.replace(f'"{correlated}"', f'"{correlated}-{number}"')
        elif known.relate:
            written = apart(written, number)
        yield orjson.loads(written.replace('"203.0.113.9"', f'"203.0.113.{number % 250}"'))


def apart(written: str, number: int) -> str:
    """Return a record with ids and times of its own: reports with one id, or at one time, may be of one exchange."""
    written = re.sub(r'"0{8}([0-9a-f]+)"', rf'"{number + 1:08x}\1"', written)
    return re.sub(r'"(1772439\d{3})(\d{9})"', lambda found: f'"{int(found[1]) + 10 * number}{found[2]}"', written)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) inside of *value*."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in inside for place in [(value, key), *places(inner)]]


def mutate_value(record: dict[str, Any], dice: random.Random) -> bytes:
    for _ in range(dice.randint(1, 3)):
        container, key = dice.choice(places(record))
        if dice.random() < 0.2 and isinstance(container, dict):
            del container[key]
        else:
            container[key] = orjson.loads(orjson.dumps(dice.choice(GARBAGE)))
        if not places(record):
            break
    return orjson.dumps(record)


def mutate_bytes(line: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(line))
    return {
        0: lambda: line[: max(at, 1)],
        1: lambda: line[:at] + b"\xff\xfe" + line[at:],
        2: lambda: line[:at] + bytes([dice.choice(b'{}[]",:\x00\\')]) + line[at + 1 :],
        3: lambda: b"[" * 3000 + line,
        4: lambda: line[:-1] + b', "pad": "' + b"x" * (MOST + at) + b'"}',
        5: lambda: line.replace(b"0", b"NaN", 1),
        6: lambda: line.replace(b"2026-", b"9999-").replace(b"1772439330", b"253402300799"),
        7: lambda: b'{"a":' * 900 + b"1" + b"}" * 900,
        8: lambda: b"".join(dice.choices([bytes([c]) for c in range(1, 256) if c not in (10, 13)], k=80)),
        9: lambda: line.replace(b": ", b":").replace(b":1", b":" + b"9" * 400, 1),
    }[dice.randrange(10)]()


def mutated(known: Format, n: int, seed: int) -> Iterator[bytes]:
    dice = random.Random(seed)
    for record in corpus(known, n):
        kind = dice.random()
        if kind < 0.1:
            yield orjson.dumps(record)  # left whole: with few ids, most of these are duplicates
        elif kind < 0.6:
            yield mutate_value(record, dice)
        else:
            yield mutate_bytes(orjson.dumps(record), dice)


def check_lines(name: str, folder: Path, n: int, seed: int = 1) -> Counter[str]:
    path = folder / "log.jsonl"
    with path.open("wb") as file:
        blank = 0
        for line in mutated(FORMATS[name], n, seed):
            assert b"\n" not in line
            blank += not line.strip()
            file.write(line + b"\n")
    rows, rejected, skipped = read(path, folder, name)
    seen = Counter(row["position"] for row in rows + rejected)
    if name in SEVERAL:
        # A line may turn into several units, or into something that is no inference any more.
        silent = set(range(1, n + 1)) - set(seen)
        lines = path.read_bytes().split(b"\n")
        keys = Counter(joining_key(name, line) for line in lines)
        alone = [lines[position - 1] for position in silent if keys[joining_key(name, lines[position - 1])] < 2]
        assert all(is_no_inference(name, line) for line in alone)
        assert len(silent) - blank <= skipped
    else:
        assert len(rows) + len(rejected) == n - blank
        assert skipped == 0
        assert set(seen.values()) == {1}
    for row in rejected:
        assert SECRET not in row["reason"]
        assert len(row["reason"]) < 200
    assert {row["status"] for row in rows} <= set(STATUSES)
    return Counter(exchanges=len(rows), rejects=len(rejected), skipped=skipped)


def joining_key(name: str, line: bytes) -> str:
    """Return the key under which *line* is joined with others; the line itself where it stands alone."""
    try:
        found = json.loads(line, strict=False)["CorrelationId"] if name == "azure_api_management" else None
    except (ValueError, TypeError, KeyError, RecursionError):
        found = None
    return found if isinstance(found, str) and found not in ("", "-") else str(line)


def is_no_inference(name: str, line: bytes) -> bool:
    """Tell, by other means than the format does, whether nothing in *line* claims to be an inference."""
    record = json.loads(line, strict=False)  # a control character in a string is read as well
    written = line.decode(errors="replace")
    if name == "langfuse":
        kinds = [o.get("type") for o in [record, *(record.get("observations") or [])] if isinstance(o, dict)]
        return "GENERATION" not in kinds
    if name == "new_api":
        return record.get("type") not in (2, 5, "2", "5")
    if name == "kong_ai":
        sections = record.get("ai").values() if isinstance(record.get("ai"), dict) else ()
        facts = {fact for section in sections if isinstance(section, dict) for fact in section}
        return not facts & {"usage", "meta"} or not re.search(r'"(ai-)?proxy(-advanced)?": *{', written)
    if name == "azure_api_management":
        facts = ("ModelName", "DeploymentName", "RequestMessages")
        counts = [record.get(count) for count in ("PromptTokens", "CompletionTokens")]
        is_told = any(record.get(fact) and record[fact] != "NaN" for fact in facts) or any(
            isinstance(count, int) and count for count in counts
        )
        return not is_told and "/chat/completions" not in str(record.get("Url"))
    if name in ("helicone", "databricks"):
        return "tool" in written or "mcp" in written
    return '"chat"' not in written or not any(is_of_a_model(span) for span in spans(record))


def spans(record: Any) -> Iterator[dict[str, Any]]:
    """Yield what stands where OTLP has its spans: in lists of lists under these names."""
    found = [record]
    for names in (("resourceSpans",), ("scopeSpans", "instrumentationLibrarySpans"), ("spans",)):
        lists = [value.get(name) for value in found if isinstance(value, dict) for name in names]
        found = [value for values in lists if isinstance(values, list) for value in values]
    yield from (span for span in found if isinstance(span, dict))


def is_of_a_model(span: dict[str, Any]) -> bool:
    """Tell whether *span* names a chat, a model and itself."""
    attributes = span.get("attributes")
    told = orjson.dumps(attributes).decode() if isinstance(attributes, list) else ""
    return (
        bool(span.get("spanId"))
        and '"gen_ai.request.model"' in told
        and '"key":"gen_ai.operation.name","value":{"stringValue":"chat"}' in told
    )


@pytest.mark.parametrize("name", [name for name, carrier in TEXT_CARRIERS if carrier is Carrier.JSON])
def test_examples_are_exchanges(name: str, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, FORMATS[name].examples())))
    rows, rejected, _ = read(path, tmp_path, name)
    assert rejected == []
    assert len(rows) == len(FORMATS[name].examples())
    assert len({row["exchange_id"] for row in rows}) == len(rows)
    assert all(row["account_id"] and row["model"] for row in rows)


@pytest.mark.parametrize("name", [name for name, carrier in TEXT_CARRIERS if carrier is Carrier.JSON])
def test_examples_are_recognised(name: str, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, FORMATS[name].examples())))
    alone, by_name = [], []
    for found, chosen in ((alone, None), (by_name, name)):
        with ingest.Rejects(tmp_path / "rejects.parquet") as rejects:
            for batch in ingest.read([str(path)], rejects, format=chosen, settings=SETTINGS):
                found.extend(batch.to_pylist())
    assert alone == by_name != []


@pytest.mark.parametrize("name", [name for name, carrier in TEXT_CARRIERS if carrier is Carrier.JSON])
def test_every_mutated_line_is_an_exchange_or_a_reject(name: str, tmp_path: Path) -> None:
    counts = check_lines(name, tmp_path, 500)
    assert counts["exchanges"] > 40
    assert counts["rejects"] > 100


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, carrier in TEXT_CARRIERS if carrier is Carrier.JSON])
def test_twenty_thousand_mutated_lines(name: str, tmp_path: Path) -> None:
    counts = check_lines(name, tmp_path, 2_000, seed=7)  # warms every path up, so that the peak below is steady
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    counts = check_lines(name, tmp_path, 20_000, seed=2)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"\n{name}: {dict(counts)}, peak memory grew by {grown:.0f} MiB")
    assert counts["rejects"] > 4_000
    assert grown < 400


@pytest.mark.parametrize(("name", "carrier"), [pair for pair in TEXT_CARRIERS if pair[1] is Carrier.CSV])
def test_every_mutated_csv_row_is_an_exchange_or_a_reject(name: str, carrier: Carrier, tmp_path: Path) -> None:
    dice = random.Random(3)
    records = list(corpus(FORMATS[name], 500))
    header = list(dict.fromkeys(name for record in records for name in record))
    path, written = tmp_path / "log.csv", io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(header)
    for record in records:
        values = [cell(record.get(key)) for key in header]
        for _ in range(dice.randint(0, 3)):
            values[dice.randrange(len(values))] = dice.choice(
                ["", "NaN", "-1", "x\ny", '"', SECRET, "\x00", "{", "9" * 400]
            )
        writer.writerow(values[: dice.choice([len(values)] * 9 + [3])])
    path.write_bytes(written.getvalue().encode().replace(b"203", b"2\xff3", 7))
    rows, rejected, apart = read(path, tmp_path, name)
    assert len(rows) + len(rejected) + apart == 500
    assert len(rows) > 100 < len(rejected) + 90
    assert len({row["position"] for row in rows + rejected} & set(range(1, 501))) == 500 - apart
    assert apart == 0 or name in SEVERAL
    assert not any(SECRET in row["reason"] for row in rejected)


def cell(value: Any) -> Any:
    """Return a value as a column of a table holds it: nested values as JSON."""
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def odd_columns(n: int, dice: np.random.Generator) -> list[Callable[[], pa.Array]]:
    letters = list(string.ascii_letters)
    return [
        lambda: pa.array(dice.integers(-(2**62), 2**62, n)),
        lambda: pa.array(dice.integers(0, 2**64 - 1, n, dtype=np.uint64)),
        lambda: pa.array(dice.normal(size=n) * 1e300),
        lambda: pa.array([None, float("nan"), float("inf"), -1.0, 1.5, 3.0] * (n // 6)),
        lambda: pa.array(dice.choice(letters, n)).dictionary_encode(),
        lambda: pa.array(dice.choice(letters, n).astype(object), pa.large_string()),
        lambda: pa.array([[1], None] * (n // 2)),
        lambda: pa.array([{"a": 1}, None] * (n // 2)),
        lambda: pa.array([True, False, None] * (n // 3)),
        lambda: pa.array([b"\xff\xfe", b"ok", None] * (n // 3)),
        lambda: pa.array([b"x" * 8] * n, pa.binary(8)),
        lambda: pa.array(dice.integers(-(2**62), 2**62, n), pa.timestamp("ns")),
        lambda: pa.array(dice.integers(0, 2**31, n), pa.timestamp("s", tz="Europe/Berlin")),
        lambda: pa.array(dice.integers(-(2**50), 2**50, n), pa.timestamp("s")),
        lambda: pa.array(dice.integers(-(2**30), 2**30, n).astype(np.int32), pa.date32()),
        lambda: pa.array(dice.integers(0, 86_399, n).astype(np.int32), pa.time32("s")),
        lambda: pa.array(dice.integers(0, 10**6, n), pa.duration("us")),
        lambda: pa.array([1, 2, None] * (n // 3)).cast(pa.decimal128(30, 4)),
        lambda: pa.array(["2026-01-01", "9999-12-31T00:00:00Z", "x", "", "12", "true"] * (n // 6)),
        lambda: pa.array(["x" * (MOST + 1) if i % 50 == 0 else "y" for i in range(n)]),
        lambda: pa.nulls(n),
        lambda: broken_text(n),
    ]


def broken_text(n: int) -> pa.Array:
    """Return a string column whose even rows are no UTF-8, as other writers make them."""
    offsets = pa.array(range(0, 2 * n + 1, 2), pa.int32()).buffers()[1]
    return pa.Array.from_buffers(pa.string(), n, [None, offsets, pa.py_buffer(b"\xff\xfeok" * (n // 2))])


def plain_table(known: Format, n: int) -> pa.Table:
    records = list(corpus(known, n))
    names = sorted({name for record in records for name in record} - {"sketch"})
    columns = {}
    for name in names:
        values = [cell(record.get(name)) for record in records]
        is_mixed = len({type(value) for value in values} - {type(None)}) > 1
        columns[name] = pa.array([None if v is None else str(v) for v in values] if is_mixed else values)
    return pa.table(columns)


def check_parquet(name: str, folder: Path, n: int, seed: int) -> Counter[str]:
    dice = np.random.default_rng(seed)
    table = plain_table(FORMATS[name], n)
    counts: Counter[str] = Counter()
    for number, odd in enumerate(odd_columns(n, dice)):
        column = table.column_names[(number + seed) % table.num_columns]
        changed = table.set_column(table.column_names.index(column), column, odd())
        path = folder / "log.parquet"
        pq.write_table(changed, path, row_group_size=max(n // 3, 1))
        rows, rejected, apart = read(path, folder, name)
        assert len(rows) + len(rejected) + apart == n, column
        assert len({row["position"] for row in rows + rejected} & set(range(1, n + 1))) == n - apart
        assert apart == 0 or name in SEVERAL
        counts.update(exchanges=len(rows), rejects=len(rejected))
    return counts


@pytest.mark.parametrize("name", PARQUET)
@pytest.mark.parametrize("seed", range(3))
def test_every_mutated_parquet_row_is_an_exchange_or_a_reject(name: str, seed: int, tmp_path: Path) -> None:
    check_parquet(name, tmp_path, 60, seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", PARQUET)
def test_twenty_thousand_mutated_parquet_rows(name: str, tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    for seed in range(21):
        counts += check_parquet(name, tmp_path, 60, seed)
    print(f"\n{name} as Parquet: {dict(counts)}")
    assert counts.total() > 20_000


@pytest.mark.parametrize("name", [name for name, carrier in TEXT_CARRIERS if carrier is Carrier.JSON])
def test_order_and_split_of_files_do_not_matter(name: str, tmp_path: Path) -> None:
    lines = list(mutated(FORMATS[name], 200, seed=5))
    shuffled = random.Random(6).sample(lines, len(lines))
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    found = []
    for folder, pieces in ((whole, [lines]), (parts, [shuffled[:70], shuffled[70:]])):
        folder.mkdir()
        for number, piece in enumerate(pieces):
            (folder / f"{number}.jsonl").write_bytes(b"\n".join(piece))
        rows, _, _ = read(folder, tmp_path, name)
        found.append(Counter(str({k: v for k, v in row.items() if k not in ("source", "position")}) for row in rows))
    assert found[0] == found[1] != Counter()


def test_formats_have_what_the_reference_shows(request: pytest.FixtureRequest) -> None:
    reference = (request.config.rootpath / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
    for name, known in FORMATS.items():
        assert f"`{name}`" in reference
        assert known.sentence.endswith(".")
