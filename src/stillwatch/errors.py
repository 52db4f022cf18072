"""Every error Stillwatch raises on purpose, drawn as a tree and grouped by who can act on it.

StillwatchError
├── SettingsError        the operator: a setting is missing, unknown or out of range (exit 2)
├── InputError           the supplier of data: nothing in a source can be read as what it claims to be (exit 3)
│   ├── FormatError      no supported log format fits the source (exit 3)
│   └── MissingError     nothing of that name or number is here (exit 3)
├── EngineError          infrastructure: disk, memory, database, object storage (exit 4)
├── PolicyError          refused on purpose, to keep somebody safe (exit 2)
└── ContractError        the author of an extension: a plug-in breaks its contract (exit 4)

An error answers three questions: what happened, where, and what to do now. Messages never carry prompt text or
raw identifiers: a source position locates a row, and rows that cannot be read become rejects, not errors.
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
    """Nothing of that name or number is here."""


class EngineError(StillwatchError):
    """Disk, memory, a database or object storage failed."""


class PolicyError(StillwatchError):
    """Refused on purpose, to keep somebody safe."""

    exit_code = 2


class ContractError(StillwatchError):
    """An extension breaks the contract of its kind."""
