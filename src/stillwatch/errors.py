"""Every error that Stillwatch raises on purpose, as a tree, grouped by the role that can act on it.

StillwatchError
├── SettingsError        the operator: a setting is missing, unknown or out of range (exit 2)
├── InputError           the data supplier: a source as a whole cannot be read (exit 3)
│   ├── FormatError      no supported log format fits the source (exit 3)
│   └── MissingError     no object of that name or number exists (exit 3)
├── EngineError          infrastructure: disk, memory, database, object storage (exit 4)
├── PolicyError          the action is refused by a rule (exit 2)
│   └── ChangedError     what a decision was made on has changed meanwhile (exit 2)
└── ContractError        the author of an extension: a plug-in breaks its contract (exit 4)

An error says what happened, where, and what to do. Messages never hold prompt text or raw identifiers: a position in
the source locates a row. Single rows that cannot be read become rejects, not errors.
"""

from typing import ClassVar


class StillwatchError(Exception):
    """Base of every error here; carries *what* happened, *where*, and a *remedy*."""

    exit_code: ClassVar[int] = 4

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def sentence(self) -> str:
        """Return the message for people, the same in the terminal and in the console."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        if text and text[-1] not in ".!?":
            text += "."
        return f"{text} {self.remedy}".rstrip()

    def __str__(self) -> str:
        return self.sentence()


class SettingsError(StillwatchError):
    """A setting is missing, unknown or out of range."""

    exit_code = 2


class InputError(StillwatchError):
    """A source as a whole cannot be read; single bad rows become rejects instead."""

    exit_code = 3


class FormatError(InputError):
    """No supported log format fits the source."""


class MissingError(InputError):
    """No object of that name or number exists."""


class EngineError(StillwatchError):
    """Disk, memory, a database or object storage failed."""


class PolicyError(StillwatchError):
    """Refused on purpose, to keep somebody safe."""

    exit_code = 2


class ChangedError(PolicyError):
    """Refused, because what was on the screen when somebody decided has changed since."""


class ContractError(StillwatchError):
    """An extension breaks the contract of its kind."""
