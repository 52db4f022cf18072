from typing import Any

import pytest

from stillwatch.errors import SettingsError
from stillwatch.ingest.mapped_logs import by_mapping, pairs_among

RECORD = {"request time": 1772439330, "who": "acct-7", "model": "large-1", "m": "large-2", "a": 1, "b": 2}


@pytest.mark.parametrize(
    "written",
    [
        ["at=request time", "account_id=who"],
        ["at=request time account_id=who"],
        ["at=request time,account_id=who"],
        ["at = request time", "account_id=nobody", "account_id=who"],
    ],
)
def test_pairs_in_one_text_or_several(written: list[str]) -> None:
    row = by_mapping(written).row(RECORD)
    assert (row["at"], row["account_id"], row["model"]) == (1772439330, "acct-7", "large-1")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("map.toml", 'at = "request time"\naccount_id = "who"\n'),
        ("map.toml", '[map]\nat = "request time"\naccount_id = "who"\n'),
        ("map.json", '{"at": "request time", "account_id": "who"}'),
        ("mapping", 'at = "request time"\naccount_id = "who"\n'),
    ],
)
def test_a_file_and_pairs_beside_it(name: str, text: str, tmp_path: Any) -> None:
    (tmp_path / name).write_text(text)
    row = by_mapping([str(tmp_path / name), "model=m"]).row(RECORD)
    assert (row["at"], row["account_id"], row["model"]) == (1772439330, "acct-7", "large-2")


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("request_time", "a pair without ="),
        ("when=t", "there is no column when"),
        ("at=", "no field is named for at"),
        ("missing.toml", "the file cannot be read"),
    ],
)
def test_what_is_no_mapping_is_said(written: str, what: str) -> None:
    with pytest.raises(SettingsError, match=what) as error:
        by_mapping([written])
    assert error.value.exit_code == 2


@pytest.mark.parametrize("text", ["at = [", "[1, 2]", '{"at": {"x": 1}}', "\xff"])
def test_a_file_that_holds_no_mapping(text: str, tmp_path: Any) -> None:
    for name in ("map.toml", "map.json"):
        (tmp_path / name).write_bytes(text.encode("latin-1"))
        with pytest.raises(SettingsError):
            by_mapping([str(tmp_path / name)])


def test_pairs_among_sources(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "at=1").mkdir()
    names = ["log.jsonl", "account_id=who", "at=1", "day=2/log.jsonl", "prompt=a.b"]
    assert pairs_among(names) == (["log.jsonl", "at=1", "day=2/log.jsonl"], ["account_id=who", "prompt=a.b"])
