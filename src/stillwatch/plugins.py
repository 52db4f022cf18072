"""Finds a room's extension files, and installed ones by entry point; keeps no state and needs no list to edit.

Also loads a module of our own that an extra of the installation is needed for, when somebody asks for it.
"""

import importlib
import pkgutil
from importlib.metadata import entry_points
from types import ModuleType

from stillwatch.errors import ContractError, SettingsError


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


def optional(module: str, *, extra: str, asked_by: str) -> ModuleType:
    """Return *module*, which needs the packages of *extra*; raises ``SettingsError`` where they are not installed.

    *asked_by* is the setting that asks for it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        if (error.name or "").startswith("stillwatch"):
            raise
        raise SettingsError(
            f"this needs the package {error.name}, which is not installed",
            where=asked_by,
            remedy=f"Run: pip install 'stillwatch[{extra}]'",
        ) from error
