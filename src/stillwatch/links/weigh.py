"""Weighs the hubs of traces: a hub shared by few strangers weighs much, a hub shared by many weighs nothing.

An organization that pays openly for several accounts counts as one stranger. So accounts that only share values within
one such organization are not linked. A hub's weight is the smaller of two surprises, in bits: its own rarity, and the
rarity of accounts on other hubs of the same signal and about the same size. The hub itself is left out of the second
one, so that a campaign does not lower its own weight. No step enumerates pairs of accounts; the cost is linear in the
number of traces.
"""

from stillwatch.engine import Engine, Frame
from stillwatch.settings import LinksSettings, SignalSettings

__all__ = ["weigh"]

_SMALLER, _LARGER = 0.37, 1.4
"""Sizes within these natural logarithms of the ratio count as about equal; no ratio of counts is exactly a limit."""

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
"""Number of accounts on hubs of about one size, per signal and size. A signal has many hubs but few sizes."""

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
"""Sizes of the hubs below the caps. Most hubs have one account; they are dropped before distinct counts are made."""


def weigh(
    engine: Engine,
    traces: Frame,
    activity: Frame,
    settings: LinksSettings,
    signals: dict[str, SignalSettings],
) -> Frame:
    """Return the links (schema ``tables.LINKS``) of *traces*.

    Hubs above the caps of *settings*, and hubs of only one stranger, give no link.
    """
    # An account without an exchange in the log is not tested.
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
