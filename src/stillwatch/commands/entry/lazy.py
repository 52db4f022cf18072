"""Command groups whose commands are loaded when one of them runs, so that ``--help`` loads no room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

__all__ = ["Entry", "LazyCommand", "lazy_group"]

Loader = Callable[[], typer.Typer]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a group's help: the command's name, its sentence, and the function that loads its file."""

    name: str
    sentence: str
    load: Loader


class LazyCommand(TyperCommand):
    """Stands for a command or a group until it is used; only then is its file imported."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(name=entry.name, callback=None, help=entry.sentence)
        self._entry = entry

    def loaded(self) -> TyperCommand | TyperGroup:
        """Return the real command; a file that holds several commands is asked for the one of this name."""
        found: Any = get_command(self._entry.load())
        named = found.commands.get(self._entry.name) if isinstance(found, TyperGroup) else None
        return cast("TyperCommand | TyperGroup", named or found)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Parse *args* as the real command does; the context belongs to the real command from here on."""
        return self.loaded().make_context(info_name, args, parent, **extra)


def lazy_group(entries: Sequence[Entry]) -> type[TyperGroup]:
    """Return the class of a group with these commands, for ``typer.Typer(cls=...)``."""

    class LazyGroup(TyperGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            for entry in entries:
                self.add_command(LazyCommand(entry), entry.name)

    return LazyGroup
