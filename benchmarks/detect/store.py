"""Stores results: one JSON file per piece and seed, valid for one set of arguments."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import stillwatch

__all__ = ["Store", "code_digest"]

_AFTER_A_SCAN = {"cases", "cli.py", "commands", "console", "delivery", "report", "signing"}


@cache
def code_digest() -> str:
    """Return a digest of the package's source, so that the page can say that its results come from different versions.

    It covers only the code that builds and scans worlds. Code that runs after a scan changes no figure.
    """
    digest, root = hashlib.sha256(), Path(stillwatch.__file__).parent
    for path in sorted(root.rglob("*.py")):
        if path.relative_to(root).parts[0] not in _AFTER_A_SCAN:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class Store:
    """A folder of results."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def load(self, key: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
        """Return the result *key*, or None if it has other *arguments* or cannot be read."""
        try:
            kept = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return kept if isinstance(kept, dict) and kept.get("arguments") == _plain(arguments) else None

    def save(
        self, key: str, arguments: dict[str, Any], result: dict[str, Any], cost: dict[str, float], code: str
    ) -> None:
        """Store *result* atomically: a stopped run leaves the old file or the new one."""
        kept = {"arguments": arguments, "code": code, "cost": cost, "result": result}
        part = self.folder / f"{key}.json.part"
        part.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        part.replace(self.folder / f"{key}.json")


def _plain(arguments: dict[str, Any]) -> Any:
    return json.loads(json.dumps(arguments))
