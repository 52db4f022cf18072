"""A running console carries out what is due, so that nobody has to call a command every few minutes.

Several consoles may do so over one database: whoever comes second finds an action done.
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
    """Carry out what is due now and every *every_s* seconds, until the block ends; 0 is never."""
    stop = asyncio.Event()
    task = asyncio.create_task(_repeat(desk, every_s, stop)) if every_s > 0 else None
    try:
        yield
    finally:
        stop.set()
        if task is not None:
            # What has begun is brought to its end: the desk must not be closed under it.
            await task


def carry_out_due(desk: Desk) -> None:
    """Carry out what is due; a failure is told in one sentence, and neither stops the others nor the console."""
    try:
        run_due(desk, _trouble)
    except Exception as error:  # noqa: BLE001 - whatever it is, the next time may do better
        _log.error("The actions that are due could not be looked up: %s", _told(error))


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
    """Return what an error says, where its words are ours; those of others may name somebody."""
    return error.sentence() if isinstance(error, StillwatchError) else f"{type(error).__name__}."
