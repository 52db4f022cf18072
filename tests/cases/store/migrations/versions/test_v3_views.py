import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from stillwatch.cases.store.database import migrations
from stillwatch.delivery.schema import Hook

NEW = {"saved_views", "hooks", "outbox"}


def _tables(link):
    return set(sa.inspect(link).get_table_names())


def test_down_and_up_again_leave_the_older_tables_alone(desk):
    with desk.database.writing() as link:
        command.downgrade(migrations(link), "v3")
        before = _tables(link)
        assert before >= NEW
        command.downgrade(migrations(link), "v2")
        assert _tables(link) == before - NEW
        command.upgrade(migrations(link), "v3")
        assert _tables(link) == before


def test_it_makes_what_the_model_says(desk):
    with desk.database.writing() as link:
        found = compare_metadata(MigrationContext.configure(link), Hook.metadata)
    assert not [step for step in found if NEW & {getattr(part, "name", None) for part in step if part is not None}]
