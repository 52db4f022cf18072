"""The scale benchmark: its worlds keep the published proportions, and its figures are those of the run."""

import argparse
import mmap
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile

import pytest
import scale

from stillwatch import lab


@pytest.mark.parametrize("size", ["s", "m", "l"])
def test_worlds_keep_the_proportions_of_the_published_campaign(size):
    spec = scale.spec(size, "text", real=False)
    (published,) = spec.campaigns
    rows = published.accounts * published.per_day * spec.days
    assert spec.days == 45
    assert 0.02 < published.accounts / spec.accounts < 0.03
    assert rows == pytest.approx({"s": 1, "m": 10, "l": 28.8 / 0.2592}[size] * 259_200, rel=0.12)


def test_the_floor_reads_every_column_that_a_scan_reads(tmp_path, monkeypatch):
    asked = []
    lab.build(tmp_path / "w", lab.preset("calm", accounts=20, days=2), seed=1)
    connect = scale.duckdb.connect

    class _Spy:
        def __enter__(self):
            self.database = connect()
            return self

        def __exit__(self, *_):
            self.database.close()

        def sql(self, query):
            asked.append(query)
            return self.database.sql(query)

    monkeypatch.setattr(scale.duckdb, "connect", _Spy)
    assert scale.floor(tmp_path / "w") > 0
    assert [c.name for c in scale.EXCHANGES.columns if f'"{c.name}"' not in asked[0]] == ["completion", "sketch"]


def _wanted(**changes):
    usual = scale.options().parse_args(["xs", "--seed", "3", "--jobs", "2"])
    return argparse.Namespace(**{**vars(usual), **changes})


@pytest.mark.slow
def test_a_world_is_made_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.setitem(scale.SIZES, "xs", scale.Size(20, 4, 1))
    monkeypatch.setattr(scale.lab, "every_lookalike", lambda _scale: ())
    kept = tmp_path / "kept"
    first = scale.run(tmp_path / "a", _wanted(world=kept, only_build=True))
    files = {file: file.stat().st_mtime_ns for file in kept.rglob("*.parquet")}
    second = scale.run(tmp_path / "b", _wanted(world=kept, only_build=True))
    assert first["made"] > 0 == second["made"]
    assert first["exchanges"] == second["exchanges"] > 1_000
    assert first["bytes"] == second["bytes"]
    assert {file: file.stat().st_mtime_ns for file in kept.rglob("*.parquet")} == files
    assert "rows a second" in scale.report(first)
    assert "before this run" in scale.report(second)
    with pytest.raises(SystemExit, match="another world"):
        scale.run(tmp_path / "c", _wanted(world=kept, only_build=True, seed=4))


@pytest.mark.parametrize(
    ("options", "needs"), [({}, "100"), ({"throw_away": True}, "7."), ({"only_build": True}, "2.")]
)
def test_a_world_that_does_not_fit_is_not_begun(tmp_path, monkeypatch, options, needs):
    _free(monkeypatch, tmp_path, 2)
    with pytest.raises(SystemExit, match=rf"takes about {needs} GB and .* has 2: name a larger disk"):
        scale.room(tmp_path / "not" / "there", tmp_path, _wanted(size="l", **options))
    scale.room(tmp_path, tmp_path, _wanted(size="s", **options))


def test_an_existing_world_needs_room_only_for_its_scan(tmp_path, monkeypatch):
    _free(monkeypatch, tmp_path, 2)
    (tmp_path / "world.json").touch()
    with pytest.raises(SystemExit, match=r"takes about 7. GB"):
        scale.room(tmp_path, tmp_path, _wanted(size="l"))
    # the space of the world counts, because it is freed during the scan
    with pytest.raises(SystemExit, match=r"takes about 4. GB"):
        scale.room(tmp_path, tmp_path, _wanted(size="l", throw_away=True))
    scale.room(tmp_path, tmp_path, _wanted(size="l", only_build=True))


def test_two_disks_each_need_room_for_their_files(tmp_path, monkeypatch):
    _free(monkeypatch, tmp_path, 2)
    monkeypatch.setattr(scale, "_disk", lambda folder: int(folder.name == "work"))
    (tmp_path / "work").mkdir()
    with pytest.raises(SystemExit, match=r"takes about 2. GB and .*world"):
        scale.run(tmp_path / "work", _wanted(size="l", world=tmp_path / "world"))
    (tmp_path / "world").mkdir()
    (tmp_path / "world" / "world.json").touch()
    with pytest.raises(SystemExit, match=r"takes about 7. GB and .*work"):
        scale.room(tmp_path / "world", tmp_path / "work", _wanted(size="l"))


def _free(monkeypatch, folder, gigabytes):
    free = scale.shutil.disk_usage(folder)._replace(free=gigabytes * 10**9)
    monkeypatch.setattr(scale.shutil, "disk_usage", lambda _: free)


def test_detached_processes_count(tmp_path):
    """One that burns a second of its own and leaves another at it, as Spark's Java is left."""
    burn = "import time\nwhile time.process_time() < 1: pass\n"
    left = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {burn + 'time.sleep(60)'!r}])\n"
    with subprocess.Popen([sys.executable, "-c", left + burn + "time.sleep(60)"]) as running:
        tree, until = scale.Tree(), time.monotonic() + 60
        while tree.seconds < 1.8 and time.monotonic() < until:
            tree.look(running.pid)
            time.sleep(0.05)
        children = [int(p) for p in Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()]
        for pid in (*children, running.pid):
            os.kill(pid, signal.SIGKILL)
    assert tree.seconds >= 1.8
    assert len(children) == 1
    assert tree.memory > 10 * 2**20


def test_a_mapped_file_counts_once(tmp_path):
    with TemporaryFile(dir=tmp_path) as file:
        file.write(bytes(2**20))
        file.flush()
        with mmap.mmap(file.fileno(), 0):
            assert 2**20 <= scale.used(tmp_path, os.getpid()) < 2**21
        (tmp_path / "named").write_bytes(bytes(2**20))
        assert 2**21 <= scale.used(tmp_path, os.getpid()) < 2**22


def test_files_are_kept_until_they_are_read(tmp_path):
    (file := tmp_path / "exchanges.parquet").touch()
    done = scale.Done(tmp_path / "sign", [file, tmp_path / "gone"])
    done.throw_away()
    assert file.exists()
    done.sign.touch()
    done.throw_away()
    assert not file.exists()


@pytest.mark.slow
def test_a_run_measures_and_finds(tmp_path):
    found = scale.run(tmp_path, _wanted(throw_away=True))
    assert not list((tmp_path / "world" / "exchanges").iterdir())
    assert found["exchanges"] > 50_000
    assert found["of"] == 30
    assert found["false_positives"] == 0
    assert found["scan"] > found["floor"] > 0
    assert found["scan_busy"] > found["floor"]
    assert found["peak_gib"] > 0.1
    assert [stage["stage"] for stage in found["stages"]] == ["reading", "linking", "grouping", "writing"]
    text = scale.report(found)
    assert f"{found['exchanges']:,} exchanges" in text
    assert f"| {found['scan'] / found['floor']:.1f} |" in text
