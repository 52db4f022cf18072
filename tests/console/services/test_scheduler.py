import asyncio
import time

import pytest
from starlette.testclient import TestClient

from stillwatch.cases import Actor, Desk, Permission, Role
from stillwatch.cases.decisions import actions
from stillwatch.cases.decisions.actions import ActionKind, Plan, active_limits
from stillwatch.console import build_app
from stillwatch.console.services import scheduler
from stillwatch.errors import EngineError


@pytest.fixture
def due(desk, confirmed):
    """Plan two actions that are due."""
    with desk.work(Actor("ann", Role.ANALYST), Permission.ACT) as work:
        kinds = (ActionKind.THROTTLE, ActionKind.WITHHOLD)
        return [
            actions.plan(work, 2, Plan(kind, "x", accounts=confirmed[:2], dry_run=False)).action_id for kind in kinds
        ]


def n_in_force(desk):
    with desk.look() as look:
        return active_limits.n_in_force(look)


def until(happens):
    """Wait until something happens, and fail where it does not."""
    for _ in range(1_000):
        if happens():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen")


def test_a_running_console_carries_out_what_is_due(desk, settings, due):
    app = build_app(desk, settings)
    assert n_in_force(desk) == 0
    with TestClient(app, base_url=settings.base_url):
        until(lambda: n_in_force(desk) == 4)


def test_it_looks_again_after_a_while(desk, settings, confirmed, clock):
    with TestClient(build_app(desk, settings.model_copy(update={"run_due_every": 0.01})), base_url=settings.base_url):
        with desk.work(Actor("ann", Role.ANALYST), Permission.ACT) as work:
            actions.plan(work, 2, Plan(ActionKind.THROTTLE, "x", accounts=confirmed[:2], dry_run=False))
        until(lambda: n_in_force(desk) == 2)


def test_nought_leaves_it_to_others(desk, settings, due, monkeypatch):
    called = []
    monkeypatch.setattr(scheduler, "carry_out_due", called.append)
    with TestClient(build_app(desk, settings.model_copy(update={"run_due_every": 0})), base_url=settings.base_url):
        pass
    assert called == []


def test_two_consoles_over_one_database_carry_each_action_out_once(desk, settings, due, clock):
    with Desk(desk.settings, clock=clock) as another:
        apps = [build_app(one, settings.model_copy(update={"run_due_every": 0.01})) for one in (desk, another)]
        with TestClient(apps[0], base_url=settings.base_url), TestClient(apps[1], base_url=settings.base_url):
            until(lambda: n_in_force(desk) == 4)
    with desk.look() as look:
        told = look.session.connection().exec_driver_sql("SELECT count(*) FROM notices").scalar()
    assert told == 4


def test_what_fails_is_told_in_a_sentence_and_the_rest_goes_on(desk, due, monkeypatch, caplog):
    carry_out = actions.carry_out

    def failing(work, number):
        if number == due[0]:
            raise RuntimeError("acct_secret")
        return carry_out(work, number)

    monkeypatch.setattr("stillwatch.cases.decisions.actions.scheduler.carry_out", failing)
    scheduler.carry_out_due(desk)
    assert n_in_force(desk) == 2
    assert caplog.messages == [f"Action {due[0]} was not carried out: RuntimeError."]


def test_a_database_that_is_away_ends_nothing(desk, monkeypatch, caplog):
    def away(*_):
        raise EngineError("the database of cases failed", where="sqlite")

    monkeypatch.setattr(scheduler, "run_due", away)
    scheduler.carry_out_due(desk)
    assert caplog.messages == ["The due actions could not be looked up: sqlite: the database of cases failed."]


def test_what_has_begun_is_brought_to_its_end(desk, monkeypatch):
    seen = []

    def slow(_):
        seen.append("begun")
        time.sleep(0.05)
        seen.append("done")

    monkeypatch.setattr(scheduler, "carry_out_due", slow)

    async def serve():
        async with scheduler.running(desk, 60):
            while not seen:
                await asyncio.sleep(0.001)

    asyncio.run(serve())
    assert seen == ["begun", "done"]
