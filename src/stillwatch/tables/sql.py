"""The declarative base and column types of every SQL table, for SQLite and PostgreSQL alike.

This module alone in ``tables`` imports SQLAlchemy. ``stillwatch.tables`` does not import it, so a scan loads no
SQLAlchemy.
"""

import re
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase

from stillwatch.errors import InputError

__all__ = ["CleanText", "SqlTable", "UtcDateTime"]

_SURROGATES = re.compile("[\ud800-\udfff]")
_CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A datetime in UTC. SQLite has no time zones, so SQLite stores the UTC time without one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return *value* in UTC. Raises ``ValueError`` for a datetime without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return *value* with the time zone UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(sa.types.TypeDecorator[str]):
    """Text that both databases can store. PostgreSQL refuses NUL, and UTF-8 has no lone surrogates."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return *value*. Raises ``InputError`` for text that one of the databases cannot store."""
        if value is not None and ("\0" in value or _SURROGATES.search(value)):
            raise InputError("text with characters that cannot be stored", remedy="Remove NUL and lone surrogates.")
        return value


class SqlTable(DeclarativeBase):
    """The base class of every SQL table. All tables share one ``MetaData``.

    Names of constraints follow a fixed convention, so that migrations can name them.
    """

    metadata = sa.MetaData(naming_convention=_CONSTRAINT_NAMES)
    type_annotation_map = {  # noqa: RUF012
        datetime: UtcDateTime,
        str: CleanText,
        dict[str, Any]: sa.JSON,
        list[Any]: sa.JSON,
    }
