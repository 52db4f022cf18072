"""Two accounts were silent on exactly the same days between their first and their last request.

Why it is evidence: when the program behind many accounts stops, all of these accounts stop, on days that have no
meaning for other accounts.

How honest people share it: weekends and holidays. A pattern that many accounts share weighs little. Only whole days
count, so time zones have no effect.

How it is dodged: the operator keeps some accounts running, or pauses each account at random.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal

_DAYS_A = tuple({"account_id": "a", "at": f"2026-03-{day:02d}T09:00:00+00:00"} for day in (1, 2, 4, 5, 8, 9, 11, 12))
_DAYS_B = tuple({"account_id": "b", "at": f"2026-03-{day:02d}T21:00:00+00:00"} for day in (1, 2, 4, 5, 8, 9, 11, 12))
_OTHER = tuple({"account_id": "b", "at": f"2026-03-{day:02d}T21:00:00+00:00"} for day in (1, 3, 4, 6, 8, 10, 11, 12))

SIGNAL = Signal(
    family=Family.TEMPO,
    select="""
        SELECT account_id, STRING_AGG(CAST(day AS VARCHAR), ' ' ORDER BY day) AS value, SUM(n) AS n,
            MIN(first_at) AS first_at, MAX(last_at) AS last_at
        FROM (
            SELECT account_id, CAST("at" AS DATE) AS day, COUNT(*) AS n, MIN("at") AS first_at, MAX("at") AS last_at
            FROM exchanges
            GROUP BY account_id, CAST("at" AS DATE)
        ) AS days
        GROUP BY account_id
        HAVING COUNT(*) >= 6 AND DATE_DIFF('day', MIN(day), MAX(day)) - COUNT(*) >= 2
    """,
    examples=(
        Example(linked=True, because="the same three silent stretches", exchanges=(*_DAYS_A, *_DAYS_B)),
        Example(linked=False, because="each is silent on days of its own", exchanges=(*_DAYS_A, *_OTHER)),
    ),
)
