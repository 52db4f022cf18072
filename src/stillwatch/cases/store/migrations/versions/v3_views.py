"""Adds the tables of saved views, of receivers of webhooks, and of the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "v3"
down_revision = "v2"

_TABLES = sa.MetaData()
# Declared for the foreign keys that refer to it. This revision neither makes nor removes it.
_AUDIT = sa.Table("audit", _TABLES, sa.Column("seq", sa.Integer(), primary_key=True))
_NEW = [
    sa.Table(
        "saved_views",
        _TABLES,
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("view_id", name="pk_saved_views"),
        sa.Index("ix_saved_views_owner", "owner"),
    ),
    sa.Table(
        "hooks",
        _TABLES,
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("type_name", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("api_key", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("hook_id", name="pk_hooks"),
    ),
    sa.Table(
        "outbox",
        _TABLES,
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_outbox"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
        sa.ForeignKeyConstraint(["hook_id"], ["hooks.hook_id"], name="fk_outbox_hook_id_hooks"),
        sa.ForeignKeyConstraint(["entry"], ["audit.seq"], name="fk_outbox_entry_audit"),
        sa.Index("ix_outbox_hook_id", "hook_id"),
        sa.Index("ix_outbox_state", "state"),
        sa.Index("ix_outbox_next_at", "next_at"),
    ),
]


def upgrade() -> None:
    """Make the tables."""
    _TABLES.create_all(op.get_bind(), tables=_NEW)


def downgrade() -> None:
    """Remove the tables and all that is in them."""
    _TABLES.drop_all(op.get_bind(), tables=_NEW)
