"""Counts what each account did: one SELECT over exchanges, prints and attributes."""

from stillwatch.engine import Engine, Frame

__all__ = ["count"]

_WITHOUT_DEFAULTS = """
    SELECT c.account_id, CASE WHEN o.n_accounts <= {share} * t.n_accounts THEN c.organization_id END AS organization_id,
        c.n_exchanges, c.n_ok, c.output_tokens, c.n_measured, c.n_threaded, c.n_conversations, c.n_days,
        c.n_prompts, c.n_different, c.n_asking, c.first_at, c.last_at
    FROM counted AS c
    LEFT JOIN (SELECT organization_id, COUNT(*) AS n_accounts FROM counted GROUP BY organization_id) AS o
        ON o.organization_id = c.organization_id
    CROSS JOIN (SELECT COUNT(*) AS n_accounts FROM counted) AS t
"""

_DEFAULT_SHARE = 0.5
"""An organization named by more than this share of all accounts is a default value of the log, not a payer."""

_SELECT = """
    SELECT
        e.account_id,
        COALESCE(a.organization_id, e.organization_id) AS organization_id,
        e.n_exchanges, e.n_ok, e.output_tokens, e.n_measured, e.n_threaded, e.n_conversations, e.n_days,
        CAST(COALESCE(p.n_prompts, 0) AS BIGINT) AS n_prompts,
        CAST(COALESCE(p.n_different, 0) AS BIGINT) AS n_different,
        CAST(COALESCE(p.n_asking, 0) AS BIGINT) AS n_asking,
        e.first_at, e.last_at
    FROM (
        SELECT
            account_id,
            MIN(organization_id) AS organization_id,
            COUNT(*) AS n_exchanges,
            CAST(SUM(CASE WHEN status = 'ok' THEN 1 ELSE 0 END) AS BIGINT) AS n_ok,
            CAST(SUM(COALESCE(output_tokens, 0)) AS BIGINT) AS output_tokens,
            CAST(SUM(CASE WHEN status = 'ok' AND output_tokens IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS n_measured,
            COUNT(conversation_id) AS n_threaded,
            COUNT(DISTINCT conversation_id) AS n_conversations,
            COUNT(DISTINCT CAST("at" AS DATE)) AS n_days,
            MIN("at") AS first_at,
            MAX("at") AS last_at
        FROM exchanges
        GROUP BY account_id
    ) AS e
    LEFT JOIN (
        SELECT
            account_id,
            COUNT(*) AS n_prompts,
            COUNT(DISTINCT prompt_hash) AS n_different,
            SUM(CASE WHEN asks <> 0 THEN 1 ELSE 0 END) AS n_asking
        FROM prints
        WHERE prompt_hash <> 0
        GROUP BY account_id
    ) AS p ON p.account_id = e.account_id
    LEFT JOIN (
        SELECT account_id, MIN(value) AS organization_id
        FROM attributes
        WHERE name = 'organization_id'
        GROUP BY account_id
    ) AS a ON a.account_id = e.account_id
"""


def count(engine: Engine, *, exchanges: Frame, prints: Frame, attributes: Frame) -> Frame:
    """Return one row per account that has an exchange (schema ``tables.ACTIVITY``)."""
    counted = engine.partitioned(_SELECT, "account_id", exchanges=exchanges, prints=prints, attributes=attributes)
    return engine.query(_WITHOUT_DEFAULTS.format(share=_DEFAULT_SHARE), counted=counted)
