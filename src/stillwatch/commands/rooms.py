"""Loads a room when a command needs it, so that ``--help`` does not wait for numba."""

import importlib
from typing import Any

__all__ = ["library", "room"]


def room(name: str) -> Any:
    """Return the room or module of ours that is called *name*, such as ``cases.decisions.judgements``."""
    return importlib.import_module(f"stillwatch.{name}")


def library(name: str) -> Any:
    """Return somebody else's module that is called *name*."""
    return importlib.import_module(name)
