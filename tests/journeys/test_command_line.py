"""Whatever somebody types: one sentence and an exit code that says whose fault it was, never a traceback."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typer.main import get_command

from stillwatch.cli import app, run
from stillwatch.commands.entry.lazy import LazyCommand

ENDLESS = {("serve",), ("gateway", "publish")}
"""Commands that run until somebody ends them. They are typed with ``-h`` or with a mistake alone."""
HEAVY = {("demo",), ("lab", "build"), ("lab", "adapt"), ("lab", "inject")}
FINDS = {("case", "audit", "verify")}
"""Commands that may end with 1 without being asked to fail on a finding: the finding is what they are for."""
SECRET = "what-nobody-else-may-read"
FILES = {
    "empty.jsonl": b"",
    "rows.jsonl": b'{"exchange_id": "1", "at": "2026-03-02T08:00:00Z", "account_id": "what-nobody-else-may-read", '
    b'"model": "m", "status": "ok", "prompt": "what-nobody-else-may-read"}\n',
    "broken.jsonl": b'{"exchange_id": "what-nobody-else-may-read", \n[[[[\n\xff\xfe\x00\n',
    "bare-cr.csv": b'account_id,at,model\r"what-nobody-else-may-read,1\r\x00,,,\r',
    "short.parquet": b"PAR1\x15\x04\x15",
    "short.jsonl.gz": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab",
    "short.zst": b"\x28\xb5\x2f\xfd\x24",
    "utf-16.csv": "account_id,at\nzoë,2026\n".encode("utf-16"),
    "list.json": b"[1, 2, [3]]",
    "odd-\udcff.jsonl": b"{}\n",
    "settings.toml": b'[campaigns]\nseed = "what"\n[nonsense]\nx = 1\n',
    "no.toml": b"[[[",
    "stillwatch.db": b"this is no database, but it is here\n" * 40,
}
ODD = (
    "", " ", "-", "--", "-1", "0", "nan", "1e999", "9" * 400, "x" * 5000, "a=b", "*", "[", "~nobody/x", "~~", ".", "..",
    "/", "/dev/null", "/dev/full", "/proc/self/mem", "/nowhere/at/all", "http://h.invalid/x", "s3://b/k", "file:///x",
    "\n", "é", "\u202e", "2026-13-45", "1", "2", "confirmed", "suspend", "urgent", "json", *FILES,
)  # fmt: skip
ENVIRONMENTS: tuple[dict[str, str | None], ...] = (
    {}, {"HOME": None}, {"HOME": "/nowhere"}, {"LANG": "C", "LC_ALL": "C"}, {"COLUMNS": "1"}, {"NO_COLOR": "1"},
    {"TMPDIR": "/nowhere"}, {"STILLWATCH_ENGINE__MEMORY_LIMIT": "lots"}, {"STILLWATCH_ENGINE__THREADS": "-3"},
    {"STILLWATCH_CASES__DATABASE": "mysql://x"}, {"STILLWATCH_CASES__DATABASE": "sqlite:////nowhere/x.db"},
    {"STILLWATCH_NONSENSE__X": "1"}, {"STILLWATCH_INGEST__SKETCH_KEY": "short"}, {"USER": None, "LOGNAME": None},
)  # fmt: skip


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command with the words that name it."""
    loaded = command.loaded() if isinstance(command, LazyCommand) else command
    inner = getattr(loaded, "commands", None)
    if inner is None and hasattr(loaded, "list_commands"):
        context = click.Context(loaded)
        inner = {name: loaded.get_command(context, name) for name in loaded.list_commands(context)}
    if not inner:
        yield words, loaded
    for name, one in sorted((inner or {}).items()):
        yield from commands(one, (*words, name))


COMMANDS = dict(commands(get_command(app)))


def test_every_command_is_drawn() -> None:
    assert len(COMMANDS) > 30
    assert {("scan",), ("inspect",), ("case", "judge"), ("case", "audit", "verify"), ("gateway", "explain")} <= set(
        COMMANDS
    )
    assert set(COMMANDS) >= (ENDLESS | HEAVY | FINDS)


@st.composite
def typed(draw: st.DrawFn) -> list[str]:
    """Draw a command with arguments and options, some of them missing, doubled, unknown, or with odd values."""
    words, command = draw(st.sampled_from(sorted(COMMANDS.items(), key=lambda item: item[0])))
    values = st.sampled_from(ODD)
    said: list[str] = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            said += draw(st.lists(values, min_size=1 if parameter.required else 0, max_size=2))
        elif draw(st.integers(0, 2)) == 0 or (parameter.required and draw(st.integers(0, 9))):
            said.append(draw(st.sampled_from(parameter.opts)))
            if not parameter.is_flag:
                said.append(draw(values))
    if words in ENDLESS | HEAVY:
        said = draw(st.sampled_from([["-h"], ["--nonsense"], ["--settings", "no.toml"], ["--settings", "/nowhere"]]))
    if draw(st.integers(0, 9)) == 0:
        said.insert(draw(st.integers(0, len(said))), draw(st.sampled_from(["--nonsense", "-h", "--json", "--json"])))
    return [*words, *said]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typed")
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return folder


