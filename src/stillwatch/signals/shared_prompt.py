"""Two accounts asked exactly the same, uncommon prompt of some length.

Why it is evidence: two people rarely write the same sentence; one worklist sampled twice repeats itself.

How honest people share it: a public benchmark, a classroom's assignment, a prompt that went around; short and common
prompts ("continue", "thank you") are left out or weigh nothing.

How it is dodged: dealing every payload once, or paraphrasing it.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal

SIGNAL = Signal(
    family=Family.CONTENT,
    select="""
        SELECT account_id, CAST(prompt_hash AS VARCHAR) AS value, COUNT(*) AS n,
            MIN("at") AS first_at, MAX("at") AS last_at
        FROM prints
        WHERE n_words >= 8
        GROUP BY account_id, prompt_hash
    """,
    examples=(
        Example(
            linked=True,
            because="one prompt of eight words or more",
            prints=(
                {"account_id": "a", "prompt_hash": 5, "n_words": 12},
                {"account_id": "b", "prompt_hash": 5, "n_words": 12},
            ),
        ),
        Example(
            linked=False,
            because="too short to mean anything",
            prints=(
                {"account_id": "a", "prompt_hash": 5, "n_words": 2},
                {"account_id": "b", "prompt_hash": 5, "n_words": 2},
            ),
        ),
    ),
    needs=("prompt",),
)
