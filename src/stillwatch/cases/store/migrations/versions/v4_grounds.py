"""Adds the input of a case's tests, so that the tests can be repeated without some members."""

import sqlalchemy as sa
from alembic import op

revision = "v4"
down_revision = "v3"


def upgrade() -> None:
    """Add the column."""
    op.add_column("sightings", sa.Column("grounds", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Remove the column and what is in it; another scan leaves it again."""
    op.drop_column("sightings", "grounds")
