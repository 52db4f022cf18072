"""Two accounts wrap varying payloads in the same fixed text: its first or last words or lines, or its line labels.

Why it is evidence: a frame with a payload that changes every time is a template that a program fills. Each prompt has
several candidate parts. The part that the most accounts use is taken as the frame; a longer part counts more.

How honest people share it: users of a tool that adds its own words, public prompt templates, a benchmark run with its
usual harness, the tasks of one course, common phrases at the start of questions. All users of a tool share its frame,
so the frame counts only together with payloads that personal interests do not explain.

How it is dodged: the operator varies the words of the frame for each request, or uses no frame. Fixed words in the
middle of a line, with payload on both sides, are not detected. Neither is a frame of fewer than six words on one line
with the payload.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal, Step

_MOST_FRAMES = 16
"""Most frames per account, in order of use. It limits the cost of a busy account."""
_LEAST = 3
"""Fewest different prompts of one account that make their common part a frame."""

_PARTS = """
    (SELECT account_id, prompt_hash, "at", UNNEST(frame) AS part FROM prints WHERE frame IS NOT NULL)
"""

_HELD = f"""
    SELECT account_id, part
    FROM (
        SELECT p.account_id, p.part, p.prompt_hash
        FROM {_PARTS} AS p
        JOIN (
            SELECT account_id, part FROM {_PARTS} AS q GROUP BY account_id, part HAVING COUNT(*) >= {_LEAST}
        ) AS often ON often.account_id = p.account_id AND often.part = p.part
        GROUP BY p.account_id, p.part, p.prompt_hash
    ) AS asked
    GROUP BY account_id, part
    HAVING COUNT(*) >= {_LEAST}
"""
"""The parts that an account uses in enough different prompts. The inner query first drops the parts that an account
uses in too few prompts, which are most of them.
"""

_KNOWN = """
    SELECT k.part,
        CAST(k.n_accounts * (k.part % 16) * (k.part % 16) * 16 + k.part % 16 AS DECIMAL(18, 0))
            * CAST(9223372036854775808 AS DECIMAL(19, 0)) - k.part AS rank
    FROM (SELECT part, COUNT(*) AS n_accounts FROM held GROUP BY part) AS k
    CROSS JOIN (SELECT COUNT(DISTINCT account_id) AS n FROM prints) AS a
    WHERE k.n_accounts <= GREATEST(2, a.n / 2)
"""
"""The rank of each part. A part of more than half of all accounts is left out: it would give no link
(``links.hub_share``) and must not replace a rarer part. The others are ranked by accounts × weight², then by weight,
then by the smaller number. All three are digits of one number ``rank``, so that MAX finds the best part of a prompt
without sorting.
"""

_FRAMES = f"""
    SELECT account_id, CAST(part AS VARCHAR) AS value, n, first_at, last_at
    FROM (
        SELECT account_id, part, n, first_at, last_at,
            ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY n DESC, part) AS place
        FROM (
            SELECT f.account_id, k.part, COUNT(*) AS n, MIN(f.first_at) AS first_at, MAX(f.last_at) AS last_at
            FROM (
                SELECT p.account_id, MAX(h.rank) AS rank, MIN(p."at") AS first_at, MAX(p."at") AS last_at
                FROM {_PARTS} AS p
                JOIN (
                    SELECT h.account_id, h.part, k.rank FROM held AS h JOIN known AS k ON k.part = h.part
                ) AS h ON h.account_id = p.account_id AND h.part = p.part
                GROUP BY p.account_id, p.prompt_hash
            ) AS f
            JOIN known AS k ON k.rank = f.rank
            GROUP BY f.account_id, k.part
            HAVING COUNT(*) >= {_LEAST}
        ) AS frames
    ) AS placed
    WHERE place <= {_MOST_FRAMES}
"""
"""The frame of every prompt that has one, counted per account; the most used frames of each account."""


def _prints(account: str, *parts: int, different: int = 3) -> tuple[dict[str, object], ...]:
    """Return three prompts with *parts* of weight 4, *different* of them different."""
    frame = [part * 16 + 4 for part in parts]
    return tuple(
        {"account_id": account, "prompt_hash": parts[0] * 100 + i % different, "frame": frame} for i in range(3)
    )


SIGNAL = Signal(
    family=Family.CONTENT,
    steps=(Step("held", _HELD, by="account_id"), Step("known", _KNOWN)),
    select=_FRAMES,
    by="account_id",
    examples=(
        Example(linked=True, because="one frame, three payloads each", prints=(*_prints("a", 7), *_prints("b", 7))),
        Example(
            linked=True,
            because="of two parts the shared one is the frame",
            prints=(*_prints("a", 7, 3), *_prints("b", 7, 9)),
        ),
        Example(linked=False, because="different frames", prints=(*_prints("a", 7), *_prints("b", 8))),
        Example(
            linked=False,
            because="the beginning of one repeated prompt is no frame",
            prints=(*_prints("a", 7, different=1), *_prints("b", 7, different=1)),
        ),
    ),
    needs=("prompt",),
)
