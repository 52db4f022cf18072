"""Adds the place of a case in the queue, the probability of its group, and the campaigns without a case."""

import sqlalchemy as sa
from alembic import op

revision = "v6"
down_revision = "v5"


def upgrade() -> None:
    """Add the columns. Older cases have no rank and no probability until a scan reports them again."""
    op.add_column("cases", sa.Column("rank", sa.BigInteger(), nullable=True))
    op.add_column("cases", sa.Column("p_group", sa.Double(), nullable=True))
    op.add_column("scans", sa.Column("unopened", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Remove the columns and what is in them; another scan fills those of the cases again."""
    op.drop_column("scans", "unopened")
    op.drop_column("cases", "p_group")
    op.drop_column("cases", "rank")
