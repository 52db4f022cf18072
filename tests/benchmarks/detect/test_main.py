"""Resuming: a stored piece is not run again, a failed one does not stop the others, and the page is always written."""

import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from detect import __main__ as bench
from detect.options import Options
from detect.pieces import Task, tasks
from detect.store import Store

ARGUMENTS = ["--scale", "0.02", "--calm", "20", "--crowds", "10", "--seeds", "11", "12"]
OPTIONS = Options(seeds=(11, 12), scale=0.02, calm=20, crowds=10)


class Runner:
    """Stands in for the processes: notes what it is asked to run."""

    def __init__(self, make: Any) -> None:
        self.make, self.ran, self.failing = make, [], set()

    def __call__(self, task: Task, options: Options) -> tuple[dict[str, Any], dict[str, float], str]:
        self.ran.append(task.key)
        if task.key in self.failing:
            raise RuntimeError("no memory left")
        kept = self.make.scanned("busy", task.seed) if task.piece == "busy" else self.make.small(task.seed)
        result = {k: v for k, v in kept.items() if k not in {"seed", "code", "cost"}}
        return result, kept["cost"], "c0de"


class Pool:
    """Runs at once what is submitted."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None: ...

    def submit(self, call: Any, *arguments: object) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(call(*arguments))
        except RuntimeError as error:
            future.set_exception(error)
        return future


@pytest.fixture
def runner(make: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    made = Runner(make)
    monkeypatch.setattr(bench, "perform", made)
    monkeypatch.setattr(bench, "ProcessPoolExecutor", Pool)
    return made


@pytest.fixture
def run(runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def once(*arguments: str) -> tuple[int, str, list[str]]:
        """Return the exit code, the page and what was run."""
        runner.ran.clear()
        monkeypatch.setattr(sys, "argv", ["bench", *ARGUMENTS, "--out", str(tmp_path / "out"), *arguments])
        with pytest.raises(SystemExit) as ended:
            bench.main()
        page = tmp_path / "out" / "detection.md"
        return ended.value.code, page.read_text(encoding="utf-8"), sorted(runner.ran)

    return once


def test_what_is_stored_is_not_run_again(run: Any, tmp_path: Path) -> None:
    code, page, ran = run("--only", "busy", "calm")
    assert (code, ran) == (0, ["busy-11", "busy-12", "calm-200000", "calm-200010"])
    assert run("--only", "busy", "calm") == (0, page, [])
    (tmp_path / "out" / "calm-200010.json").unlink()
    assert run("--only", "busy", "calm") == (0, page, ["calm-200010"])
    assert run("--only", "busy", "--again") == (0, page, ["busy-11", "busy-12"])
    assert run("--only", "table") == (0, page, [])


def test_other_arguments_run_again(run: Any) -> None:
    run("--only", "busy")
    assert run("--only", "busy", "--scale", "0.03")[2] == ["busy-11", "busy-12"]
    assert run("--only", "busy", "--scale", "0.03", "--jobs", "1", "--rounds", "3")[2] == []


def test_a_piece_that_fails_leaves_the_others_and_is_tried_again(
    run: Any, runner: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    runner.failing = {"busy-11"}
    code, page, ran = run("--only", "busy")
    assert (code, ran) == (1, ["busy-11", "busy-12"])
    assert "`busy` 1 of 2" in page
    assert "busy-11: not run: RuntimeError: no memory left" in capsys.readouterr().err
    runner.failing = set()
    code, page, ran = run("--only", "busy")
    assert (code, ran) == (0, ["busy-11"])
    assert "`busy`" not in page.split("## Targets")[0]


def test_the_page_uses_only_results_with_these_arguments(run: Any, tmp_path: Path) -> None:
    store = Store(tmp_path / "out")
    for task in tasks("calm", OPTIONS):
        store.save(task.key, task.arguments | {"scale": 0.9}, {"worlds": []}, {}, "c0de")
    assert "`calm` 0 of 2" in run("--only", "table")[1]


def test_pieces_are_chosen_by_name_or_beginning(run: Any) -> None:
    assert bench._pieces(["peers", "calm"]) == ["calm", "peers-natural", "peers-cover"]
    assert bench._pieces(["table"]) == []
    assert bench._pieces(None)[0] == "natural"
    with pytest.raises(SystemExit, match="there is no piece 'sketc'"):
        bench._pieces(["calm", "sketc"])
