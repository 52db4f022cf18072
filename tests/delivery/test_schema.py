import sqlalchemy as sa

from stillwatch.delivery.schema import Delivery, Hook
from stillwatch.tables.sql import SqlTable


def test_the_tables_follow_the_audit_log_and_each_other():
    tables = {kind.__tablename__: kind.__table__ for kind in (Hook, Delivery)}
    assert all(SqlTable.metadata.tables[name] is table for name, table in tables.items())
    assert {key.target_fullname for key in tables["outbox"].foreign_keys} == {"hooks.hook_id", "audit.seq"}


def test_no_column_holds_a_secret_as_it_is():
    assert "secret" not in {column.name for column in sa.inspect(Hook).columns}
