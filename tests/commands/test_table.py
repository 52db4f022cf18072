"""The table of commands agrees with the commands, and reading it loads no room."""

import subprocess
import sys

import pytest

from stillwatch.commands.entry.lazy import LazyCommand
from stillwatch.commands.table import CASE_COMMANDS, COMMANDS, GATEWAY_COMMANDS

ENTRIES = [*COMMANDS, *CASE_COMMANDS, *GATEWAY_COMMANDS]
GROUPS = {"case", "gateway", "lab", "settings", "audit"}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_each_sentence_is_that_of_the_command(entry):
    first = (LazyCommand(entry).loaded().help or "").split("\n\n")[0].replace("\n", " ").strip()
    assert first == entry.sentence


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_each_entry_loads_the_command_of_its_name(entry):
    found = LazyCommand(entry).loaded()
    is_group = bool(getattr(found, "commands", None))
    assert is_group is (entry.name in GROUPS)
    assert is_group or found.name == entry.name


@pytest.mark.parametrize("arguments", [["--help"], ["case", "--help"], ["--version"]], ids=" ".join)
def test_help_imports_no_room_and_no_heavy_library(arguments):
    text = (
        "import sys\nfrom stillwatch.cli import app\n"
        f"try:\n    app({arguments!r}, standalone_mode=True)\nexcept SystemExit:\n    pass\n"
        "print(sorted(m for m in sys.modules if m.startswith('stillwatch.') and '.commands' not in m), file=sys.stderr)\n"
        "print(sorted({'numba', 'duckdb', 'pyarrow', 'sqlalchemy', 'scipy'} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    ours, heavy = done.stderr.splitlines()[-2:]
    assert ours == "['stillwatch.cli', 'stillwatch.errors', 'stillwatch.temporary']"
    assert heavy == "[]"
