"""Carries out what people planned and approved, when its moment has come, and forgets prompts whose time is over."""

from collections.abc import Callable

import sqlalchemy as sa

from stillwatch.cases.access.desk import Desk
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions.actions import SCHEDULE, ActionState, carry_out, due
from stillwatch.cases.decisions.exemplars import forget, n_over
from stillwatch.cases.store.schema import Action

__all__ = ["run_due"]


def run_due(desk: Desk, trouble: Callable[[int, Exception], None]) -> dict[int, ActionState]:
    """Carry out every action that is due and return what each became; *trouble* takes what failed, and stops no other.

    Where another console does the same over the same database, whoever comes second finds the action done, which is no
    trouble.
    """
    with desk.look() as look:
        numbers, is_over = due(look), n_over(look) > 0
    if is_over:
        with desk.work(SCHEDULE, Permission.ACT) as work:
            forget(work)
    done = {}
    for number in numbers:
        try:
            with desk.work(SCHEDULE, Permission.ACT) as work:
                done[number] = carry_out(work, number)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next one is somebody else's
            if _is_scheduled(desk, number):
                trouble(number, error)
    return done


def _is_scheduled(desk: Desk, number: int) -> bool:
    """Return whether the action is still to be carried out, as far as one can see."""
    try:
        with desk.look() as look:
            state = look.session.execute(sa.select(Action.state).where(Action.action_id == number)).scalar()
    except Exception:  # noqa: BLE001 - the failure that led here is the one to tell of
        return True
    return state == ActionState.SCHEDULED
