import pyarrow as pa

from stillwatch.cases.store.parquet_column import load, store
from stillwatch.tables import BONDS

ROW = {"campaign_id": "C", "account_id": "a", "signal": "s", "family": "f", "hub": "h", "bits": 1.0, "n_holders": 3}


def test_what_is_stored_is_loaded():
    rows = pa.Table.from_pylist([ROW], schema=BONDS.schema)
    assert load(store(rows), BONDS).to_pylist() == [ROW]


def test_a_column_that_an_earlier_version_did_not_keep_is_null():
    old = pa.Table.from_pylist([ROW], schema=BONDS.schema).drop_columns(["n_holders"])
    found = load(store(old), BONDS)
    assert found.column_names == list(BONDS.names)
    assert found.to_pylist() == [ROW | {"n_holders": None}]
