"""Two accounts sent their first request within the same hour, more than a day after the log begins.

Why it is evidence: accounts driven by one program start when the program is switched on.

How honest people share it: a course, an event or a release brings many people at once. An hour in which many accounts
start weighs little.

How it is dodged: the operator starts the accounts one by one over days.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal

_BEFORE = ({"account_id": "z", "at": "2026-03-01T00:00:00+00:00"},)

SIGNAL = Signal(
    family=Family.TEMPO,
    select="""
        SELECT firsts.account_id, CAST(DATE_TRUNC('hour', firsts.first_at) AS VARCHAR) AS value, firsts.n,
            firsts.first_at, firsts.first_at AS last_at
        FROM (SELECT account_id, MIN("at") AS first_at, COUNT(*) AS n FROM exchanges GROUP BY account_id) AS firsts
        CROSS JOIN (SELECT MIN("at") AS begun_at FROM exchanges) AS log
        WHERE firsts.first_at >= log.begun_at + INTERVAL '1' DAY
    """,
    examples=(
        Example(
            linked=True,
            because="both begin in one hour, days into the log",
            exchanges=(
                *_BEFORE,
                {"account_id": "a", "at": "2026-03-04T10:02:00+00:00"},
                {"account_id": "b", "at": "2026-03-04T10:41:00+00:00"},
            ),
        ),
        Example(
            linked=False,
            because="both are there when the log begins",
            exchanges=(
                {"account_id": "a", "at": "2026-03-01T00:02:00+00:00"},
                {"account_id": "b", "at": "2026-03-01T00:41:00+00:00"},
            ),
        ),
    ),
)
