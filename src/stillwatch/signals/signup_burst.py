"""Two accounts were opened within the same hour.

Why it is evidence: an operator opens accounts in bursts, and a burst exceeds the usual number per hour.

How honest people share it: a hackathon, a course, a launch or a mention in the press brings many people at once.

How it is dodged: the operator opens accounts slowly, at the rate of ordinary sign-ups.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal

SIGNAL = Signal(
    family=Family.TEMPO,
    select="""
        SELECT account_id, SUBSTRING(value, 1, 13) AS value, CAST(1 AS BIGINT) AS n,
            MIN(first_at) AS first_at, MAX(last_at) AS last_at
        FROM attributes
        WHERE name = 'created_at'
        GROUP BY account_id, SUBSTRING(value, 1, 13)
    """,
    examples=(
        Example(
            linked=True,
            because="minutes apart in one hour",
            attributes=(
                {"account_id": "a", "name": "created_at", "value": "2026-03-01T10:02:00+00:00"},
                {"account_id": "b", "name": "created_at", "value": "2026-03-01T10:41:00+00:00"},
            ),
        ),
        Example(
            linked=False,
            because="the same hour of another day",
            attributes=(
                {"account_id": "a", "name": "created_at", "value": "2026-03-01T10:02:00+00:00"},
                {"account_id": "b", "name": "created_at", "value": "2026-03-02T10:02:00+00:00"},
            ),
        ),
    ),
    needs=("created_at",),
)
