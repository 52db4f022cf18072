import sqlalchemy as sa

from stillwatch.cases.store.records_schema import Delivery, Hook, SavedView
from stillwatch.cases.store.schema import Tables


def test_they_are_of_the_same_database_and_follow_the_log():
    tables = {kind.__tablename__: kind.__table__ for kind in (SavedView, Hook, Delivery)}
    assert all(Tables.metadata.tables[name] is table for name, table in tables.items())
    targets = {key.target_fullname for key in tables["outbox"].foreign_keys}
    assert targets == {"hooks.hook_id", "audit.seq"}


def test_no_column_holds_a_secret_as_it_is(desk, do):
    assert "secret" not in {column.name for column in sa.inspect(Hook).columns}
