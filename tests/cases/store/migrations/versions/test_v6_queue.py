import sqlalchemy as sa
from alembic import command

from stillwatch.cases.store.database import migrations

CASES = sa.text("SELECT case_id, campaign_id, severity FROM cases ORDER BY case_id")


def _columns(link, table):
    return {column["name"] for column in sa.inspect(link).get_columns(table)}


def test_down_and_up_again_leave_the_cases_without_a_rank(desk, taken):
    with desk.database.writing() as link:
        before = link.execute(CASES).all()
        command.downgrade(migrations(link), "v5")
        assert not {"rank", "p_group"} & _columns(link, "cases")
        assert "unopened" not in _columns(link, "scans")
        command.upgrade(migrations(link), "v6")
        assert {"rank", "p_group"} <= _columns(link, "cases")
        assert link.execute(CASES).all() == before
        assert link.execute(sa.text("SELECT COUNT(rank) FROM cases")).scalar() == 0
        unopened = sa.column("unopened", sa.JSON())
        assert link.execute(sa.select(unopened).select_from(sa.table("scans"))).scalars().all() == [[]]
