import sqlalchemy as sa
from alembic import command

from stillwatch.cases.store.database import migrations


def _columns(link):
    return {column["name"] for column in sa.inspect(link).get_columns("sightings")}


def test_down_and_up_again_leave_the_sightings_and_what_they_had(desk, taken):
    with desk.database.writing() as link:
        before = link.execute(sa.text("SELECT case_id, scan_id, bonds FROM sightings ORDER BY case_id")).all()
        command.downgrade(migrations(link), "v3")
        assert "grounds" not in _columns(link)
        command.upgrade(migrations(link), "v4")
        assert "grounds" in _columns(link)
        assert link.execute(sa.text("SELECT case_id, scan_id, bonds FROM sightings ORDER BY case_id")).all() == before
        assert link.execute(sa.text("SELECT COUNT(grounds) FROM sightings")).scalar() == 0
