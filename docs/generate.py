# ruff: noqa: INP001 - a script, not a package
"""Writes the generated reference pages from the code; ``--check`` only compares them.

    python docs/generate.py [--check]

Tables and columns come from ``stillwatch.tables``, settings from ``stillwatch.settings``, signals from their files in
``stillwatch.signals``, errors from ``stillwatch.errors``, and commands from the command line. Each page is one function
that yields the lines of its Markdown.
"""

import argparse
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from typer.main import get_command

from stillwatch import errors, signals
from stillwatch.cli import app
from stillwatch.commands.entry.lazy import LazyCommand
from stillwatch.settings import Settings, SignalSettings, explain
from stillwatch.tables import TABLES
from stillwatch.tables.columns import Column, Sensitivity

__all__ = ["PAGES", "commands", "stale", "write"]

FOLDER = Path(__file__).parent / "reference"
SENSITIVITY = {
    Sensitivity.OPEN: "everyone may see it",
    Sensitivity.INTERNAL: "for staff of the operator only",
    Sensitivity.PERSONAL: "identifies a person or an account: never in log lines, error messages or file names",
    Sensitivity.CONTENT: "text of a prompt or an answer: never in log lines, error messages or results",
}


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _grid(headings: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield _row(headings)
    yield "|" + "---|" * len(headings)
    yield from (_row(row) for row in rows)
    yield ""


def _prose(text: str) -> Iterator[str]:
    yield from textwrap.wrap(text, 118, break_long_words=False, break_on_hyphens=False)
    yield ""


def _code(text: object) -> str:
    return f"`{text}`" if str(text) else ""


def tables_page() -> Iterator[str]:
    """Every table that crosses a room, with its columns."""
    yield "# Tables"
    yield ""
    yield from _prose(
        "The parts of Stillwatch exchange data only through these tables. You can write `exchanges` and `accounts`"
        " yourself. A scan writes `campaigns`, `members`, `bonds`, `timeline` and `rejects`."
    )
    yield "Each column has one of four classes of sensitivity:"
    yield ""
    yield from _grid(("class", "meaning"), ((_code(kind), meaning) for kind, meaning in SENSITIVITY.items()))
    for table in TABLES:
        yield f"## `{table.name}`"
        yield ""
        yield f"One row is {table.sentence}." if table.sentence.startswith("one ") else f"{_capital(table.sentence)}."
        yield ""
        yield from _grid(("column", "type", "may be missing", "sensitivity", "meaning"), map(_column, table.columns))


def _column(column: Column) -> tuple[object, ...]:
    missing = "" if column.required else "yes"
    return _code(column.name), _code(column.type), missing, str(column.sensitivity), column.meaning


def settings_page() -> Iterator[str]:
    """Every setting with its default, unit and variable."""
    yield "# Settings"
    yield ""
    yield from _prose(
        "A setting can come from four places. Each place overrides the ones before it: the default, a TOML file"
        " (`--settings` or `STILLWATCH_SETTINGS`), an environment variable, an option on the command line. An unknown"
        " key is an error that names the nearest known key. `stillwatch settings show` prints every value with its"
        " source and masks secrets."
    )
    for room, field in Settings.model_fields.items():
        yield f"## `[{room}]`"
        yield ""
        if room == "signals":
            yield "Each signal has a table of its own, named after its file, such as `[signals.shared_payment]`."
            yield ""
            yield from _grid(_SETTING_HEADINGS, _signal_settings())
            continue
        yield inspect.getdoc(field.annotation) or ""
        yield ""
        rows = [value for value in explain(environment={}) if value.name.startswith(f"{room}.")]
        cells = ((_code(v.name), _default(v.value), v.unit, _variable(v.name), v.sentence) for v in rows)
        yield from _grid(_SETTING_HEADINGS, cells)


_SETTING_HEADINGS = ("setting", "default", "unit", "variable", "meaning")


def _signal_settings() -> Iterator[tuple[str, ...]]:
    one: BaseModel = SignalSettings()
    for name, field in SignalSettings.model_fields.items():
        dotted, extra = f"signals.NAME.{name}", field.json_schema_extra
        unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
        yield _code(dotted), _default(getattr(one, name)), unit, _variable(dotted), field.description or ""


def _default(value: object) -> str:
    return "" if str(value) in {"", "()"} else _code(value)


def _variable(name: str) -> str:
    return _code("STILLWATCH_" + name.replace(".", "__").upper())


def signals_page() -> Iterator[str]:
    """Every signal: what is shared, why it is evidence, how honest people share it, how an operator avoids it."""
    found = signals.load()
    yield "# Signals"
    yield ""
    yield from _prose(
        "A signal is one way to link two accounts. The weight of a shared value depends on its rarity: the fewer other"
        " accounts have the value, the more it weighs. Signals of one family are not independent of each other. A"
        " group that one family forms must therefore be confirmed by another ([scoring](../why/scoring.md)). The"
        " settings table `[signals.NAME]` switches a signal off or changes its strength."
        " [Add a signal](../howto/add-a-signal.md) explains how to add one."
    )
    yield from _grid(
        ("signal", "family", "what is shared"),
        ((f"[`{name}`](#{name})", str(signal.family), signals.sentence(name)) for name, signal in found.items()),
    )
    for name, signal in found.items():
        module = importlib.import_module(f"{signals.__name__}.{name}")
        yield f"## `{name}`"
        yield ""
        read = signal.needs or [name for name in ("attributes", "exchanges", "prints") if name in signal.select]
        yield f"Family: {signal.family}. Reads: {', '.join(map(_code, read))}."
        yield ""
        yield inspect.getdoc(module) or ""
        yield ""
        for example in signal.examples:
            yield f"- {'Links' if example.linked else 'Does not link'}: {example.because}."
        yield ""


def errors_page() -> Iterator[str]:
    """Every error as a tree, with exit codes."""
    text = inspect.getdoc(errors) or ""
    first, tree, last = text.split("\n\n", 2)
    yield "# Errors"
    yield ""
    yield first
    yield ""
    yield "```text"
    yield tree
    yield "```"
    yield ""
    yield last
    yield ""
    members = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.StillwatchError)
    ]
    members.sort(key=lambda kind: (kind.exit_code, kind.__name__))
    yield from _grid(
        ("error", "exit code", "meaning"),
        ((_code(kind.__name__), kind.exit_code, inspect.getdoc(kind)) for kind in members),
    )


