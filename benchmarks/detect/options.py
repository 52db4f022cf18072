"""Holds the options of one run; the arguments of a task contain everything that decides its result."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["REAL_ONLY", "Options"]

REAL_ONLY = ("windows", "templates")
"""Pieces that read real prompts and need a folder of real parts."""


@dataclass(frozen=True)
class Options:
    """The command line. ``scale`` multiplies the accounts of every world; the number of days stays the same."""

    seeds: tuple[int, ...] = (11, 12, 13, 14, 15)
    scale: float = 1.0
    parts: Path | None = None
    jobs: int = 2
    calm: int = 500
    crowds: int = 100
    rounds: int = 12
    adapt_accounts: int = 5_000
    early_start: int = 20
    early_days: int = 10
    peers_python: str = ""
    peer_accounts: int = 100
    peer_prompts: int = 150
    memory_limit: str = "3GB"

    def parts_digest(self) -> str:
        """Return a digest of the file names and sizes in the folder of parts, without its name."""
        if self.parts is None:
            return "embedded"
        files = sorted((path.name, path.stat().st_size) for path in self.parts.iterdir() if path.is_file())
        return hashlib.sha256(repr(files).encode()).hexdigest()[:12]

    def size(self, accounts: int, least: int = 1) -> int:
        """Return *accounts* times the scale of this run, but at least *least*."""
        return max(least, round(accounts * self.scale))

    def shared(self) -> dict[str, Any]:
        """Return the arguments that decide every result."""
        return {"scale": self.scale, "parts": self.parts_digest()}
