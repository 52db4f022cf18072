"""Finds a room's extension files, and installed ones by entry point; keeps no state and needs no list to edit."""

import importlib
import pkgutil
from importlib.metadata import entry_points
from types import ModuleType

from stillwatch.errors import ContractError


def find(package: ModuleType, contract: str) -> dict[str, object]:
    """Return the extensions of the room *package*: file name → the module's attribute called *contract*.

    Every module of the room whose name has no leading underscore and that has the attribute counts; so does every
    entry point in the group named after the package. Names come sorted. Raises ``ContractError`` where two
    extensions have one name.
    """
    found: dict[str, object] = {}
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_") or info.ispkg:
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if hasattr(module, contract):
            found[info.name] = getattr(module, contract)
    for entry in entry_points(group=package.__name__):
        if entry.name in found:
            raise ContractError(
                f"two extensions are named {entry.name!r}",
                where=f"entry point {entry.value}",
                remedy=f"Rename the one installed by {entry.dist.name if entry.dist else 'another package'}.",
            )
        loaded = entry.load()
        found[entry.name] = getattr(loaded, contract, loaded)
    return dict(sorted(found.items()))
