from stillwatch.cases.store.saved_views_schema import SavedView
from stillwatch.tables.sql import SqlTable


def test_views_are_of_the_same_database():
    assert SqlTable.metadata.tables["saved_views"] is SavedView.__table__
    assert {"owner", "is_shared", "query", "removed_at"} <= {column.name for column in SavedView.__table__.columns}
