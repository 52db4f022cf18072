"""A look at decisions in a file, for who only wants to show them: nothing is made, upgraded or locked."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from stillwatch.cases.access.desk import Look
from stillwatch.cases.store.database import migrations
from stillwatch.settings import CasesSettings

__all__ = ["glimpse"]


@contextmanager
def glimpse(settings: CasesSettings) -> Iterator[Look | None]:
    """Yield a look at the decisions of *settings*, or nothing where they are in no file, or not in this release's form.

    A database on a server is left alone too: who makes a report need not wait for it.
    """
    path = _file(settings)
    if path is None:
        yield None
        return
    # SQLite itself refuses to write so, whatever is asked of it.
    place = f"{path.resolve().as_uri()}?mode=ro"
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(place, uri=True), poolclass=NullPool)
    try:
        link = engine.connect()
    except SQLAlchemyError:
        yield None
        return
    with link:
        yield Look(Session(link), datetime.now(UTC), settings) if _is_current(link) else None


def _file(settings: CasesSettings) -> Path | None:
    try:
        url = make_url(settings.database.get_secret_value())
    except SQLAlchemyError:
        return None
    path = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    return path if path is not None and path.is_file() else None


def _is_current(link: sa.Connection) -> bool:
    try:
        found = MigrationContext.configure(link).get_current_revision()
    except SQLAlchemyError:
        return False
    return found == ScriptDirectory.from_config(migrations()).get_current_head()
