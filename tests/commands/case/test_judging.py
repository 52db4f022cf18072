"""``stillwatch case judge`` and ``case labels`` as a user types them."""

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from stillwatch.cli import app
from stillwatch.errors import ChangedError
from stillwatch.tables import JUDGED


def test_a_script_judges_what_it_looked_at(case, scan, tmp_path, make_scan, three):
    case("open", scan)
    shown = case("show", 2, by=None)["seen"]
    assert shown in CliRunner().invoke(app, ["case", "show", "2"]).output
    three[1].n_accounts = 65
    case("open", make_scan(tmp_path / "later", three))
    with pytest.raises(ChangedError, match="3 joined since you looked") as error:
        case("judge", 2, "confirmed", "--why", "x", "--seen", shown)
    assert error.value.exit_code == 2
    case("judge", 2, "confirmed", "--why", "x", "--seen", case("show", 2, by=None)["seen"])


def test_a_verdict_on_one_account_is_its_label(case, scan, tmp_path):
    case("open", scan)
    case("judge", 2, "innocent", "--why", "A customer since 2023.", "--account", "acct_20c4d8_00001")
    told = case("labels", "--out", tmp_path / "labels.parquet", by=None)
    assert told["n_accounts"] == 1
    (row,) = pq.read_table(tmp_path / "labels.parquet", schema=JUDGED.schema).to_pylist()
    assert (row["account_id"], row["verdict"], row["case_id"]) == ("acct_20c4d8_00001", "innocent", 2)
