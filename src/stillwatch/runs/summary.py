"""Counts over the tables of a scan: the summary, and the exchanges per day."""

from typing import Any

import pyarrow as pa

from stillwatch import __version__, campaigns, signals
from stillwatch.engine import Engine, Frame
from stillwatch.settings import Settings
from stillwatch.tables import CAMPAIGNS, TIMELINE

__all__ = ["count_rows", "summary", "timeline"]


def count_rows(engine: Engine, rows: Frame) -> int:
    """Return how many rows a table of *engine* has."""
    counted = engine.query("SELECT COUNT(*) AS n FROM counted", counted=rows)
    return int(engine.arrow(counted).read_all().column("n")[0].as_py())


def timeline(engine: Engine, exchanges: Frame, members: pa.Table) -> pa.Table:
    """Return exchanges per day, of each campaign and of all accounts outside campaigns."""
    named = members.select(["account_id", "campaign_id"])
    rows = engine.query(
        """
        SELECT COALESCE(m.campaign_id, '') AS campaign_id, DATE_TRUNC('day', e."at") AS "at",
            COUNT(*) AS n_exchanges, COUNT(DISTINCT e.account_id) AS n_accounts
        FROM exchanges AS e
        LEFT JOIN members AS m ON m.account_id = e.account_id
        GROUP BY 1, 2
        ORDER BY 1, 2
        """,
        exchanges=exchanges,
        members=named,
    )
    return engine.arrow(rows).read_all().cast(TIMELINE.schema)


def summary(engine: Engine, activity: Frame, detection: campaigns.Detection, settings: Settings) -> dict[str, Any]:
    """Return what ``summary.json`` holds of a scan."""
    totals = engine.query(
        """
        SELECT COUNT(*) AS n_accounts, CAST(COALESCE(SUM(n_exchanges), 0) AS BIGINT) AS n_exchanges,
            CAST(MIN(first_at) AS VARCHAR) AS first_at, CAST(MAX(last_at) AS VARCHAR) AS last_at
        FROM activity
        """,
        activity=activity,
    )
    return {
        **engine.arrow(totals).read_all().to_pylist()[0],
        **detection.counts,
        "everywhere": detection.everywhere,
        "n_campaigns": len(detection.campaigns),
        "false_discovery_rate": settings.campaigns.false_discovery_rate,
        "settings_digest": settings.digest(),
        "signals": {
            **{
                name: {"family": str(s.family), "sentence": signals.sentence(name)}
                for name, s in signals.load().items()
            },
            **{name: {"family": str(f), "sentence": sentence} for name, (f, sentence) in campaigns.SENTENCES.items()},
        },
        "version": __version__,
        "columns": list(CAMPAIGNS.names),
    }
