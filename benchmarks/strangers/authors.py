"""Finds the crowds of each author, and says who is for tuning and who for reporting.

What a detector was tuned on reports nothing. So the split goes by author and never by seed.
"""

import importlib
import pkgutil

from strangers.compose import ORDINARY
from strangers.contract import Crowd

__all__ = ["REPORTING", "TUNING", "crowds_of", "ordinary_of"]

TUNING = ("alder",)
REPORTING = ("cedar", "dogwood")


def crowds_of(author: str) -> list[Crowd]:
    """Return every crowd of *author* but the ordinary people, by name; raises ``LookupError`` where there are none."""
    found = {name: crowd for name, crowd in _modules(author).items() if name != ORDINARY}
    if not found:
        raise LookupError(f"no crowd of {author}")
    return [found[name] for name in sorted(found)]


def ordinary_of(author: str) -> Crowd:
    """Return the ordinary people of *author*."""
    return _modules(author)[ORDINARY]


def _modules(author: str) -> dict[str, Crowd]:
    package = importlib.import_module(f"strangers.{author}")
    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        crowd = getattr(importlib.import_module(f"{package.__name__}.{info.name}"), "CROWD", None)
        if isinstance(crowd, Crowd):
            found[crowd.name] = crowd
    return found
