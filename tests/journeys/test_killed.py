"""A scan with a state is killed wherever it is, and the next one ends with the bytes of one that nobody disturbed."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from stillwatch.runs import scan
from stillwatch.settings import Settings

RESULTS = (
    "campaigns.parquet",
    "members.parquet",
    "bonds.parquet",
    "timeline.parquet",
    "rejects.parquet",
    "summary.json",
)
KILLS = 30


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """A small log in a dozen files, so that a run reads and commits for a good part of its time."""
    folder = tmp_path_factory.mktemp("killed") / "logs"
    folder.mkdir()
    drawn = random.Random(5)
    words = [f"word{i}" for i in range(400)]
    for file in range(12):
        rows = [
            {
                "exchange_id": f"x-{drawn.randrange(2_500)}",
                "at": f"2026-03-0{2 + file // 3}T{drawn.randrange(24):02}:{drawn.randrange(60):02}:00Z",
                "account_id": f"acct-{drawn.randrange(40)}",
                "model": "large-1",
                "status": "ok",
                "prompt": " ".join(drawn.choices(words, k=12)),
                "client_ip": f"203.0.113.{drawn.randrange(30)}",
            }
            for _ in range(150)
        ]
        lines = [json.dumps(row) for row in rows]
        (folder / f"log-{file:02}.jsonl").write_text("\n".join([*lines, "no json"]) + "\n")
    return folder


def _results(out):
    return {name: (out / name).read_bytes() for name in RESULTS}


def _names(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def undisturbed(logs, tmp_path_factory):
    """What one run leaves: its results, and the state but for the list of what was seen where."""
    folder = tmp_path_factory.mktemp("undisturbed")
    scan([str(logs)], folder / "out", settings=Settings(), state=folder / "state")
    return _results(folder / "out"), _kept(folder / "state")


def _kept(state):
    return {name: data for name, data in _names(state).items() if name != "seen.json"}


def _resumed(logs, folder, undisturbed):
    """Scan again what a killed run has left, and compare results and state."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    scan([str(logs)], folder / "out", settings=Settings(), state=folder / "state")
    results, kept = undisturbed
    found = _results(folder / "out")
    assert [name for name in RESULTS if found[name] != results[name]] == []
    assert _kept(folder / "state") == kept


def _started(logs, folder):
    command = [sys.executable, "-m", "stillwatch.cli", "scan", logs, "--state", "state", "--out", "out", "--work", "."]
    return subprocess.Popen(
        [str(word) for word in command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _phase(folder):
    """Say how far a run that was killed had come, as far as it shows."""
    state = folder / "state"
    if not (state / "state.json").exists():
        return "starting"
    n_committed = len(list((state / "sources").iterdir()))
    if n_committed < 12:
        return "reading" if n_committed or any((state / "incoming").iterdir()) else "looking"
    if not any((folder / "out").rglob("rejects.parquet")):  # in a folder of its own, until all results are written
        return "adding up"
    return "writing" if any((folder / "out").rglob("campaigns.parquet")) else "detecting"


def _wait_for(run, place, number):
    """Wait until *place* exists and holds *number* files, or *run* has ended."""
    while run.poll() is None and not (place.exists() and (not number or len(list(place.iterdir())) >= number)):
        time.sleep(0.002)


@pytest.mark.slow
def test_killed_at_any_moment_it_resumes_with_the_same_bytes(logs, undisturbed, tmp_path):
    """Moments are drawn over the start, over the files as they are read, and over the time that the first run takes."""
    (tmp_path / "whole").mkdir()
    began = time.monotonic()
    run = _started(logs, tmp_path / "whole")
    while not (tmp_path / "whole" / "state" / "state.json").exists():
        assert run.poll() is None
        time.sleep(0.005)
    first = time.monotonic()
    assert run.wait() == 0
    length = time.monotonic() - first
    drawn, phases = random.Random(12), []
    for number in range(KILLS):
        folder = tmp_path / f"killed-{number}"
        folder.mkdir()
        run = _started(logs, folder)
        if number % 10 == 0:
            time.sleep(drawn.random() * (first - began))  # the start, which is mostly imports
        elif number % 2:  # as soon as so many files are in the state, for a clock may miss the reading
            _wait_for(run, folder / "state" / "sources", drawn.randrange(12))
            time.sleep(drawn.random() * 0.01)
        else:
            _wait_for(run, folder / "state" / "state.json", 0)
            time.sleep(drawn.random() * length)
        run.send_signal(signal.SIGKILL)
        run.wait()
        phases.append(_phase(folder))
        _resumed(logs, folder, undisturbed)
        shutil.rmtree(folder)
    print(sorted(phases))
    assert {"reading", "detecting"} <= set(phases), "or the moments were badly chosen"
    assert phases.count("reading") >= 5
