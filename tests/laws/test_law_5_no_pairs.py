"""Law 5: nothing enumerates pairs inside a large group. Rows and edges grow with traces; a table of pairs is caught."""

import datetime as dt
import itertools
import json

import networkit as nk
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stillwatch import signals
from stillwatch.campaigns import grouping, twins
from stillwatch.campaigns.coordination import Sharing
from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.population import load
from stillwatch.engine import DuckDBEngine
from stillwatch.links import weigh
from stillwatch.settings import LinksSettings, SignalSettings
from stillwatch.tables import ACTIVITY, ATTRIBUTES, EXCHANGES, PRINTS, PROFILES

SIZES = (2_000, 8_000, 32_000)
AT = pa.scalar(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), pa.timestamp("us", tz="UTC"))
DIMENSIONS = 16


class CountingEngine(DuckDBEngine):
    """Counts the rows that every operator of every query puts out, those that never leave the query among them."""

    def __init__(self, folder):
        super().__init__(folder, threads=1)
        self.rows = 0

    def query(self, sql, **tables):
        found = super().query(sql, **tables)
        plan = self._database.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM {found.name}").fetchall()[0][1]
        self.rows += sum(map(_rows_put_out, json.loads(plan)["operator"]))
        return found


def _rows_put_out(operator):
    return operator["intermediate_rows"] + sum(map(_rows_put_out, operator.get("children", ())))


def _activity(size):
    names = pc.binary_join_element_wise("acct-", pa.array(np.arange(size)).cast(pa.string()), "")
    columns = []
    for field in ACTIVITY.schema:
        if field.name == "account_id":
            columns.append(names)
        elif field.name == "organization_id":
            columns.append(pa.nulls(size, pa.string()))
        elif field.name in {"first_at", "last_at"}:
            columns.append(pa.array(np.arange(size) + AT.value, field.type))
        else:
            columns.append(pa.array(np.full(size, 10), field.type))
    return pa.Table.from_arrays(columns, schema=ACTIVITY.schema)


def _one_card(size):
    """Attributes of *size* accounts that all have one card, among as many that have their own."""
    names = _activity(2 * size).column("account_id")
    own = pc.binary_join_element_wise("card-", pa.array(np.arange(2 * size)).cast(pa.string()), "")
    values = pc.if_else(pa.array(np.arange(2 * size) < size), "the one", own)
    return pa.Table.from_arrays(
        [
            names,
            pa.array(["payment_fingerprint"] * 2 * size),
            values,
            pa.nulls(2 * size, AT.type),
            pa.nulls(2 * size, AT.type),
        ],
        schema=ATTRIBUTES.schema,
    )


def _links(engine, size, weighing):
    only = {name: SignalSettings(enabled=name == "shared_payment") for name in signals.load()}
    traces = engine.write(
        "traces",
        signals.find(
            engine, only,
            attributes=_one_card(size), exchanges=EXCHANGES.schema.empty_table(), prints=PRINTS.schema.empty_table(),
        ),
    )  # fmt: skip
    activity = engine.write("activity", _activity(2 * size))
    return engine.arrow(weighing(engine, traces, activity, LinksSettings(), {})).read_all()


def _work(engine, size, weighing):
    before = engine.rows
    return len(_links(engine, size, weighing)), engine.rows - before


_EVERY_PAIR = """
    SELECT l.account_id, r.account_id AS other FROM traces AS l
    JOIN traces AS r ON r.hub = l.hub AND l.account_id < r.account_id
"""


def _pairs(engine, traces, *_):
    """What the law forbids: one row per pair of accounts that share a value."""
    return engine.query(_EVERY_PAIR, traces=traces)


def _hidden_pairs(engine, traces, *_):
    """The same inside a query that puts out one row per account."""
    return engine.query(
        f"SELECT account_id, COUNT(*) AS n FROM ({_EVERY_PAIR}) AS pairs GROUP BY account_id", traces=traces
    )


def _is_linear(counts, sizes):
    """Whether counts grow no faster than sizes, with a fifth to spare."""
    growth = zip(itertools.pairwise(counts), itertools.pairwise(sizes), strict=True)
    return all(b / a <= 1.2 * t / s for (a, b), (s, t) in growth)


