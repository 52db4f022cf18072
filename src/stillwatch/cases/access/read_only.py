"""Opens the decisions in a SQLite file for reading only: nothing is made, upgraded or locked."""

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
    """Yield read access to the decisions of *settings*.

    Yields ``None`` where they are in no file, or where the file is not at the revision of this release. A database on a
    server is not opened either, so that a report does not wait for it.
    """
    path = _file(settings)
    if path is None:
        yield None
        return
    # In this mode SQLite refuses every write.
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
