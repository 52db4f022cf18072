"""What is left of texts on the disk, and what `sketch` keeps of them."""

import json

import pyarrow.parquet as pq

from stillwatch import runs
from stillwatch.runs import SketchResult
from stillwatch.settings import Settings
from stillwatch.tables import EXCHANGES

ANSWER = "Use sorted with a key, then merge the intervals that overlap with the last one."
QUOTING = "You said: use sorted with a key, then merge the intervals that overlap. But why?"
OTHER = "An answer about something else that nobody quotes anywhere in this log at all."


def test_nothing_of_the_texts_is_left_on_disk(log, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    runs.scan([log], tmp_path / "out", settings=Settings(), work=work)
    assert list(work.iterdir()) == []
    for path in (tmp_path / "out").iterdir():
        assert b"one two three" not in path.read_bytes()


def _sketched(tmp_path, rows, key="s3cret of a test"):
    path, out = tmp_path / "log.jsonl", tmp_path / f"sketched-{key}.parquet"
    line = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok"}
    path.write_text("".join(json.dumps(line | {"exchange_id": f"x{i}"} | row) + "\n" for i, row in enumerate(rows)))
    done = runs.sketch([str(path)], out, settings=Settings.model_validate({"features": {"sketch_key": key}}))
    assert done == SketchResult({"n_exchanges": len(rows), "n_rejects": 0}, notices=[], shortfall=None)
    return out


def test_an_account_that_quotes_an_answer_is_recognised_without_text(tmp_path):
    rows = [{"completion": ANSWER}, {"completion": QUOTING, "account_id": "b"}, {"completion": OTHER}, {"prompt": "Hi"}]
    out = _sketched(tmp_path, rows)
    assert b"intervals" not in out.read_bytes()
    table = pq.read_table(out)
    assert table.schema.equals(EXCHANGES.schema)
    assert table["completion"].null_count == 4
    answer, quoting, other, silent = table["answer_digests"].to_pylist()
    assert len(set(answer) & set(quoting)) == 11 - 8 + 1, "eleven words are quoted in a row"
    assert not set(other) & {*answer, *quoting}
    assert silent is None


def test_digests_and_parameters_survive_a_second_reading(tmp_path):
    rows = [{"completion": ANSWER, "n_samples": 4, "seed": 2**62 + 1, "logprobs": True, "batch": False}, {}]
    out = _sketched(tmp_path, rows)
    runs.sketch([str(out)], tmp_path / "again.parquet", settings=Settings())
    assert pq.read_table(tmp_path / "again.parquet").equals(pq.read_table(out))


def test_another_key_gives_other_digests(tmp_path):
    ours, theirs = (pq.read_table(_sketched(tmp_path, [{"completion": ANSWER}], key)) for key in ("a" * 16, "b" * 16))
    assert not set(ours["answer_digests"].to_pylist()[0]) & set(theirs["answer_digests"].to_pylist()[0])
