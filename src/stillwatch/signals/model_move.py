"""Two accounts moved to a new model within the same hour, at most two days after its first use in the log.

Why it is evidence: a harvest targets the strongest model, and one program switches all of its accounts at once. In a
published campaign, half of the traffic moved to a new model within a day of its release.

How honest people share it: enthusiasts and tools with an automatic default move on the day of a release. An hour in
which many accounts move weighs little.

How it is dodged: the operator moves the accounts one by one over weeks, and loses these weeks.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal


def _moves(account: str, minute: int) -> tuple[dict[str, object], ...]:
    return (
        {"account_id": account, "at": "2026-03-01T00:00:00+00:00", "model": "old"},
        {"account_id": account, "at": f"2026-03-05T11:{minute:02d}:00+00:00", "model": "new"},
    )


SIGNAL = Signal(
    family=Family.TEMPO,
    select="""
        SELECT uses.account_id, uses.model || ' ' || CAST(DATE_TRUNC('hour', uses.first_at) AS VARCHAR) AS value,
            uses.n, uses.first_at, uses.first_at AS last_at
        FROM (
            SELECT account_id, model, MIN("at") AS first_at, COUNT(*) AS n FROM exchanges GROUP BY account_id, model
        ) AS uses
        JOIN (SELECT model, MIN("at") AS released_at FROM exchanges GROUP BY model) AS releases
            ON releases.model = uses.model
        JOIN (SELECT account_id, MIN("at") AS begun_at FROM exchanges GROUP BY account_id) AS firsts
            ON firsts.account_id = uses.account_id
        CROSS JOIN (SELECT MIN("at") AS log_at FROM exchanges) AS log
        WHERE releases.released_at >= log.log_at + INTERVAL '1' DAY
            AND uses.first_at < releases.released_at + INTERVAL '2' DAY
            AND firsts.begun_at < uses.first_at
    """,
    examples=(
        Example(linked=True, because="both move in one hour", exchanges=(*_moves("a", 5), *_moves("b", 50))),
        Example(
            linked=False,
            because="neither had used another model before",
            exchanges=(
                {"account_id": "z", "at": "2026-03-01T00:00:00+00:00", "model": "old"},
                {"account_id": "a", "at": "2026-03-05T11:00:00+00:00", "model": "new"},
                {"account_id": "b", "at": "2026-03-05T11:00:00+00:00", "model": "new"},
            ),
        ),
    ),
)
