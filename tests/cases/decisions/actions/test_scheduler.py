import threading

import pytest

from stillwatch.cases import Desk
from stillwatch.cases.decisions import actions
from stillwatch.cases.decisions.actions import ActionKind, ActionState, Plan, active_limits, scheduler
from stillwatch.errors import EngineError


@pytest.fixture
def due(confirmed, do, ann):
    """Plan three actions that are due."""
    wanted = [
        Plan(kind, "why", accounts=confirmed[:2], dry_run=False)
        for kind in (ActionKind.THROTTLE, ActionKind.WITHHOLD, ActionKind.STEP_UP)
    ]
    return [do(ann, actions.plan, 2, one).action_id for one in wanted]


def test_what_is_due_is_carried_out(due, desk, see):
    troubles = []
    assert scheduler.run_due(desk, lambda *trouble: troubles.append(trouble)) == dict.fromkeys(
        due, ActionState.IN_FORCE
    )
    assert len(see(active_limits.in_force)) == 6
    assert scheduler.run_due(desk, lambda *trouble: troubles.append(trouble)) == {}
    assert troubles == []


def test_one_that_fails_is_told_of_and_stops_no_other(due, desk, monkeypatch):
    troubles, carry_out = [], actions.carry_out

    def failing(work, number):
        if number == due[1]:
            raise EngineError("no room")
        return carry_out(work, number)

    monkeypatch.setattr(scheduler, "carry_out", failing)
    done = scheduler.run_due(desk, lambda number, error: troubles.append((number, type(error))))
    assert list(done) == [due[0], due[2]]
    assert troubles == [(due[1], EngineError)]


def test_two_at_once_do_each_action_once_and_without_trouble(due, desk, clock, see):
    done, troubles, barrier = [], [], threading.Barrier(2)

    def run():
        with Desk(desk.settings, clock=clock) as another:
            barrier.wait()
            done.extend(scheduler.run_due(another, lambda *trouble: troubles.append(trouble)))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == due
    assert troubles == []
    assert len(see(active_limits.in_force)) == 6
