from datetime import UTC, datetime

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.cases.decisions import actions, labels
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.queries import serialise
from stillwatch.errors import EngineError


def test_a_case_is_told_in_plain_values(confirmed, ann, do, desk):
    do(ann, labels.label_case, 2, "press", "why")
    do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "why"))
    with desk.look() as look:
        told = serialise.case(look, 2)
    read = orjson.loads(serialise.as_json(told))
    assert (read["stands_at"], read["members"]["confirmed"]) == ("confirmed", 6)
    assert [x["name"] for x in read["labels"]] == ["press"]
    assert read["actions"][0]["accounts"] == {"treated": 6}
    assert read["events"][0]["event"] == "appeared"
    text = serialise.as_text(told, ["62 accounts", "Innocent explanations:"])
    for part in (
        "6 confirmed",
        "62 accounts",
        "Innocent explanations",
        "ann: confirmed",
        "suspend, proposed (dry run)",
    ):
        assert part in text


def test_plain_values():
    at = datetime(2026, 4, 1, tzinfo=UTC)
    assert serialise.plain({1: (at, {"b"}), "x": Plan(ActionKind.OBSERVE, "why")})["1"] == [at.isoformat(), ["b"]]
    assert serialise.as_json({"q": float("nan")}) == '{"q":null}'


def test_a_file_is_whole_or_not_there(tmp_path):
    table = pa.table({"a": [1]})
    serialise.write(table, tmp_path / "x.parquet")
    assert pq.read_table(tmp_path / "x.parquet").equals(table)
    with pytest.raises(EngineError, match="cannot write"):
        serialise.write(table, tmp_path / "none" / "x.parquet")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.parquet"]
