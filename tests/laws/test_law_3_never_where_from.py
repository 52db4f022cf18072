"""Law 3: country, region, language and name enter no score. Permuting them changes no byte; a broken law shows."""

import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import signals
from stillwatch.model import Family
from stillwatch.signals.signal import attribute

COLUMNS = ("declared_country", "region", "nationality", "language", "locale", "name", "display_name", "timezone")


@pytest.fixture(scope="module")
def origins(world):
    """The accounts file with every column that says where somebody is from; the campaign is all from one place."""
    hidden = {row["account_id"] for row in world.truth.to_pylist() if row["is_campaign"]}
    random = np.random.default_rng(3)
    accounts = world.accounts
    inside = np.array([a in hidden for a in accounts.column("account_id").to_pylist()])
    for column in COLUMNS:
        values = np.where(inside, f"{column}-one", [f"{column}-{i}" for i in random.integers(0, 12, len(accounts))])
        place = accounts.schema.get_field_index(column)
        accounts = accounts if place < 0 else accounts.remove_column(place)
        accounts = accounts.append_column(column, pa.array(values.tolist()))
    return accounts


@pytest.fixture(scope="module")
def permuted(origins):
    order = np.random.default_rng(4).permutation(len(origins))
    for column in COLUMNS:
        place = origins.schema.get_field_index(column)
        origins = origins.set_column(place, column, origins.column(column).take(order))
    return origins


def test_permuting_them_changes_no_byte(world, files, origins, permuted):
    assert not origins.equals(permuted)
    first = files(world.exchanges, origins)
    assert json.loads(first["summary.json"])["n_campaigns"] >= 1
    assert files(world.exchanges, permuted) == first


def test_leaving_them_out_changes_no_byte(world, files, origins, plain):
    kept = origins.drop([c for c in COLUMNS if c != "declared_country"])
    assert files(world.exchanges, kept) == plain
    assert files(world.exchanges, origins.drop(list(COLUMNS))) == plain


@pytest.mark.parametrize("column", COLUMNS)
def test_no_signal_reads_them(column):
    for name, signal in signals.load().items():
        assert f"'{column}'" not in signal.select, name
        assert column not in signal.needs, name


@pytest.mark.slow
def test_a_signal_that_breaks_the_law_is_caught(world, files, origins, permuted, monkeypatch):
    """The same check on a detector that links accounts of one country: permuting must then show."""
    real = signals.load()
    bad = attribute("declared_country", Family.IDENTITY, values=("here", "there"))
    monkeypatch.setattr(signals, "load", lambda: real | {"shared_country": bad})
    first, second = files(world.exchanges, origins), files(world.exchanges, permuted)
    assert first != second
    bonds = [pq.read_table(io.BytesIO(found["bonds.parquet"])) for found in (first, second)]
    assert any("shared_country" in table.column("signal").to_pylist() for table in bonds)
