"""Cuts a log back to an earlier moment, as far as the data record when each row became known."""

from datetime import UTC, datetime

from stillwatch.engine import Engine, Frame

__all__ = ["before", "known_before"]


def before(engine: Engine, rows: Frame, moment: datetime) -> Frame:
    """Return the rows of *rows* (exchanges or prints) whose ``at`` is before *moment*."""
    return engine.query(f'SELECT * FROM logged WHERE "at" < {_literal(moment)}', logged=rows)


def known_before(engine: Engine, attributes: Frame, moment: datetime) -> Frame:
    """Return the attributes that were known before *moment*.

    An account created later has no attributes. An account closed later has neither ``closed_at`` nor ``status``,
    because its status says that it is closed. An account verified later has neither ``verified_at`` nor
    ``verification``. The data do not record when other attributes changed, so a payment card that was changed after
    *moment* stays.
    """
    return engine.query(
        f"""
        SELECT a.account_id, a.name, a.value, a.first_at, a.last_at
        FROM attributes AS a
        LEFT JOIN (
            SELECT DISTINCT account_id FROM attributes
            WHERE name = 'closed_at' AND CAST(value AS TIMESTAMPTZ) >= {_literal(moment)}
        ) AS closed ON closed.account_id = a.account_id
        LEFT JOIN (
            SELECT DISTINCT account_id FROM attributes
            WHERE name = 'verified_at' AND CAST(value AS TIMESTAMPTZ) >= {_literal(moment)}
        ) AS verified ON verified.account_id = a.account_id
        WHERE (a.first_at IS NULL OR a.first_at < {_literal(moment)})
            AND (closed.account_id IS NULL OR a.name NOT IN ('closed_at', 'status'))
            AND (verified.account_id IS NULL OR a.name NOT IN ('verified_at', 'verification'))
        """,
        attributes=attributes,
    )


def _literal(moment: datetime) -> str:
    return f"CAST('{moment.astimezone(UTC).isoformat(sep=' ')}' AS TIMESTAMPTZ)"
