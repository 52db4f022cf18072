"""The SQL table of saved views. A removed view stays as a row."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from stillwatch.tables.sql import SqlTable

__all__ = ["SavedView"]


class SavedView(SqlTable):
    """Filters of the queue that one person saved under a name."""

    __tablename__ = "saved_views"

    view_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner: Mapped[str] = mapped_column(index=True)
    is_shared: Mapped[bool]
    query: Mapped[str]
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
