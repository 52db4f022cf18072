"""Two accounts send the same, uncommon system prompt.

Why it is evidence: a system prompt is written once and sent by one program.

How honest people share it: users of one tool or one published prompt. The signal is in the family client, not content:
it shows which program runs, not who runs it or what is asked.

How it is dodged: the operator sends no system prompt, or a paraphrase for each account.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal

SIGNAL = Signal(
    family=Family.CLIENT,
    select="""
        SELECT account_id, CAST(system_hash AS VARCHAR) AS value, COUNT(*) AS n,
            MIN("at") AS first_at, MAX("at") AS last_at
        FROM prints
        WHERE system_hash <> 0
        GROUP BY account_id, system_hash
    """,
    examples=(
        Example(
            linked=True,
            because="one system prompt",
            prints=({"account_id": "a", "system_hash": 71}, {"account_id": "b", "system_hash": 71}),
        ),
        Example(
            linked=False,
            because="none on either side",
            prints=({"account_id": "a", "system_hash": 0}, {"account_id": "b", "system_hash": 0}),
        ),
    ),
    needs=("system_prompt",),
)
