"""An account was opened within three hours of the hour in which another account was closed.

Why it is evidence: an operator replaces the accounts that it loses, so openings follow closures.

How honest people share it: people open accounts at all hours, so a common hour weighs nothing. A person who is locked
out of an account opens a second one.

How it is dodged: the operator opens spare accounts long before it needs them.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal

SIGNAL = Signal(
    family=Family.TEMPO,
    # One hub per hour with a closure. It holds the accounts opened in the three hours from the start of that hour, and
    # the closed account where it was the only one. So a sweep that closes many accounts does not link them.
    select="""
        SELECT account_id, value, CAST(1 AS BIGINT) AS n, MIN(first_at) AS first_at, MAX(last_at) AS last_at
        FROM (
            SELECT opened.account_id, closed.value, opened.first_at, opened.last_at
            FROM (SELECT DISTINCT SUBSTRING(value, 1, 13) AS value FROM attributes WHERE name = 'closed_at') AS closed
            JOIN (
                SELECT account_id, first_at, last_at, CAST(value AS TIMESTAMP) AS opened_at
                FROM attributes WHERE name = 'created_at'
            ) AS opened
                ON opened.opened_at >= CAST(closed.value || ':00:00' AS TIMESTAMP)
                AND opened.opened_at < CAST(closed.value || ':00:00' AS TIMESTAMP) + INTERVAL '3' HOUR
            UNION ALL
            SELECT MIN(account_id) AS account_id, SUBSTRING(value, 1, 13) AS value,
                MIN(first_at) AS first_at, MAX(last_at) AS last_at
            FROM attributes
            WHERE name = 'closed_at'
            GROUP BY SUBSTRING(value, 1, 13)
            HAVING COUNT(DISTINCT account_id) = 1
        ) AS turns
        GROUP BY account_id, value
    """,
    examples=(
        Example(
            linked=True,
            because="one closes, the other opens an hour later",
            attributes=(
                {"account_id": "a", "name": "closed_at", "value": "2026-03-01T10:02:00+00:00"},
                {"account_id": "b", "name": "created_at", "value": "2026-03-01T11:41:00+00:00"},
            ),
        ),
        Example(
            linked=False,
            because="it opens days later",
            attributes=(
                {"account_id": "a", "name": "closed_at", "value": "2026-03-01T10:02:00+00:00"},
                {"account_id": "b", "name": "created_at", "value": "2026-03-04T11:41:00+00:00"},
            ),
        ),
    ),
    needs=("created_at", "closed_at"),
)
