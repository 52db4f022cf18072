"""Two accounts wrap varying payloads in the same fixed words at the beginning or the end of a prompt.

Why it is evidence: a frame with a payload that changes every time is a template that a program fills.

How honest people share it: users of a tool that puts its own words around theirs, public prompt templates, tasks of one
course. Who shares a tool shares its frame, so the frame weighs only together with payloads that no taste explains.

How it is dodged: drawing the frame's words anew for each request, or no frame at all.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal


def _edge(column: str, letter: str) -> str:
    return f"""
        SELECT account_id, '{letter}' || CAST({column} AS VARCHAR) AS value,
            COUNT(DISTINCT prompt_hash) AS n, MIN("at") AS first_at, MAX("at") AS last_at
        FROM prints
        WHERE {column} <> 0
        GROUP BY account_id, {column}
        HAVING COUNT(DISTINCT prompt_hash) >= 3
    """


def _prints(account: str, head: int) -> tuple[dict[str, object], ...]:
    return tuple({"account_id": account, "prompt_hash": head * 100 + i, "head_hash": head} for i in range(3))


SIGNAL = Signal(
    family=Family.CONTENT,
    select=f"{_edge('head_hash', 'h')} UNION ALL {_edge('tail_hash', 't')}",
    examples=(
        Example(
            linked=True,
            because="one beginning, three payloads each",
            prints=(*_prints("a", 7), *_prints("b", 7)),
        ),
        Example(linked=False, because="different beginnings", prints=(*_prints("a", 7), *_prints("b", 8))),
        Example(
            linked=False,
            because="the beginning of one repeated prompt is no frame",
            prints=({"account_id": "a", "prompt_hash": 1, "head_hash": 7},) * 3
            + ({"account_id": "b", "prompt_hash": 1, "head_hash": 7},) * 3,
        ),
    ),
    needs=("prompt",),
)
