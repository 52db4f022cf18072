import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from stillwatch import ingest
from stillwatch.engine import DuckDBEngine
from stillwatch.features import sketcher
from stillwatch.settings import FeaturesSettings
from stillwatch.tables import EXCHANGES, REJECTS, SKETCHED, STAGED

START = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path / "engine") as engine:
        yield engine


def staged(identifier: str, position: int, **changes: Any) -> dict[str, Any]:
    return {
        "exchange_id": identifier,
        "at": START,
        "account_id": "a",
        "model": "m",
        "status": "ok",
        "source": "log",
        "position": position,
        **changes,
    }


def split(engine: DuckDBEngine, rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    frame = engine.write("staged", pa.Table.from_pylist(rows, schema=STAGED.schema))
    exchanges, rejects = ingest.deduplicate(engine, frame)
    assert exchanges.schema.names == list(EXCHANGES.names)
    assert exchanges.schema.types == EXCHANGES.schema.types
    assert rejects.schema.names == list(REJECTS.names)
    assert rejects.schema.types == REJECTS.schema.types
    kept = engine.arrow(exchanges).read_all().to_pylist()
    return sorted(kept, key=lambda row: row["exchange_id"]), engine.arrow(rejects).read_all().to_pylist()


def test_without_duplicates_everything_stays(engine: DuckDBEngine) -> None:
    kept, rejected = split(engine, [staged(f"x{i}", i) for i in range(100)])
    assert len(kept) == 100
    assert rejected == []


def test_the_earliest_row_of_an_id_stays(engine: DuckDBEngine) -> None:
    rows = [
        staged("x1", 1, at=START + timedelta(seconds=5), prompt="late"),
        staged("x1", 2, prompt="early"),
        staged("x2", 3),
        staged("x1", 4, at=START + timedelta(seconds=1), prompt="later"),
    ]
    kept, rejected = split(engine, rows)
    assert [row["prompt"] for row in kept] == ["early", None]
    assert sorted(r["position"] for r in rejected) == [1, 4]
    assert {r["source"] for r in rejected} == {"log"}
    assert "exchange_id" in rejected[0]["reason"]


VARIANTS: list[dict[str, Any]] = [
    {},
    {"prompt": "a"},
    {"prompt": ""},
    {"prompt": "b", "completion": "c"},
    {"prompt": "bc"},
    {"input_tokens": 5},
    {"output_tokens": 5},
    {"temperature": 0.5},
    {"sketch": b"\x00\x01"},
    {"stream": True},
    {"prompt": "with \x00 inside", "client_ip": "203.0.113.9"},
    {"n_samples": 2},
    {"logprobs": False},
    {"seed": -(2**63)},
    {"batch": True},
    {"answer_digests": [1, 2]},
    {"answer_digests": [1, 3]},
    {"answer_digests": []},
]


def test_order_and_files_do_not_choose_the_row_that_stays(engine: DuckDBEngine) -> None:
    rows = [staged(f"x{i % 7}", i, **variant) for i, variant in enumerate(VARIANTS * 7)]
    results = []
    for seed in range(4):
        dice = random.Random(seed)
        shuffled = [dict(row, source=f"part-{dice.randint(1, 3)}", position=dice.randint(1, 99)) for row in rows]
        dice.shuffle(shuffled)
        kept, rejected = split(engine, shuffled)
        assert len(kept) + len(rejected) == len(rows)
        results.append(kept)
    assert results[0] == results[1] == results[2] == results[3]


def test_renaming_accounts_keeps_the_same_content(engine: DuckDBEngine) -> None:
    rows = [staged(f"x{i % 5}", i, account_id=f"a{i % 3}", prompt=f"p{i}") for i in range(40)]
    renamed = [dict(row, account_id="zyx"[int(row["account_id"][1])]) for row in rows]
    before, _ = split(engine, rows)
    after, _ = split(engine, renamed)
    assert [row["prompt"] for row in before] == [row["prompt"] for row in after]


def test_the_same_holds_where_the_texts_are_sketched_already(engine: DuckDBEngine) -> None:
    """Rows that differ in their texts alone are told apart by a hash of them."""
    texts = [{"prompt": f"question number {i}", "completion": "c" * (i % 3)} for i in range(6)]
    rows = [staged(f"x{i % 3}", i, **text) for i, text in enumerate(texts * 4)]
    results = []
    for seed in range(3):
        dice = random.Random(seed)
        shuffled = [dict(row, position=dice.randint(1, 99)) for row in rows]
        dice.shuffle(shuffled)
        batch = pa.RecordBatch.from_pylist(shuffled, schema=STAGED.schema)
        made = pa.Table.from_batches([sketcher(FeaturesSettings())(batch)])
        kept, rejects = ingest.deduplicate(engine, engine.write(f"sketched{seed}", made))
        assert kept.schema.names == [name for name in SKETCHED.names if name not in {"source", "position"}]
        left = engine.arrow(kept).read_all().to_pylist()
        assert len(left) + engine.arrow(rejects).read_all().num_rows == len(rows)
        results.append(sorted((row["exchange_id"], row["prompt_hash"], row["content_hash"]) for row in left))
    assert len(results[0]) == 3
    assert results[0] == results[1] == results[2]


def test_later_columns_decide_last(engine: DuckDBEngine) -> None:
    """A log without them keeps the rows that it kept before these columns existed."""
    texts = [{"prompt": f"p{i}"} for i in range(6)]
    plain = [staged("x", i, **text) for i, text in enumerate(texts)]
    ((kept,), _) = split(engine, plain)
    later = [{"seed": 9 - i, "batch": True, "answer_digests": [i]} for i in range(6)]
    ((again,), _) = split(engine, [row | more for row, more in zip(plain, later, strict=True)])
    assert again["prompt"] == kept["prompt"]
    equal = [staged("x", i, answer_digests=[5 - i], seed=1) for i in range(6)]
    ((smallest,), rejected) = split(engine, equal)
    assert smallest["answer_digests"] == [0]
    assert len(rejected) == 5
