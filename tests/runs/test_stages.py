"""Stages: what was counted, how fast it went, and what remains."""

import threading

import numpy as np
import pytest

from stillwatch.model import Pace
from stillwatch.runs.stages import Stages


class _Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_stages_end_one_another_and_keep_their_figures():
    clock = _Clock()
    stages = Stages(clock=clock)
    stages.begin("reading", size=100)
    stages.count(rows=5, size=60)
    clock.now = 2.0
    stages.begin("linking")
    stages.count(rows=7)
    clock.now = 5.0
    first, second = stages.end()
    assert (first.stage, first.rows, first.bytes, first.seconds) == ("reading", 5, 60, 2.0)
    assert (second.stage, second.rows, second.bytes, second.seconds) == ("linking", 7, 0, 3.0)
    assert stages.end() == (first, second), "ending twice adds nothing"


def test_what_is_told_has_rate_and_remaining_time():
    clock, told = _Clock(), []
    stages = Stages(told.append, clock)
    stages.begin("reading", size=1000)
    for _ in range(10):
        clock.now += 0.1
        stages.count(rows=100, size=25)
    assert told[0] == Pace("reading", share=0.0)
    assert 4 <= len(told) <= 6, "not a word for every batch"
    last = told[-1]
    assert last.rate == pytest.approx(1000)
    assert last.remaining == pytest.approx(last.seconds * (1 - last.share) / last.share)


@pytest.mark.parametrize("pace", [Pace("x"), Pace("x", 10, 1.0), Pace("x", 10, 1.0, 0.0), Pace("x", 10, 1.0, 0.005)])
def test_where_nobody_can_tell_nothing_is_told(pace):
    assert pace.remaining is None


def test_more_than_there_was_to_do_leaves_nothing():
    assert Pace("x", 10, 1.0, 1.5).remaining == 0


def test_the_peak_grows_with_what_a_stage_holds():
    stages = Stages()
    stages.begin("small")
    stages.begin("large")
    block = np.ones(int(stages.end()[0].peak_mib + 64) << 20, np.uint8)
    stages.begin("larger")
    small, large, larger = stages.end()
    assert 1 < small.peak_mib <= large.peak_mib
    assert larger.peak_mib >= small.peak_mib + 60
    assert block[0] == 1


def test_threads_count_together():
    stages = Stages()
    stages.begin("reading")
    workers = [threading.Thread(target=lambda: [stages.count(rows=1) for _ in range(1000)]) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert stages.end()[0].rows == 4000
