"""The two short cuts that most signals are made with."""

from dataclasses import replace

import pyarrow as pa
import pytest

from stillwatch import signals
from stillwatch.errors import SettingsError
from stillwatch.model import Family
from stillwatch.settings import SignalSettings
from stillwatch.signals.signal import Example, Signal, Step, attribute, exchange_value

EXAMPLES = (Example(linked=True, because="x"),)


def test_an_attribute_signal_needs_that_attribute():
    signal = attribute("badge", Family.IDENTITY, values=("badge-1", "badge-2"))
    assert (signal.family, signal.needs) == (Family.IDENTITY, ("badge",))
    assert [example.linked for example in signal.examples] == [True, False]
    assert "name = 'badge'" in signal.select


def test_an_exchange_signal_may_look_at_some_rows_only(engine):
    signal = exchange_value("model", Family.CLIENT, examples=EXAMPLES, where="status = 'ok'")
    rows = pa.table(
        {"account_id": ["a", "a", "b"], "model": ["m", "m", "m"], "status": ["ok", "ok", "error"], "at": [3, 1, 2]}
    )
    found = engine.arrow(engine.query(signal.select, exchanges=rows)).read_all().to_pylist()
    assert found == [{"account_id": "a", "value": "m", "n": 2, "first_at": 1, "last_at": 3}]


def test_settings_for_a_signal_that_is_not_there_name_the_nearest(engine):
    with pytest.raises(SettingsError) as error:
        signals.find(engine, {"shared_paymnt": SignalSettings(enabled=False)})
    assert "shared_payment" in error.value.sentence()


def test_with_every_signal_off_there_are_no_traces(engine):
    found = signals.find(engine, dict.fromkeys(signals.load(), SignalSettings(enabled=False)))
    assert engine.arrow(found).read_all().num_rows == 0


def test_a_step_sees_those_before_it_and_its_table_is_its_signals_own(engine, monkeypatch):
    def stepped(least):
        often = f"SELECT account_id, COUNT(*) AS n FROM prints GROUP BY account_id HAVING COUNT(*) > {least}"
        steps = (Step("often", often, by="account_id"), Step("twice", "SELECT account_id, 2 * n AS n FROM often"))
        select = "SELECT account_id, CAST(n AS VARCHAR) AS value, n, NULL AS first_at, NULL AS last_at FROM twice"
        return Signal(Family.CLIENT, select, EXAMPLES, steps=steps)

    two = {"one": stepped(1), "two": replace(stepped(2), by="account_id")}
    monkeypatch.setattr(signals, "load", lambda: two)
    found = signals.find(engine, {}, prints=pa.table({"account_id": ["a", "b", "b", "c", "c", "c"]}))
    assert sorted((t["signal"], t["account_id"], t["n"]) for t in engine.arrow(found).read_all().to_pylist()) == [
        ("one", "b", 4), ("one", "c", 6), ("two", "c", 6),
    ]  # fmt: skip
