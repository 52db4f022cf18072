"""Ways in which two accounts can be linked: one file each, found by name; together they write ``traces``."""

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
    """Return every signal by name, in order of name; raises ``ContractError`` where one breaks its contract."""
    found = plugins.find(sys.modules[__name__], "SIGNAL")
    for name, signal in found.items():
        if not isinstance(signal, Signal):
            raise ContractError(f"the signal {name!r} is not a Signal", where=f"{__name__}.{name}")
    return {name: signal for name, signal in found.items() if isinstance(signal, Signal)}


def sentence(name: str) -> str:
    """Return the first sentence of a signal's docstring: the explanation that analysts see."""
    module = sys.modules.get(f"{__name__}.{name}")
    return (module.__doc__ or "").strip().splitlines()[0] if module else name


def find(engine: Engine, settings: dict[str, SignalSettings], **tables: Frame) -> Frame:
    """Return the traces (schema ``tables.TRACES``) of every enabled signal over attributes, exchanges and prints.

    Raises ``SettingsError`` where *settings* name a signal that
    there is not.

    A hub is the digest of signal and value, so a trace never carries a value. Values that one account alone has stay:
    how common a value is can only be judged against them.
    """
    known = load()
    for name in settings:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            remedy = f"Did you mean signals.{nearest[0]}?" if nearest else "docs/reference/signals.md lists them."
            raise SettingsError(f"there is no signal {name!r}", where=f"settings signals.{name}", remedy=remedy)
    chosen = [(n, s) for n, s in known.items() if n not in settings or settings[n].enabled]
    parts = [
        f"SELECT '{name}' AS signal, '{signal.family}' AS family, MD5('{name}' || ':' || value) AS hub, account_id, "
        f"CAST(n AS BIGINT) AS n, first_at, last_at FROM ({signal.select}) AS s WHERE value IS NOT NULL AND value <> ''"
        for name, signal in chosen
    ]
    if not parts:
        return engine.query("SELECT * FROM empty LIMIT 0", empty=TRACES.schema.empty_table())
    return engine.query(" UNION ALL ".join(parts), **tables)
