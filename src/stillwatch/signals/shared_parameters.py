"""Two accounts use the same, uncommon combination of sampling parameters.

Why it is evidence: one program sends the same temperature, output limit, streaming flag and number of tools in all of
its accounts.

How honest people share it: the defaults of a popular tool. Such combinations are so common that they weigh nothing.

How it is dodged: the operator draws the parameters at random for each account.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal

SIGNAL = Signal(
    family=Family.CLIENT,
    select="""
        SELECT account_id, value, COUNT(*) AS n, MIN("at") AS first_at, MAX("at") AS last_at
        FROM (
            SELECT account_id, "at",
                CAST(CAST(ROUND(CAST(temperature AS DOUBLE) * 1000) AS INTEGER) AS VARCHAR) || '/'
                || CAST(max_output_tokens AS VARCHAR) || '/'
                || CASE WHEN stream THEN 's' ELSE 'b' END || '/'
                || CAST(COALESCE(n_tools, 0) AS VARCHAR) AS value
            FROM exchanges
            WHERE temperature IS NOT NULL AND max_output_tokens IS NOT NULL
        ) AS tuples
        GROUP BY account_id, value
        HAVING COUNT(*) >= 3
    """,
    needs=("temperature", "max_output_tokens"),
    examples=(
        Example(
            linked=True,
            because="both accounts keep to one odd combination",
            exchanges=(
                {"account_id": "a", "temperature": 0.73, "max_output_tokens": 3877, "stream": False},
                {"account_id": "a", "temperature": 0.73, "max_output_tokens": 3877, "stream": False},
                {"account_id": "a", "temperature": 0.73, "max_output_tokens": 3877, "stream": False},
                {"account_id": "b", "temperature": 0.73, "max_output_tokens": 3877, "stream": False},
                {"account_id": "b", "temperature": 0.73, "max_output_tokens": 3877, "stream": False},
                {"account_id": "b", "temperature": 0.73, "max_output_tokens": 3877, "stream": False},
            ),
        ),
        Example(
            linked=False,
            because="each keeps to its own",
            exchanges=(
                {"account_id": "a", "temperature": 0.73, "max_output_tokens": 3877},
                {"account_id": "a", "temperature": 0.73, "max_output_tokens": 3877},
                {"account_id": "a", "temperature": 0.73, "max_output_tokens": 3877},
                {"account_id": "b", "temperature": 0.2, "max_output_tokens": 512},
                {"account_id": "b", "temperature": 0.2, "max_output_tokens": 512},
                {"account_id": "b", "temperature": 0.2, "max_output_tokens": 512},
            ),
        ),
    ),
)
