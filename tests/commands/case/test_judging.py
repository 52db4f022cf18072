"""``stillwatch case judge`` and ``case labels`` as a user types them."""

import pyarrow.parquet as pq

from stillwatch.tables import JUDGED


def test_a_verdict_on_one_account_is_its_label(case, scan, tmp_path):
    case("open", scan)
    case("judge", 2, "innocent", "--why", "A customer since 2023.", "--account", "acct_20c4d8_00001")
    told = case("labels", "--out", tmp_path / "labels.parquet", by=None)
    assert told["n_accounts"] == 1
    (row,) = pq.read_table(tmp_path / "labels.parquet", schema=JUDGED.schema).to_pylist()
    assert (row["account_id"], row["verdict"], row["case_id"]) == ("acct_20c4d8_00001", "innocent", 2)
