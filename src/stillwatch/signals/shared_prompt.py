"""Two accounts sent exactly the same, uncommon prompt of at least eight words.

Why it is evidence: two people rarely write the same sentence. Accounts that sample from one worklist repeat its
prompts.

How honest people share it: a public benchmark, an assignment of a course, a prompt that many people copied. Short
prompts ("continue", "thank you") are left out, and common prompts weigh nothing.

How it is dodged: the operator sends every payload only once, or paraphrases it.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal, Step

_LONG = "n_words >= 8"

SIGNAL = Signal(
    family=Family.CONTENT,
    # Most prompts occur once, so only repeated prompts are counted per account. All prompts that occur once in an
    # account become one value, which says that the account sends long prompts.
    steps=(
        Step(
            "repeated",
            f"SELECT prompt_hash FROM prints WHERE {_LONG} GROUP BY prompt_hash HAVING COUNT(*) > 1",
            by="prompt_hash",
        ),
    ),
    select=f"""
        SELECT p.account_id, COALESCE(CAST(r.prompt_hash AS VARCHAR), 'only ' || p.account_id) AS value,
            COUNT(*) AS n, MIN(p."at") AS first_at, MAX(p."at") AS last_at
        FROM (SELECT account_id, prompt_hash, "at" FROM prints WHERE {_LONG}) AS p
        LEFT JOIN repeated AS r ON r.prompt_hash = p.prompt_hash
        GROUP BY p.account_id, r.prompt_hash
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