def commands(group: Any = None, above: str = "stillwatch") -> Iterator[tuple[str, Any]]:
    """Yield every command with its full name, groups before what is in them."""
    group = get_command(app) if group is None else group
    for name, listed in group.commands.items():
        command = listed.loaded() if isinstance(listed, LazyCommand) else listed
        yield f"{above} {name}", command
        if hasattr(command, "commands"):
            yield from commands(command, f"{above} {name}")


_EXIT_CODES = (
    (0, "the command succeeded"),
    (1, "the command found what it fails on: a campaign with `--fail-on`, a changed log with `audit verify`"),
    (2, "wrong usage or settings"),
    (3, "input that cannot be read"),
    (4, "infrastructure: a disk, a database, another machine"),
)


def commands_page() -> Iterator[str]:
    """Every command with its arguments and options."""
    yield "# Commands"
    yield ""
    yield "Commands print results on stdout, and progress and messages on stderr. Exit codes:"
    yield ""
    yield from _grid(("code", "meaning"), _EXIT_CODES)
    yield ""
    for name, command in commands():
        yield f"## `{name}`"
        yield ""
        yield command.help or ""
        yield ""
        if hasattr(command, "commands"):
            continue
        arguments = [p for p in command.params if type(p).__name__.endswith("Argument")]
        options = [p for p in command.params if p not in arguments]
        shown = " ".join(p.name.upper() + ("..." if p.nargs == -1 else "") for p in arguments)
        yield "```sh"
        yield f"{name} {shown}".strip() + (" [OPTIONS]" if options else "")
        yield "```"
        yield ""
        rows = [(_code(p.name.upper()), "required" if p.required else "", p.help or "") for p in arguments]
        rows += [(", ".join(map(_code, p.opts)), _given(p), p.help or "") for p in options if not p.hidden]
        yield from _grid(("argument or option", "default", "meaning"), rows)


def _given(option: Any) -> str:
    if option.required:
        return "required"
    value = option.default.value if isinstance(option.default, Enum) else option.default
    return "" if value is None or value is False else _code(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "tables.md": tables_page,
    "settings.md": settings_page,
    "signals.md": signals_page,
    "errors.md": errors_page,
    "commands.md": commands_page,
}


def text_of(page: str) -> str:
    """Return the Markdown of *page* as it should stand in its file."""
    body = "\n".join(PAGES[page]()).rstrip()
    return f"<!-- Made by `make docs` from the code; edit that, not this page. -->\n\n{body}\n"


def stale() -> list[str]:
    """Return the pages whose file is missing or out of date."""
    return [
        page
        for page in PAGES
        if not (FOLDER / page).is_file() or (FOLDER / page).read_text(encoding="utf-8") != text_of(page)
    ]


def write() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for page in PAGES:
        (FOLDER / page).write_text(text_of(page), encoding="utf-8")


def main() -> int:
    """Write the pages, or with ``--check`` return 1 where one is out of date."""
    parser = argparse.ArgumentParser(description="Writes the reference pages from the code.")
    parser.add_argument("--check", action="store_true", help="only compare; exit with 1 where a page is out of date")
    if not parser.parse_args().check:
        write()
        return 0
    old = stale()
    if old:
        sys.stderr.write(f"These pages of docs/reference are out of date: {', '.join(old)}. Run `make docs`.\n")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
