"""Tasks: the key of each, and the result of running it."""

from pathlib import Path

import pytest
from detect.options import Options
from detect.pieces import PIECES, SCANNED, Task, perform, tasks

SMALL = Options(seeds=(11, 12), scale=0.02, calm=25, crowds=3)


def test_every_task_is_kept_under_a_name_of_its_own() -> None:
    keys = [task.key for piece in PIECES for task in tasks(piece, Options(parts=Path(__file__).parent))]
    assert len(keys) == len(set(keys))
    assert {"natural-11", "sketch-cover-15", "calm-200490", "templates-0"} <= set(keys)


def test_small_worlds_are_cut_into_tasks_with_seeds_of_their_own() -> None:
    calm = tasks("calm", SMALL)
    assert [(t.seed, t.more["count"]) for t in calm] == [(200_000, 10), (200_010, 10), (200_020, 5)]
    assert [(t.seed, t.more["count"]) for t in tasks("crowds", SMALL)] == [(100_000, 3)]


def test_benches_of_real_prompts_need_them() -> None:
    assert tasks("windows", SMALL) == tasks("templates", SMALL) == []


@pytest.mark.parametrize("piece", SCANNED)
def test_a_task_is_known_by_its_piece_seed_and_world(piece: str) -> None:
    first, second = tasks(piece, SMALL)
    assert (first.arguments["piece"], first.arguments["seed"], second.arguments["seed"]) == (piece, 11, 12)
    assert first.arguments["sketched"] == piece.startswith("sketch-") == first.more["sketched"]
    larger = tasks(piece, Options(seeds=(11, 12), scale=0.5))[0].arguments
    assert larger != first.arguments
    assert larger["spec"] != first.arguments["spec"]


def test_times_are_not_part_of_the_result() -> None:
    def call(options: Options, *, seed: int, count: int) -> dict[str, object]:
        return {"above": seed + count, "scan_seconds": 12.345}

    result, cost, code = perform(Task("calm", "calm-1", 1, {}, call, {"count": 4}), SMALL)
    assert result == {"above": 5}
    assert cost["scan_seconds"] == 12.3
    assert cost.keys() == {"seconds", "peak_gb", "scan_seconds"}
    assert len(code) == 12
    again = perform(Task("early", "early-1", 1, {}, lambda options, seed: {"alarms": []}, {}), SMALL)
    assert again[0] == {"alarms": []}
    assert again[1].keys() == {"seconds", "peak_gb"}
