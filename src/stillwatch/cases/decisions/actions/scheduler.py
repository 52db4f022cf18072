"""Carries out the actions that are due, moves experiments on, and deletes prompts whose retention time is over."""

from collections.abc import Callable

import sqlalchemy as sa

from stillwatch.cases.access.desk import Desk
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions.actions.execution import carry_out, due
from stillwatch.cases.decisions.actions.kinds import SCHEDULE, ActionKind, ActionState
from stillwatch.cases.decisions.asking.progress import advance_ripe, start
from stillwatch.cases.decisions.exemplars import forget, n_over
from stillwatch.cases.store.schema import Action

__all__ = ["run_due"]


def run_due(desk: Desk, trouble: Callable[[int, Exception], None]) -> dict[int, ActionState]:
    """Carry out every action that is due, and return the new state of each.

    A failure is passed to *trouble* with the number of the action, and the next action follows. Where another process
    carried the action out first, this is no failure.
    """
    with desk.look() as look:
        numbers, is_over = due(look), n_over(look) > 0
        asks = set(look.session.scalars(sa.select(Action.action_id).where(Action.kind == str(ActionKind.ASK))))
    if is_over:
        with desk.work(SCHEDULE, Permission.ACT) as work:
            forget(work)
    done = {}
    for number in numbers:
        try:
            with desk.work(SCHEDULE, Permission.ACT) as work:
                done[number] = start(work, number) if number in asks else carry_out(work, number)
        except Exception as error:  # noqa: BLE001 - a failure must not stop the other actions
            if _is_scheduled(desk, number):
                trouble(number, error)
    advance_ripe(desk, trouble)
    return done


def _is_scheduled(desk: Desk, number: int) -> bool:
    """Return whether the action is still scheduled; true where the database cannot be asked."""
    try:
        with desk.look() as look:
            state = look.session.execute(sa.select(Action.state).where(Action.action_id == number)).scalar()
    except Exception:  # noqa: BLE001 - the first failure is the one to report
        return True
    return state == ActionState.SCHEDULED
