"""Adds the tables of users, sessions, one-time links, API tokens, and sign-in attempts."""

import sqlalchemy as sa
from alembic import op

revision = "v2"
down_revision = "v1"

_TABLES = sa.MetaData()
sa.Table(
    "login_failures",
    _TABLES,
    sa.Column("lane", sa.Text(), nullable=False),
    sa.Column("count", sa.Integer(), nullable=False),
    sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("open_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("lane", name="pk_login_failures"),
    sa.Index("ix_login_failures_last_at", "last_at"),
)
sa.Table(
    "users",
    _TABLES,
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("name_key", sa.Text(), nullable=False),
    sa.Column("display", sa.Text(), nullable=False),
    sa.Column("role", sa.Text(), nullable=False),
    sa.Column("password_hash", sa.Text(), nullable=True),
    sa.Column("issuer", sa.Text(), nullable=True),
    sa.Column("subject", sa.Text(), nullable=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint("user_id", name="pk_users"),
    sa.UniqueConstraint("name_key", name="uq_users_name_key"),
    sa.UniqueConstraint("issuer", "subject", name="uq_users_issuer_subject"),
)
sa.Table(
    "api_tokens",
    _TABLES,
    sa.Column("token_id", sa.Integer(), nullable=False),
    sa.Column("digest", sa.Text(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("scopes", sa.JSON(), nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint("token_id", name="pk_api_tokens"),
    sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_api_tokens_user_id_users"),
    sa.UniqueConstraint("digest", name="uq_api_tokens_digest"),
    sa.Index("ix_api_tokens_user_id", "user_id"),
)
sa.Table(
    "known_devices",
    _TABLES,
    sa.Column("digest", sa.Text(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("digest", name="pk_known_devices"),
    sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_known_devices_user_id_users"),
    sa.Index("ix_known_devices_user_id", "user_id"),
)
sa.Table(
    "one_time_links",
    _TABLES,
    sa.Column("digest", sa.Text(), nullable=False),
    sa.Column("purpose", sa.Text(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=True),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("made_by", sa.Text(), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint("digest", name="pk_one_time_links"),
    sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_one_time_links_user_id_users"),
    sa.Index("ix_one_time_links_user_id", "user_id"),
)
sa.Table(
    "sessions",
    _TABLES,
    sa.Column("digest", sa.Text(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("csrf", sa.Text(), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("idle_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("digest", name="pk_sessions"),
    sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_sessions_user_id_users"),
    sa.Index("ix_sessions_user_id", "user_id"),
)


def upgrade() -> None:
    """Make the tables."""
    _TABLES.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    """Remove the tables and all that is in them."""
    _TABLES.drop_all(op.get_bind())
