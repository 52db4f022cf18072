from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from stillwatch.cases.store.database import Database, address, migrations
from stillwatch.errors import EngineError

TABLES = {
    "action_accounts", "actions", "allowance_subjects", "allowances", "appeal_accounts", "appeals", "approvals",
    "audit", "audit_head", "case_events", "case_members", "cases", "judgements", "exemplars", "labels", "notices", "scans",
    "sightings",
}  # fmt: skip


@pytest.fixture
def first(store: Any) -> Any:
    """Return a database at this revision, whatever came later."""
    database = Database(address(store.url))
    with database.writing() as link:
        command.downgrade(migrations(link), "v1")
    yield database
    database.close()


def test_the_tables_are_those_that_were_released(first: Database) -> None:
    with first.reading() as link:
        assert set(sa.inspect(link).get_table_names()) == TABLES | {"alembic_version"}


def test_what_refers_to_nothing_is_refused(first: Database) -> None:
    with pytest.raises(EngineError, match="failed"), first.writing() as link:
        link.execute(sa.text("INSERT INTO case_members (case_id, account_id, reasons) VALUES (7, 'a', '[]')"))


def test_a_table_that_is_there_already_is_not_taken_over(first: Database) -> None:
    with first.writing() as link:
        command.downgrade(migrations(link), "base")
        link.execute(sa.text("CREATE TABLE audit (their TEXT)"))
    with pytest.raises(EngineError, match="failed"), first.writing() as link:
        command.upgrade(migrations(link), "v1")
    with first.reading() as link:
        assert sa.inspect(link).get_columns("audit")[0]["name"] == "their"
