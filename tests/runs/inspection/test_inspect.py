"""An inspection reads what a scan reads, and shows it."""

import json
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import ingest, runs
from stillwatch.errors import InputError
from stillwatch.settings import Settings

LINE = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}


@pytest.fixture
def write(tmp_path):
    def write(name, *rows):
        path = tmp_path / name
        path.write_text("".join((row if isinstance(row, str) else json.dumps(LINE | row)) + "\n" for row in rows))
        return str(path)

    return write


def test_the_counts_are_those_of_a_scan(write, tmp_path):
    first = write("a.jsonl", {"exchange_id": "x1"}, "not json", {"exchange_id": "x2", "at": "2026-03-02T09:00:00Z"})
    other = write("b.jsonl", {"exchange_id": "x2"}, {"exchange_id": "x3"}, {"exchange_id": "x4", "at": 1})
    accounts = write("accounts.jsonl", {"account_id": "a", "created_at": "2026-01-01"}, {"account_id": ""})
    found = runs.inspect([first, other], settings=Settings(), accounts=accounts, rows=0)
    done = runs.scan([first, other], tmp_path / "out", settings=Settings(), accounts=accounts)
    assert (found.n_exchanges, found.n_rejects) == (done.summary["n_exchanges"], done.summary["n_rejects"]) == (3, 4)
    rejects = pq.read_table(tmp_path / "out" / "rejects.parquet").to_pylist()
    by_place = sorted(found.rejects, key=lambda reject: (reject["source"], reject["position"]))
    assert by_place == sorted(rejects, key=lambda reject: (reject["source"], reject["position"]))
    assert dict(found.reasons)["another row has this exchange_id and is kept"] == 1
    counts = [(s["source"], s["n_rows"], s["n_exchanges"], s["n_rejects"]) for s in found.as_json()["sources"]]
    assert counts == [(first, 3, 1, 2), (other, 3, 2, 1)]


def test_the_kept_row_of_an_id_is_shown_in_its_place(write):
    late = write("a.jsonl", {"exchange_id": "x1", "at": "2026-03-02T09:00:00Z"}, {"exchange_id": "x2"})
    early = write("b.jsonl", {"exchange_id": "x1", "prompt": "Earlier."})
    found = runs.inspect([late, early], settings=Settings(), rows=2)
    assert [(row["exchange_id"], row["prompt"]) for row in found.exchanges] == [
        ("x2", "one two three"),
        ("x1", "Earlier."),
    ]


@pytest.mark.parametrize("same", [True, False], ids=["equal rows", "rows of one time"])
def test_ties_are_broken_as_in_a_scan(write, tmp_path, same):
    rows = [{"exchange_id": "x1", "account_id": f"a{n}", "prompt": "p" if same else f"p{n} q r"} for n in range(9)]
    log = write("a.jsonl", *rows, {"exchange_id": "x2", "account_id": "a0"})
    found = runs.inspect([log], settings=Settings(), rows=0)
    runs.scan([log], tmp_path / "out", settings=Settings())
    rejects = pq.read_table(tmp_path / "out" / "rejects.parquet").to_pylist()
    assert [reject["position"] for reject in found.rejects] == [reject["position"] for reject in rejects]
    assert len(found.exchanges) == 2


def test_two_rows_of_one_record_with_one_id(write):
    log = write("a.jsonl", json.dumps([LINE | {"exchange_id": "x1"}, LINE | {"exchange_id": "x1", "model": "n"}]))
    found = runs.inspect([log], settings=Settings())
    assert (found.n_exchanges, found.n_rejects, len(found.exchanges)) == (1, 1, 1)


def test_rows_bound_what_is_kept_and_not_what_is_counted(write):
    log = write("a.jsonl", *({"exchange_id": f"x{n}"} for n in range(30)), *["broken"] * 20)
    found = runs.inspect([log], settings=Settings(), rows=3)
    assert [row["position"] for row in found.exchanges] == [1, 2, 3]
    assert (found.n_exchanges, found.n_rejects, len(found.rejects)) == (30, 20, 3)
    assert len(runs.inspect([log], settings=Settings(), rows=0).exchanges) == 30


