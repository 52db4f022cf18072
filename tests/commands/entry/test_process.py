"""The process of a command: its streams, the rights of its files, and signals."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stillwatch.commands.entry.process import place_of
from stillwatch.errors import InputError
from stillwatch.ingest.sources.local.local_files import files_named

_PREPARED = "from stillwatch.commands.entry import process\nprocess.prepare()\n"


def _python(text, **options):
    return subprocess.run([sys.executable, "-c", _PREPARED + text], check=False, timeout=60, **options)


def test_files_of_a_command_are_their_owners(tmp_path):
    assert _python("open('named', 'w').close()", cwd=tmp_path).returncode == 0
    assert (tmp_path / "named").stat().st_mode & 0o777 == 0o600


def test_a_reader_that_went_away_ends_nothing():
    reader, writer = os.pipe()
    os.close(reader)
    done = _python("print('x' * 100_000)\nprocess.flush()\nraise SystemExit(7)", stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (7, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_behind_stdout_is_told():
    with Path("/dev/full").open("wb") as full:
        text = "print('x')\ntry:\n    process.flush()\nexcept OSError:\n    raise SystemExit(9)"
        assert _python(text, stdout=full).returncode == 9


def test_a_closed_stream_is_no_file_of_the_command(tmp_path):
    text = f"{_PREPARED}print('out')\nopen('f', 'w').write('mine')\nprocess.flush()"
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -c "$1" >&- 2>&-', sys.executable, text], cwd=tmp_path, check=False, timeout=60
    )
    assert done.returncode == 0
    assert (tmp_path / "f").read_text() == "mine"


def test_the_place_of_an_error_is_one_of_this_package_and_quotes_nothing():
    with pytest.raises(InputError) as found:
        files_named("no such file", [])
    assert place_of(found.value).startswith("ingest/sources/local/local_files.py:")
    assert place_of(ValueError("never raised")) == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_process_in_good_order(number, tmp_path):
    text = (
        "import time\nended = process.SignalExit()\nended.install()\n"
        "try:\n    open('begun', 'w').close()\n    time.sleep(50)\nfinally:\n    open('tidied', 'w').close()\n"
    )
    with subprocess.Popen([sys.executable, "-c", _PREPARED + text], cwd=tmp_path, stderr=subprocess.PIPE) as running:
        until = time.monotonic() + 30
        while not (tmp_path / "begun").exists() and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(number)
        assert running.wait(20) == 128 + number
        assert running.stderr.read() == b""
    assert (tmp_path / "tidied").exists()
