"""The commands that come in groups, and what all commands share."""

from stillwatch.commands import cases, lab

__all__ = ["cases", "lab"]
