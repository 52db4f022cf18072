"""Results on disk: one JSON file per piece and seed, kept as long as it was made with the same arguments."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import stillwatch

__all__ = ["Store", "code_digest"]

_AFTER_A_SCAN = {"cases", "casework.py", "cli.py", "commands", "console", "doctor.py", "report"}


@cache
def code_digest() -> str:
    """Return a digest of the installed package's source, so that a table made of two detectors says so.

    Only of what a world and its scan are made by: what people do with a scan changes no figure.
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
        """Return what is kept as *key*, or nothing where that was made with other *arguments* or is damaged."""
        try:
            kept = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return kept if isinstance(kept, dict) and kept.get("arguments") == _plain(arguments) else None

    def save(
        self, key: str, arguments: dict[str, Any], result: dict[str, Any], cost: dict[str, float], code: str
    ) -> None:
        """Keep *result*; a run that is stopped leaves the old file or the new one."""
        kept = {"arguments": arguments, "code": code, "cost": cost, "result": result}
        part = self.folder / f"{key}.json.part"
        part.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        part.replace(self.folder / f"{key}.json")


def _plain(arguments: dict[str, Any]) -> Any:
    return json.loads(json.dumps(arguments))
