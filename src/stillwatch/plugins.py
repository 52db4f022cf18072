"""Finds the extensions of a room: its own files, and those that other packages install as entry points.

No list has to be edited, and no state is kept. Also says what to install where an optional package is missing.
"""

import importlib
import pkgutil
from importlib.metadata import entry_points
from types import ModuleType

from stillwatch.errors import ContractError, SettingsError


def find(package: ModuleType, contract: str, group: str) -> dict[str, object]:
    """Return the extensions in *package* and in the entry points of *group*: name → the attribute called *contract*.

    Every module of *package* counts whose name has no leading underscore and that has the attribute. The name of a
    group is a contract with authors of extensions, so it stays when a package moves. Names come sorted. Raises
    ``ContractError`` where two extensions have one name.
    """
    found: dict[str, object] = {}
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_") or info.ispkg:
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if hasattr(module, contract):
            found[info.name] = getattr(module, contract)
    for entry in entry_points(group=group):
        if entry.name in found:
            raise ContractError(
                f"two extensions are named {entry.name!r}",
                where=f"entry point {entry.value}",
                remedy=f"Rename the one installed by {entry.dist.name if entry.dist else 'another package'}.",
            )
        loaded = entry.load()
        found[entry.name] = getattr(loaded, contract, loaded)
    return dict(sorted(found.items()))


def not_installed(error: ImportError, *, extra: str, asked_by: str) -> SettingsError:
    """Return the error to raise where the packages of *extra* are missing; *asked_by* is the setting that needs them.

    Raises *error* itself where a module of Stillwatch is missing, because that is a defect and no missing package.
    """
    if (error.name or "").startswith("stillwatch"):
        raise error
    return SettingsError(
        f"this needs the package {error.name}, which is not installed",
        where=asked_by,
        remedy=f"Run: pip install 'stillwatch[{extra}]'",
    )
