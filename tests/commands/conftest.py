import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from stillwatch import lab
from stillwatch.cli import app

LINE = {"at": "2026-03-02T08:15:30Z", "account_id": "a", "model": "m", "status": "ok", "prompt": "one two three"}


@pytest.fixture
def run():
    """Return a function that runs a command in this process and returns its result."""

    def run(*arguments):
        return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=True)

    return run


@pytest.fixture
def typed():
    """Return a function that runs a command in a process of its own."""

    def typed(*arguments, **options):
        command = [sys.executable, "-m", "stillwatch.cli", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)

    return typed


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.jsonl"
    rows = [LINE | {"exchange_id": f"x{i}", "account_id": f"a{i % 3}"} for i in range(30)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "not json\n")
    return path


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "world"
    lab.build(folder, lab.preset("demo", accounts=300, days=10), seed=11)
    return folder


@pytest.fixture
def case(tmp_path, monkeypatch):
    """Return a function that runs a command of `case` over a fresh database and returns what it printed as JSON.

    A decision about many accounts ends with what it would be about; as a script would, it is then given as ``--seen``.
    """
    monkeypatch.chdir(tmp_path)

    def run(*arguments, by="ann"):
        named = () if by is None else ("--by", by)
        done = CliRunner().invoke(app, ["case", *map(str, arguments), *named, "--json"])
        if done.exit_code == 2 and done.stdout.startswith('{"done": false'):
            return run(*arguments, "--seen", json.loads(done.stdout)["seen"], by=by)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return run
