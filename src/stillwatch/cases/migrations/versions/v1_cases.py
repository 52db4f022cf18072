"""The first tables: scans and cases, judgements, actions, appeals and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "v1"
down_revision = None

_TABLES = sa.MetaData()
sa.Table(
    "allowances",
    _TABLES,
    sa.Column("allowance_id", sa.Integer(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("holder", sa.Text(), nullable=False),
    sa.Column("why", sa.Text(), nullable=False),
    sa.Column("by", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("revoked_by", sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint("allowance_id", name="pk_allowances"),
)
sa.Table(
    "audit",
    _TABLES,
    sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("at", sa.Text(), nullable=False),
    sa.Column("actor", sa.Text(), nullable=False),
    sa.Column("action", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("details", sa.Text(), nullable=False),
    sa.Column("previous", sa.Text(), nullable=False),
    sa.Column("digest", sa.Text(), nullable=False),
    sa.Column("signature", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    sa.Index("ix_audit_action", "action"),
    sa.Index("ix_audit_subject", "subject"),
)
sa.Table(
    "audit_head",
    _TABLES,
    sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("seq", sa.Integer(), nullable=False),
    sa.Column("digest", sa.Text(), nullable=False),
    sa.Column("public_key", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("only", name="pk_audit_head"),
)
sa.Table(
    "labels",
    _TABLES,
    sa.Column("label_id", sa.Integer(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("why", sa.Text(), nullable=False),
    sa.Column("by", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("withdrawn_by", sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint("label_id", name="pk_labels"),
    sa.Index("ix_labels_kind_subject", "kind", "subject"),
)
sa.Table(
    "scans",
    _TABLES,
    sa.Column("scan_id", sa.Text(), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("n_accounts", sa.BigInteger(), nullable=False),
    sa.Column("n_exchanges", sa.BigInteger(), nullable=False),
    sa.Column("n_campaigns", sa.Integer(), nullable=False),
    sa.Column("summary", sa.JSON(), nullable=False),
    sa.Column("background", sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint("scan_id", name="pk_scans"),
    sa.UniqueConstraint("number", name="uq_scans_number"),
)
sa.Table(
    "allowance_subjects",
    _TABLES,
    sa.Column("allowance_id", sa.Integer(), nullable=False),
    sa.Column("account_id", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("allowance_id", "account_id", name="pk_allowance_subjects"),
    sa.ForeignKeyConstraint(
        ["allowance_id"], ["allowances.allowance_id"], name="fk_allowance_subjects_allowance_id_allowances"
    ),
    sa.Index("ix_allowance_subjects_account_id", "account_id"),
)
sa.Table(
    "cases",
    _TABLES,
    sa.Column("case_id", sa.Integer(), nullable=False),
    sa.Column("campaign_id", sa.Text(), nullable=True),
    sa.Column("title", sa.Text(), nullable=False),
    sa.Column("severity", sa.Text(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("opened_by", sa.Text(), nullable=False),
    sa.Column("assigned_to", sa.Text(), nullable=True),
    sa.Column("last_scan", sa.Text(), nullable=True),
    sa.Column("merged_into", sa.Integer(), nullable=True),
    sa.Column("split_from", sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint("case_id", name="pk_cases"),
    sa.ForeignKeyConstraint(["last_scan"], ["scans.scan_id"], name="fk_cases_last_scan_scans"),
    sa.ForeignKeyConstraint(["merged_into"], ["cases.case_id"], name="fk_cases_merged_into_cases"),
    sa.ForeignKeyConstraint(["split_from"], ["cases.case_id"], name="fk_cases_split_from_cases"),
    sa.UniqueConstraint("campaign_id", name="uq_cases_campaign_id"),
    sa.Index("ix_cases_state", "state"),
)
sa.Table(
    "actions",
    _TABLES,
    sa.Column("action_id", sa.Integer(), nullable=False),
    sa.Column("case_id", sa.Integer(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("dry_run", sa.Boolean(), nullable=False),
    sa.Column("why", sa.Text(), nullable=False),
    sa.Column("planned_by", sa.Text(), nullable=False),
    sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("approvals_needed", sa.Integer(), nullable=False),
    sa.Column("earliest_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("latest_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("holdout", sa.Double(), nullable=False),
    sa.Column("salt", sa.Text(), nullable=False),
    sa.Column("carried_out_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("undone_by", sa.Text(), nullable=True),
    sa.Column("undone_why", sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint("action_id", name="pk_actions"),
    sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_actions_case_id_cases"),
    sa.Index("ix_actions_case_id", "case_id"),
    sa.Index("ix_actions_state", "state"),
)
sa.Table(
    "case_events",
    _TABLES,
    sa.Column("event_id", sa.Integer(), nullable=False),
    sa.Column("case_id", sa.Integer(), nullable=False),
    sa.Column("scan_id", sa.Text(), nullable=False),
    sa.Column("event", sa.Text(), nullable=False),
    sa.Column("other_case", sa.Integer(), nullable=True),
    sa.Column("n_accounts", sa.Integer(), nullable=False),
    sa.Column("n_joined", sa.Integer(), nullable=False),
    sa.Column("n_left", sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint("event_id", name="pk_case_events"),
    sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_case_events_case_id_cases"),
    sa.ForeignKeyConstraint(["other_case"], ["cases.case_id"], name="fk_case_events_other_case_cases"),
    sa.ForeignKeyConstraint(["scan_id"], ["scans.scan_id"], name="fk_case_events_scan_id_scans"),
    sa.Index("ix_case_events_case_id", "case_id"),
)
sa.Table(
    "case_members",
    _TABLES,
    sa.Column("case_id", sa.Integer(), nullable=False),
    sa.Column("account_id", sa.Text(), nullable=False),
    sa.Column("p_member", sa.Double(), nullable=True),
    sa.Column("reasons", sa.JSON(), nullable=False),
    sa.Column("first_scan", sa.Text(), nullable=True),
    sa.Column("last_scan", sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint("case_id", "account_id", name="pk_case_members"),
    sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_case_members_case_id_cases"),
    sa.ForeignKeyConstraint(["first_scan"], ["scans.scan_id"], name="fk_case_members_first_scan_scans"),
    sa.ForeignKeyConstraint(["last_scan"], ["scans.scan_id"], name="fk_case_members_last_scan_scans"),
    sa.Index("ix_case_members_account_id", "account_id"),
)
sa.Table(
    "sightings",
    _TABLES,
    sa.Column("case_id", sa.Integer(), nullable=False),
    sa.Column("scan_id", sa.Text(), nullable=False),
    sa.Column("campaign", sa.JSON(), nullable=False),
    sa.Column("timeline", sa.LargeBinary(), nullable=True),
    sa.Column("bonds", sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint("case_id", "scan_id", name="pk_sightings"),
    sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_sightings_case_id_cases"),
    sa.ForeignKeyConstraint(["scan_id"], ["scans.scan_id"], name="fk_sightings_scan_id_scans"),
)
sa.Table(
    "action_accounts",
    _TABLES,
    sa.Column("action_id", sa.Integer(), nullable=False),
    sa.Column("account_id", sa.Text(), nullable=False),
    sa.Column("arm", sa.Text(), nullable=False),
    sa.Column("note", sa.Text(), nullable=False),
    sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint("action_id", "account_id", name="pk_action_accounts"),
    sa.ForeignKeyConstraint(["action_id"], ["actions.action_id"], name="fk_action_accounts_action_id_actions"),
    sa.Index("ix_action_accounts_account_id", "account_id"),
)
sa.Table(
    "appeals",
    _TABLES,
    sa.Column("appeal_id", sa.Integer(), nullable=False),
    sa.Column("action_id", sa.Integer(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("statement", sa.Text(), nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("received_by", sa.Text(), nullable=False),
    sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("answered_by", sa.Text(), nullable=True),
    sa.Column("why", sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint("appeal_id", name="pk_appeals"),
    sa.ForeignKeyConstraint(["action_id"], ["actions.action_id"], name="fk_appeals_action_id_actions"),
    sa.Index("ix_appeals_action_id", "action_id"),
    sa.Index("ix_appeals_state", "state"),
)
sa.Table(
    "approvals",
    _TABLES,
    sa.Column("action_id", sa.Integer(), nullable=False),
    sa.Column("by", sa.Text(), nullable=False),
    sa.Column("answer", sa.Text(), nullable=False),
    sa.Column("why", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("action_id", "by", name="pk_approvals"),
    sa.ForeignKeyConstraint(["action_id"], ["actions.action_id"], name="fk_approvals_action_id_actions"),
)
sa.Table(
    "appeal_accounts",
    _TABLES,
    sa.Column("appeal_id", sa.Integer(), nullable=False),
    sa.Column("account_id", sa.Text(), nullable=False),
    sa.Column("outcome", sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint("appeal_id", "account_id", name="pk_appeal_accounts"),
    sa.ForeignKeyConstraint(["appeal_id"], ["appeals.appeal_id"], name="fk_appeal_accounts_appeal_id_appeals"),
    sa.Index("ix_appeal_accounts_account_id", "account_id"),
)
sa.Table(
    "judgements",
    _TABLES,
    sa.Column("judgement_id", sa.Integer(), nullable=False),
    sa.Column("case_id", sa.Integer(), nullable=False),
    sa.Column("account_id", sa.Text(), nullable=True),
    sa.Column("verdict", sa.Text(), nullable=False),
    sa.Column("why", sa.Text(), nullable=False),
    sa.Column("by", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("appeal_id", sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint("judgement_id", name="pk_judgements"),
    sa.ForeignKeyConstraint(["appeal_id"], ["appeals.appeal_id"], name="fk_judgements_appeal_id_appeals"),
    sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_judgements_case_id_cases"),
    sa.Index("ix_judgements_case_id_account_id", "case_id", "account_id"),
)
sa.Table(
    "notices",
    _TABLES,
    sa.Column("notice_id", sa.Integer(), nullable=False),
    sa.Column("action_id", sa.Integer(), nullable=False),
    sa.Column("appeal_id", sa.Integer(), nullable=True),
    sa.Column("account_id", sa.Text(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("notice_id", name="pk_notices"),
    sa.ForeignKeyConstraint(["action_id"], ["actions.action_id"], name="fk_notices_action_id_actions"),
    sa.ForeignKeyConstraint(["appeal_id"], ["appeals.appeal_id"], name="fk_notices_appeal_id_appeals"),
    sa.Index("ix_notices_account_id", "account_id"),
    sa.Index("ix_notices_action_id", "action_id"),
)


def upgrade() -> None:
    """Make the tables."""
    # A table of that name that is there already is not ours: better refused than taken for it.
    _TABLES.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    """Remove the tables and all that is in them."""
    _TABLES.drop_all(op.get_bind())
