"""Every signal, present and future: paragraphs, examples that link as stated, order and names that do not matter."""

import datetime as dt
import inspect
import random

import pyarrow as pa
import pytest

from stillwatch import signals
from stillwatch.engine import DuckDBEngine
from stillwatch.model import Family
from stillwatch.signals import signal as contract
from stillwatch.tables import ATTRIBUTES, EXCHANGES, PRINTS, TRACES

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
SIGNALS = signals.load()
CASES = [(name, i) for name, s in SIGNALS.items() for i in range(len(s.examples))]
DEFAULTS = {"at": AT, "model": "m", "status": "ok", "n_words": 20, "capability": -1, "asks": 0}


def _table(schema, rows, columns):
    full = []
    for i, row in enumerate(rows):
        base = dict.fromkeys(columns)
        for column in schema:
            if not column.nullable:
                base[column.name] = DEFAULTS.get(column.name, f"x{i}" if pa.types.is_string(column.type) else 0)
        base.update(row)
        for key, value in base.items():
            if isinstance(value, str) and key.endswith("at") and pa.types.is_timestamp(schema.field(key).type):
                base[key] = dt.datetime.fromisoformat(value)
        full.append(base)
    return pa.Table.from_pylist(full, schema=schema)


def _tables(example):
    return {
        "attributes": _table(ATTRIBUTES.schema, example.attributes, ATTRIBUTES.names),
        "exchanges": _table(EXCHANGES.schema, example.exchanges, EXCHANGES.names),
        "prints": _table(PRINTS.schema, example.prints, PRINTS.names),
    }


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with DuckDBEngine(tmp_path_factory.mktemp("engine"), threads=1) as engine:
        yield engine


def _traces(engine, tables, name):
    only = {n: contract_settings(n == name) for n in SIGNALS}
    found = signals.find(engine, only, **tables)
    assert found.schema.names == list(TRACES.names)
    return engine.arrow(found).read_all().to_pylist()


def contract_settings(enabled):
    from stillwatch.settings import SignalSettings

    return SignalSettings(enabled=enabled)


def _shared_hubs(traces):
    holders = {}
    for trace in traces:
        holders.setdefault(trace["hub"], set()).add(trace["account_id"])
    return {hub for hub, accounts in holders.items() if {"a", "b"} <= accounts}


def test_there_are_at_least_fourteen_over_five_families():
    assert len(SIGNALS) >= 14
    assert {s.family for s in SIGNALS.values()} == set(Family)


@pytest.mark.parametrize("name", SIGNALS)
def test_docstring_has_its_four_paragraphs(name):
    doc = inspect.getdoc(inspect.getmodule(__import__(f"stillwatch.signals.{name}", fromlist=["x"])))
    paragraphs = doc.split("\n\n")
    assert len(paragraphs) == 4, "what is shared; why; how honest people share it; how it is dodged"
    assert [p.split(":")[0] for p in paragraphs[1:]] == [
        "Why it is evidence",
        "How honest people share it",
        "How it is dodged",
    ]
    assert signals.sentence(name).startswith(("Two accounts", "An account"))
    assert signals.sentence(name).endswith(".")


@pytest.mark.parametrize("name", SIGNALS)
def test_examples_show_both_sides(name):
    assert {example.linked for example in SIGNALS[name].examples} == {True, False}


@pytest.mark.parametrize(("name", "i"), CASES)
def test_examples_link_as_stated(engine, name, i):
    example = SIGNALS[name].examples[i]
    assert bool(_shared_hubs(_traces(engine, _tables(example), name))) is example.linked, example.because


@pytest.mark.parametrize("name", SIGNALS)
def test_order_of_rows_and_names_of_accounts_do_not_matter(engine, name):
    example = SIGNALS[name].examples[0]
    tables = _tables(example)
    rng = random.Random(5)
    shuffled = {}
    renamed = {"a": "zeta", "b": "alpha"}
    for key, table in tables.items():
        order = list(range(len(table)))
        rng.shuffle(order)
        rows = table.take(order).to_pylist() if order else []
        for row in rows:
            row["account_id"] = renamed.get(row["account_id"], row["account_id"])
        shuffled[key] = pa.Table.from_pylist(rows, schema=table.schema)
    plain = sorted(
        (t["hub"], renamed.get(t["account_id"], t["account_id"]), t["n"]) for t in _traces(engine, tables, name)
    )
    other = sorted((t["hub"], t["account_id"], t["n"]) for t in _traces(engine, shuffled, name))
    assert plain == other


@pytest.mark.parametrize("name", SIGNALS)
def test_nothing_in_nothing_out(engine, name):
    nothing = contract.Example(linked=False, because="empty")
    assert _traces(engine, _tables(nothing), name) == []


@pytest.mark.parametrize("name", SIGNALS)
def test_hub_never_carries_the_value(engine, name):
    for trace in _traces(engine, _tables(SIGNALS[name].examples[0]), name):
        assert len(trace["hub"]) == 32
        assert set(trace["hub"]) <= set("0123456789abcdef")
