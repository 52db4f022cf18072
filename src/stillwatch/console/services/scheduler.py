"""Carries out due actions in the background of a running console, so that no cron job is needed.

Several consoles may do so over one database: the second one finds the action done.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stillwatch.cases.access.desk import Desk
from stillwatch.cases.decisions.actions.scheduler import run_due
from stillwatch.errors import StillwatchError

__all__ = ["carry_out_due", "running"]

_log = logging.getLogger("stillwatch.console")


@asynccontextmanager
async def running(desk: Desk, every_s: float) -> AsyncIterator[None]:
    """Carry out due actions now and every *every_s* seconds, until the block ends. 0 turns this off."""
    stop = asyncio.Event()
    task = asyncio.create_task(_repeat(desk, every_s, stop)) if every_s > 0 else None
    try:
        yield
    finally:
        stop.set()
        if task is not None:
            # Wait for the current run: the desk must not be closed while it works.
            await task


def carry_out_due(desk: Desk) -> None:
    """Carry out all due actions. A failure is logged in one sentence; it stops neither the other actions nor the
    console.
    """
    try:
        run_due(desk, _trouble)
    except Exception as error:  # noqa: BLE001 - the next run may succeed
        _log.error("The due actions could not be looked up: %s", _told(error))


async def _repeat(desk: Desk, every_s: float, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await asyncio.to_thread(carry_out_due, desk)
        try:
            await asyncio.wait_for(stop.wait(), every_s)
        except TimeoutError:
            continue


def _trouble(number: int, error: Exception) -> None:
    _log.error("Action %d was not carried out: %s", number, _told(error))


def _told(error: Exception) -> str:
    """Return the message of an error of Stillwatch, and only the type of any other error: its message may name a
    person.
    """
    return error.sentence() if isinstance(error, StillwatchError) else f"{type(error).__name__}."
