"""Finds the traces of accounts with signals. A signal is one module that names one way to link two accounts."""

import difflib
import sys

from stillwatch import plugins
from stillwatch.engine import Engine, Frame
from stillwatch.errors import ContractError, SettingsError
from stillwatch.settings import SignalSettings
from stillwatch.signals.signal import Example, Signal
from stillwatch.tables import TRACES

__all__ = ["Example", "Signal", "find", "load", "sentence"]


def load() -> dict[str, Signal]:
    """Return every signal by name, sorted. Raises ``ContractError`` where a ``SIGNAL`` is not a ``Signal``."""
    found = plugins.find(sys.modules[__name__], "SIGNAL", group="stillwatch.signals")
    for name, signal in found.items():
        if not isinstance(signal, Signal):
            raise ContractError(f"the signal {name!r} is not a Signal", where=f"{__name__}.{name}")
    return {name: signal for name, signal in found.items() if isinstance(signal, Signal)}


def sentence(name: str) -> str:
    """Return the first sentence of a signal's docstring, which analysts see as its explanation."""
    module = sys.modules.get(f"{__name__}.{name}")
    return (module.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ") if module else name


def find(engine: Engine, settings: dict[str, SignalSettings], **tables: Frame) -> Frame:
    """Return the traces (schema ``tables.TRACES``) of every enabled signal over attributes, exchanges and prints.

    A hub is the digest of signal and value, so the table holds no values. An account has a row for a value that no
    other account shares, too, because the weight of a link depends on how common sharing is.

    Raises ``SettingsError`` where *settings* name a signal that does not exist.
    """
    known = load()
    for name in settings:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            remedy = f"Did you mean signals.{nearest[0]}?" if nearest else "docs/reference/signals.md lists them."
            raise SettingsError(f"there is no signal {name!r}", where=f"settings signals.{name}", remedy=remedy)
    chosen = {n: s for n, s in known.items() if n not in settings or settings[n].enabled}
    if not chosen:
        return engine.query("SELECT * FROM empty LIMIT 0", empty=TRACES.schema.empty_table())
    own = {name: _answer(engine, name, signal, tables) for name, signal in chosen.items() if signal.steps or signal.by}
    selects = {name: f'SELECT * FROM "{name}"' if name in own else signal.select for name, signal in chosen.items()}
    queries = [
        f"SELECT '{name}' AS signal, '{signal.family}' AS family, MD5('{name}' || ':' || value) AS hub, account_id, "
        f"CAST(n AS BIGINT) AS n, first_at, last_at FROM ({selects[name]}) AS s WHERE value IS NOT NULL AND value <> ''"
        for name, signal in chosen.items()
    ]
    return engine.query(" UNION ALL ".join(queries), **tables, **own)


def _answer(engine: Engine, name: str, signal: Signal, tables: dict[str, Frame]) -> Frame:
    """Return the result of the SELECT of *signal*, after its steps. The tables of the steps are visible only here."""
    for step in signal.steps:
        if step.by:
            made = engine.partitioned(step.select, step.by, **tables)
        else:
            made = engine.write(f"steps/{name}/{step.table}", engine.query(step.select, **tables))
        tables = tables | {step.table: made}
    if signal.by:
        return engine.partitioned(signal.select, signal.by, **tables)
    return engine.query(signal.select, **tables)