def test_facts_and_matches_are_told(write):
    log = write("a.jsonl", {"exchange_id": "x1"}, {"exchange_id": "x2", "account_id": "b"})
    accounts = write("accounts.csv", "account_id,plan,card", "a,free,c1", "c,free,", "d,,c1")
    found = runs.inspect([log], settings=Settings(), accounts=accounts, rows=2)
    assert found.facts == [("card", 2, 1), ("plan", 2, 1)]
    assert found.notices == ["1 of the 2 accounts in the log have facts; the accounts file has facts of 3."]
    assert found.attributes == [
        {"account_id": "a", "name": "plan", "value": "free"},
        {"account_id": "a", "name": "card", "value": "c1"},
        {"account_id": "c", "name": "plan", "value": "free"},
    ]
    other = write("others.csv", "account_id,plan", "z,free")
    (told,) = runs.inspect([log], settings=Settings(), accounts=other).notices
    assert told.startswith("0 of the 2 accounts")
    assert told.endswith("Check that both name accounts by the same id.")

    twice = write("twice.csv", "account_id,card", "a,c1", "a,c1", "a,c2")
    told = runs.inspect([log], settings=Settings(), accounts=twice).notices
    assert told[0].startswith("accounts file: 1 rows tell more of an account")
    assert told[1] == "accounts file: 1 rows repeat a row of the same account and count once."


def test_the_address_is_placed_and_identifiers_are_hashed_as_the_settings_say(write):
    log = write("a.jsonl", {"exchange_id": "x1", "client_ip": "203.0.113.9, 10.0.0.1"}, {"exchange_id": "x2"})
    settings = Settings.model_validate(
        {"ingest": {"trusted_hops": ["10.0.0.0/8"], "identifier_key": "a key of the test"}}
    )
    found = runs.inspect([log], settings=settings)
    assert found.places == [(1, 2), (0, 0)]
    assert found.exchanges[0]["client_ip"].startswith("h:")
    assert found.exchanges[0]["account_id"] != "a"


def test_a_log_that_was_hardly_read_is_said(write, tmp_path):
    log = write("a.jsonl", {"exchange_id": "x1", "at": 1})
    assert "none of the 1 rows" in str(runs.inspect([log], settings=Settings()).shortfall)
    mixed = write("b.jsonl", {"exchange_id": "x1"}, {"exchange_id": "x1"}, {"exchange_id": "x1"})
    assert runs.inspect([mixed], settings=Settings()).shortfall is None, "duplicates were read"
    empty = write("c.jsonl")
    found = runs.inspect([empty], settings=Settings())
    assert "the log is empty" in str(found.shortfall)
    with pytest.raises(InputError, match="no such file"):
        runs.inspect([str(tmp_path / "nowhere")], settings=Settings())


def test_no_text_is_left_on_disk(write, tmp_path, monkeypatch):
    work, seen = tmp_path / "work", []
    work.mkdir()
    real = ingest.deduplicate

    def looked(engine, staged):
        seen.extend(path.read_bytes() for path in work.rglob("*") if path.is_file())
        return real(engine, staged)

    monkeypatch.setattr("stillwatch.ingest.deduplicate", looked)
    found = runs.inspect([write("a.jsonl", {"exchange_id": "x1"})], settings=Settings(), work=work)
    assert found.exchanges[0]["prompt"] == "one two three"
    assert seen
    assert not any(b"one two three" in text for text in seen)
    assert list(work.iterdir()) == []


def test_memory_stays_flat_while_a_log_grows(tmp_path):
    def peak(n):
        path = tmp_path / f"{n}.parquet"
        rows = {"exchange_id": [f"x{i}" for i in range(n)], "prompt": ["word " * 100] * n}
        rows |= {name: [LINE[name]] * n for name in ("at", "account_id", "model", "status")}
        pq.write_table(pa.table(rows), path, row_group_size=5_000)
        tracemalloc.start()
        found = runs.inspect([str(path)], settings=Settings())
        _, traced = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (found.n_exchanges, len(found.exchanges)) == (n, 5)
        return traced

    peak(1_000)  # imports and compiled kernels
    assert peak(40_000) < 1.5 * peak(10_000) + 5_000_000