@pytest.fixture
def engine(tmp_path):
    with CountingEngine(tmp_path) as engine:
        yield engine


def test_links_of_one_large_hub_are_one_row_per_account(engine):
    found = [_work(engine, size, weigh) for size in SIZES]
    assert [links for links, _ in found] == list(SIZES)
    assert _is_linear([rows for _, rows in found], SIZES)


@pytest.mark.parametrize("forbidden", [_pairs, _hidden_pairs])
def test_pairs_would_be_caught_in_a_table_and_inside_a_query(engine, forbidden):
    sizes = (200, 800)
    rows = [_work(engine, size, forbidden)[1] for size in sizes]
    assert rows[-1] >= 800 * 799 // 2
    assert not _is_linear(rows, sizes)


def _edges(monkeypatch, size, forming):
    """Return the edges of every graph that is made while candidates are formed from one hub of *size* accounts."""
    edges = []
    real = nk.GraphFromCoo

    def counting(data, *arguments, **named):
        edges.append(len(data[0]))
        return real(data, *arguments, **named)

    monkeypatch.setattr(nk, "GraphFromCoo", counting)
    population = load(_activity(size), PROFILES.schema.empty_table())
    found = forming(population, _hub_of_all(population))
    monkeypatch.undo()
    return found, sum(edges)


def _hub_of_all(population):
    size = len(population)
    return grouping.Bonds(
        np.arange(size), np.zeros(size, np.int64), np.zeros(size, np.int64), np.full(size, 6.0),
        ["shared_payment"], ["identity"], ["hub"],
    )  # fmt: skip


def _form(population, bonds):
    none = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    return grouping.seeds(population, bonds, (none, none), min_accounts=5, seed=1)


def _form_by_pairs(population, bonds):
    left, right = np.triu_indices(len(population), 1)
    nk.GraphFromCoo(
        (np.ones(len(left)), (left.astype(np.uint64), right.astype(np.uint64))), n=len(population), weighted=True
    )
    return _form(population, bonds)


def test_the_graph_of_one_large_hub_has_one_edge_per_account(monkeypatch):
    counts = []
    for size in SIZES:
        found, edges = _edges(monkeypatch, size, _form)
        assert [len(seed.members) for seed in found] == [size]
        counts.append(edges)
    assert counts == list(SIZES)


def test_a_graph_of_pairs_would_be_caught(monkeypatch):
    sizes = (100, 400)
    counts = [_edges(monkeypatch, size, _form_by_pairs)[1] for size in sizes]
    assert not _is_linear(counts, sizes)


def test_testing_a_large_group_looks_at_each_of_its_links_once(monkeypatch):
    for size in SIZES:
        population = load(_activity(size), PROFILES.schema.empty_table())
        sharing = Sharing(population, _hub_of_all(population))
        assert len(sharing.bonds_of(np.arange(size))) == size
        assert len(sharing.test(np.arange(size))) == 1


def _worklist(size):
    """Profiles of *size* accounts that were all dealt one worklist."""
    random = np.random.default_rng(1)
    rows = random.normal(0, 0.2, (size, 4, DIMENSIONS)) + 0.2
    scaled = np.rint(rows * 127).astype(np.int64)
    names = _activity(size).column("account_id")
    columns = [
        names, pa.array(np.zeros(size, np.int8)), pa.array(np.full(size, 4)), pa.array((scaled**2).sum(axis=(1, 2))),
        pa.array([row.tobytes() for row in scaled.sum(axis=1).astype("<i4")], pa.binary()),
        pa.array([bytes(4 * 11)] * size, pa.binary()),
    ]  # fmt: skip
    return load(_activity(size), pa.Table.from_arrays(columns, schema=PROFILES.schema))


def test_twins_in_one_large_worklist_are_a_few_edges_per_account():
    sizes = (500, 2_000, 8_000)
    counts = [len(twins.find(_worklist(size).whole, Tastes(0.8, 0.4, 0.3))[0]) for size in sizes]
    assert counts[0] > 0
    assert all(count <= twins.NEIGHBOURS * size for count, size in zip(counts, sizes, strict=True))
