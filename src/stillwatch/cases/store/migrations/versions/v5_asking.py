"""Adds the tables of experiments and of the accounts that were asked."""

import sqlalchemy as sa
from alembic import op

revision = "v5"
down_revision = "v4"

_TABLES = sa.MetaData()
# Declared for the foreign keys that refer to them. This revision neither makes nor removes them.
_OLDER = [
    sa.Table("audit", _TABLES, sa.Column("seq", sa.Integer(), primary_key=True)),
    sa.Table("cases", _TABLES, sa.Column("case_id", sa.Integer(), primary_key=True)),
    sa.Table("actions", _TABLES, sa.Column("action_id", sa.Integer(), primary_key=True)),
    sa.Table("scans", _TABLES, sa.Column("scan_id", sa.Text(), primary_key=True)),
]
_NEW = [
    sa.Table(
        "experiments",
        _TABLES,
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.Text(), nullable=True),
        sa.Column("n_accounts", sa.Integer(), nullable=False),
        sa.Column("accounts_sha256", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("at_once", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("p_pass_honest", sa.Double(), nullable=False),
        sa.Column("p_pass_campaign", sa.Double(), nullable=False),
        sa.Column("prior_odds", sa.Double(), nullable=False),
        sa.Column("alpha", sa.Double(), nullable=False),
        sa.Column("beta", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("experiment_id", name="pk_experiments"),
        sa.UniqueConstraint("action_id", name="uq_experiments_action_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_experiments_case_id_cases"),
        sa.ForeignKeyConstraint(["action_id"], ["actions.action_id"], name="fk_experiments_action_id_actions"),
        sa.ForeignKeyConstraint(["scan_id"], ["scans.scan_id"], name="fk_experiments_scan_id_scans"),
        sa.Index("ix_experiments_case_id", "case_id"),
    ),
    sa.Table(
        "asked_accounts",
        _TABLES,
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("experiment_id", "account_id", name="pk_asked_accounts"),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiments.experiment_id"], name="fk_asked_accounts_experiment_id_experiments"
        ),
        sa.ForeignKeyConstraint(["entry"], ["audit.seq"], name="fk_asked_accounts_entry_audit"),
        sa.Index("ix_asked_accounts_account_id", "account_id"),
    ),
]


def upgrade() -> None:
    """Make the tables."""
    _TABLES.create_all(op.get_bind(), tables=_NEW)


def downgrade() -> None:
    """Remove the tables and all that is in them. The actions of experiments stay."""
    _TABLES.drop_all(op.get_bind(), tables=_NEW)
