"""Weighs hubs: a value shared by few strangers says much, one that many have says nothing.

An organization that pays openly for several accounts is one stranger, not many: what its seats share is counted once,
so a company that hides nothing links nobody. A hub's weight is the smaller of two surprises, in bits: its own rarity,
and how rarely accounts sit on any other hub of the signal that is as large (the hub itself is left out, so that a
campaign cannot teach the measure its own habits). Nothing enumerates pairs: the cost is linear in traces.
"""

from stillwatch.engine import Engine, Frame
from stillwatch.settings import LinksSettings, SignalSettings

__all__ = ["weigh"]

_SMALLER, _LARGER = 0.37, 1.4
"""Hubs of about one size: logarithms of how much smaller and larger, which no ratio of counts can meet exactly."""

_SELECT = """
    SELECT t.signal, t.family, t.hub, t.account_id, w.n_accounts, w.weight_micros
    FROM traces AS t
    JOIN (
        SELECT signal, hub, n_accounts,
            CAST(ROUND(1000000 * LEAST({max_bits}, strength * GREATEST(0, LEAST(rarity, surprise)))) AS BIGINT)
                AS weight_micros
        FROM (
            SELECT h.signal, h.hub, h.n_accounts, s.strength,
                LN(CAST(p.n_accounts AS DOUBLE) / h.n_accounts) / LN(2.0) AS rarity,
                LN((s.n_accounts + 1.0) / (a.n_alike - h.n_accounts + 1.0)) / LN(2.0) AS surprise
            FROM hubs AS h
            JOIN speakers AS s ON s.signal = h.signal
            JOIN alike AS a ON a.signal = h.signal AND a.n_units = h.n_units
            CROSS JOIN (SELECT COUNT(*) AS n_accounts FROM activity) AS p
        ) AS surprises
    ) AS w ON w.signal = t.signal AND w.hub = t.hub
    WHERE w.weight_micros > 0
"""

_ALIKE = """
    SELECT signal, n_units, CAST(SUM(n_accounts) OVER (
        PARTITION BY signal ORDER BY LN(n_units) RANGE BETWEEN {smaller} PRECEDING AND {larger} FOLLOWING
    ) AS BIGINT) AS n_alike
    FROM (
        SELECT signal, n_units, CAST(SUM(n_accounts) AS BIGINT) AS n_accounts FROM hubs GROUP BY signal, n_units
    ) AS sizes
"""
"""Accounts on the hubs of about one size, per signal and size: a signal has few sizes, however many hubs it has."""

_HUBS = """
    SELECT h.signal, h.hub, h.n_accounts, h.n_units
    FROM (
        SELECT signal, hub, COUNT(*) AS n_accounts, COUNT(DISTINCT unit) AS n_units
        FROM (
            SELECT DISTINCT t.signal, t.hub, t.account_id,
                COALESCE('o' || a.organization_id, 'a' || t.account_id) AS unit
            FROM traces AS t
            JOIN (SELECT signal, hub FROM traces GROUP BY signal, hub HAVING COUNT(*) > 1) AS several
                ON several.signal = t.signal AND several.hub = t.hub
            JOIN activity AS a ON a.account_id = t.account_id
        ) AS held
        GROUP BY signal, hub
    ) AS h
    CROSS JOIN (SELECT COUNT(*) AS n_accounts FROM activity) AS p
    WHERE h.n_units >= 2 AND h.n_accounts <= {hub_accounts}
        AND h.n_accounts <= GREATEST(2, {hub_share} * p.n_accounts)
"""
"""Most values are those of one account: they are left out before anything is counted apart."""


def weigh(
    engine: Engine,
    traces: Frame,
    activity: Frame,
    settings: LinksSettings,
    signals: dict[str, SignalSettings],
) -> Frame:
    """Return the links (schema ``tables.LINKS``) of *traces*; hubs above the caps and of one stranger give none."""
    # An account without an exchange in the log has nothing to be judged by.
    traces = engine.query(
        "SELECT t.* FROM traces AS t JOIN activity AS a ON a.account_id = t.account_id",
        traces=traces,
        activity=activity,
    )
    limits = _HUBS.format(hub_accounts=settings.hub_accounts, hub_share=settings.hub_share)
    hubs = engine.write("hubs", engine.query(limits, traces=traces, activity=activity))
    alike = engine.query(_ALIKE.format(smaller=_SMALLER, larger=_LARGER), hubs=hubs)
    strengths = " ".join(f"WHEN '{name}' THEN {s.strength}" for name, s in sorted(signals.items()))
    strength = f"CASE signal {strengths} ELSE 1.0 END" if strengths else "1.0"
    speakers = engine.query(
        f"SELECT signal, COUNT(DISTINCT account_id) AS n_accounts, {strength} AS strength FROM traces GROUP BY signal",
        traces=traces,
    )
    select = _SELECT.format(max_bits=settings.max_bits)
    return engine.query(select, traces=traces, hubs=hubs, alike=alike, speakers=speakers, activity=activity)