@contextlib.contextmanager
def within(folder: Path, environment: dict[str, str | None]) -> Iterator[None]:
    before, here = dict(os.environ), Path.cwd()
    for name, value in environment.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)


def check(arguments: list[str], code: int, out: str, err: str) -> None:
    words = tuple(arguments[: next(n for n in range(1, 4) if tuple(arguments[:n]) in COMMANDS)])
    assert code in {0, 1, 2, 3, 4}
    if code == 1:
        assert "--fail-on" in arguments or words in FINDS
    assert "Traceback" not in out + err
    if code in {2, 3, 4}:
        assert err.strip(), "what is wrong is said"
    assert SECRET not in err
    if code == 0 and "--json" in arguments and "-h" not in arguments and "--help" not in arguments and out.strip():
        json.loads(out.strip().splitlines()[-1] if words == ("case", "without") else out)


class _Stream(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="backslashreplace")

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode()  # type: ignore[attr-defined]


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(arguments=typed(), environment=st.sampled_from(ENVIRONMENTS))
@example(arguments=["scan", "~nobody/x", "--out", "out"], environment={})
@example(arguments=["scan", "bare-cr.csv", "--out", "out"], environment={"LC_ALL": "C"})
@example(arguments=["inspect", "odd-\udcff.jsonl"], environment={})
@example(arguments=["case", "list"], environment={})
@example(arguments=["scan", "rows.jsonl", "--out", "out"], environment={"STILLWATCH_ENGINE__MEMORY_LIMIT": "lots"})
def test_whatever_is_typed_ends_in_a_sentence(
    place: Path, arguments: list[str], environment: dict[str, str | None]
) -> None:
    out, err = _Stream(), _Stream()
    with within(place, environment), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        stdin, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(b"{}\n"))
        try:
            code = run(arguments)
        finally:
            sys.stdin = stdin
    check(arguments, code, out.text(), err.text())


SHELLS = {"closed": 'exec "$@" >&- 2>&-', "memory": 'ulimit -v 700000; exec "$@"'}
"""What a shell does before it becomes the command: it closes both streams, or leaves it 700 MB of addresses."""


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    arguments=st.one_of(typed(), st.just(["scan", "rows.jsonl", "--out", "out"])),
    environment=st.sampled_from(ENVIRONMENTS),
    fate=st.sampled_from(["", "", "closed", "full", "memory", "SIGTERM", "SIGINT", "SIGHUP"]),
    moment=st.floats(0, 3),
)
def test_whatever_happens_to_the_process_ends_in_a_sentence(
    place: Path, arguments: list[str], environment: dict[str, str | None], fate: str, moment: float
) -> None:
    """As somebody meets it: a process of its own, whose streams, memory and life others decide about."""
    if any("\0" in word for word in arguments):
        return
    inherited = {name: value for name, value in os.environ.items() if name not in environment}
    whole = {**inherited, **{name: value for name, value in environment.items() if value is not None}}
    command: list[str] = [sys.executable, "-m", "stillwatch.cli", *arguments]
    if fate in SHELLS:
        command = ["sh", "-c", SHELLS[fate], "sh", *command]
    with Path("/dev/full").open("wb") as full:
        process = subprocess.Popen(
            [os.fsencode(word) for word in command],
            cwd=place,
            env=whole,
            stdin=subprocess.DEVNULL,
            stdout=full if fate == "full" else subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        if fate.startswith("SIG"):
            time.sleep(moment)
            process.send_signal(getattr(signal, fate))
        out, err = (part or b"" for part in process.communicate(timeout=120))
    told = err.decode(errors="replace")
    assert "Traceback" not in told, told[-2000:]
    if fate.startswith("SIG"):
        number = getattr(signal, fate)
        # Before the first line of Python runs, the operating system ends the process itself.
        assert process.returncode in {0, 2, 3, 4, 130, 128 + number, -number}
        return
    assert process.returncode in {0, 1, 2, 3, 4}
    if process.returncode == 1:
        assert "--fail-on" in arguments or tuple(arguments[:3]) in FINDS
    if process.returncode in {2, 3, 4} and fate != "closed":
        assert told.strip()
    assert SECRET not in told
    assert out is not None
