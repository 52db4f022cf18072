"""Follows the decisions, and publishes a snapshot within a second of a change."""

import time
from collections.abc import Callable

from stillwatch.enforcement.publishing.publisher import Publisher
from stillwatch.errors import StillwatchError

__all__ = ["follow"]

PAUSE_S = 0.5
"""Seconds between two looks at the database. A change is to hold everywhere within two."""


def follow(publisher: Publisher, say: Callable[[str], None], *, pause: Callable[[float], None] = time.sleep) -> None:
    """Publish until the process is told to end. A problem is said once, when it begins and when it is over.

    A fault leaves the snapshot as it is. Gateways go on with it, and its age shows that nobody publishes.
    """
    problem = ""
    while True:
        try:
            snapshot = publisher.step()
        except StillwatchError as error:
            if error.sentence() != problem:
                problem = error.sentence()
                say(problem)
        else:
            if snapshot is not None and problem:
                say(f"Snapshots are published again: {snapshot.number}.")
                problem = ""
        pause(PAUSE_S)
