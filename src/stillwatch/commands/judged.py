"""What people decided, for commands that show it beside a scan: read where it is kept in a file, and never made."""

from collections.abc import Sequence
from typing import Any

from stillwatch.commands.rooms import room

__all__ = ["judged"]


def judged(settings: Any) -> Sequence[Any] | None:
    """Return how often scans were right as people judged them, or nothing where there are no cases to ask."""
    with room("cases.glimpse").glimpse(settings.cases) as look:
        return None if look is None else room("cases.feedback").precision(look)
