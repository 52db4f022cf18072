"""The SQL tables of scans, cases and decisions: one model for SQLite and PostgreSQL.

No decision is erased: a judgement is superseded, a label withdrawn, an action undone, each with actor and time. The
migrations in ``migrations/versions`` make these tables. A test checks that model and migrations agree.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from stillwatch.tables.sql import SqlTable

__all__ = [
    "Action",
    "ActionAccount",
    "Allowance",
    "AllowanceSubject",
    "Appeal",
    "AppealAccount",
    "Approval",
    "AuditEntry",
    "AuditHead",
    "Case",
    "CaseEvent",
    "CaseMember",
    "Exemplar",
    "ImportedScan",
    "Judgement",
    "Label",
    "Notice",
    "Sighting",
]


class AuditEntry(SqlTable):
    """One entry of the audit log. Module ``audit`` explains the chain."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    details: Mapped[str]
    previous: Mapped[str]
    digest: Mapped[str]
    signature: Mapped[str]


class AuditHead(SqlTable):
    """The head of the chain. It is one row, and the lock that writers take one after the other."""

    __tablename__ = "audit_head"

    only: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    digest: Mapped[str]
    public_key: Mapped[str]


class ImportedScan(SqlTable):
    """A scan that was imported. ``scan_id`` is a digest of its result.

    ``unopened`` are the ids of the campaigns that its last import left without a case, because an import opens a
    limited number of cases.
    """

    __tablename__ = "scans"

    scan_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]
    taken_at: Mapped[datetime]
    first_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    n_accounts: Mapped[int] = mapped_column(sa.BigInteger)
    n_exchanges: Mapped[int] = mapped_column(sa.BigInteger)
    n_campaigns: Mapped[int]
    unopened: Mapped[list[Any]] = mapped_column(server_default="[]")
    summary: Mapped[dict[str, Any]]
    background: Mapped[bytes | None]


class Case(SqlTable):
    """One case: a campaign that a scan reported, or accounts that an analyst named."""

    __tablename__ = "cases"

    case_id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str | None] = mapped_column(unique=True)
    title: Mapped[str]
    severity: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    assigned_to: Mapped[str | None]
    last_scan: Mapped[str | None] = mapped_column(sa.ForeignKey("scans.scan_id"))
    n_accounts: Mapped[int]
    n_exchanges: Mapped[int] = mapped_column(sa.BigInteger)
    q_value: Mapped[float | None]
    rank: Mapped[int | None] = mapped_column(sa.BigInteger)
    p_group: Mapped[float | None]
    signals: Mapped[list[Any]]
    closed_as: Mapped[str | None]
    merged_into: Mapped[int | None] = mapped_column(sa.ForeignKey("cases.case_id"))
    split_from: Mapped[int | None] = mapped_column(sa.ForeignKey("cases.case_id"))


class Sighting(SqlTable):
    """One campaign as one scan reported it: its row, and the tables that the page of the case draws."""

    __tablename__ = "sightings"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.case_id"), primary_key=True)
    scan_id: Mapped[str] = mapped_column(sa.ForeignKey("scans.scan_id"), primary_key=True)
    campaign: Mapped[dict[str, Any]]
    timeline: Mapped[bytes | None]
    bonds: Mapped[bytes | None]
    grounds: Mapped[bytes | None]


class CaseEvent(SqlTable):
    """The change of a campaign between two scans."""

    __tablename__ = "case_events"

    event_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.case_id"), index=True)
    scan_id: Mapped[str] = mapped_column(sa.ForeignKey("scans.scan_id"))
    event: Mapped[str]
    other_case: Mapped[int | None] = mapped_column(sa.ForeignKey("cases.case_id"))
    n_accounts: Mapped[int]
    n_joined: Mapped[int]
    n_left: Mapped[int]


class CaseMember(SqlTable):
    """One account of a case. It stays where a later scan no longer reports it."""

    __tablename__ = "case_members"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.case_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    p_member: Mapped[float | None]
    reasons: Mapped[list[Any]]
    first_scan: Mapped[str | None] = mapped_column(sa.ForeignKey("scans.scan_id"))
    last_scan: Mapped[str | None] = mapped_column(sa.ForeignKey("scans.scan_id"))


class Judgement(SqlTable):
    """One person's answer about a case (``account_id`` is null) or about one of its accounts."""

    __tablename__ = "judgements"
    __table_args__ = (sa.Index("ix_judgements_case_id_account_id", "case_id", "account_id"),)

    judgement_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.case_id"))
    account_id: Mapped[str | None]
    verdict: Mapped[str]
    why: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    entry: Mapped[int] = mapped_column(sa.ForeignKey("audit.seq"))
    appeal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("appeals.appeal_id"))


class Label(SqlTable):
    """A label on a case or an account."""

    __tablename__ = "labels"
    __table_args__ = (sa.Index("ix_labels_kind_subject", "kind", "subject"),)

    label_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    why: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]


class Allowance(SqlTable):
    """A use that is allowed until a date although it looks like a campaign."""

    __tablename__ = "allowances"

    allowance_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    holder: Mapped[str]
    why: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class AllowanceSubject(SqlTable):
    """One account that an allowance covers."""

    __tablename__ = "allowance_subjects"

    allowance_id: Mapped[int] = mapped_column(sa.ForeignKey("allowances.allowance_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True, index=True)


class Action(SqlTable):
    """An action with its plan, its state and its reversal."""

    __tablename__ = "actions"

    action_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.case_id"), index=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    dry_run: Mapped[bool]
    why: Mapped[str]
    planned_by: Mapped[str]
    planned_at: Mapped[datetime]
    approvals_needed: Mapped[int]
    earliest_at: Mapped[datetime]
    latest_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    holdout: Mapped[float]
    salt: Mapped[str]
    carried_out_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    undone_why: Mapped[str | None]


class ActionAccount(SqlTable):
    """One account of an action: treated, held out for comparison, dropped before the execution, or undone."""

    __tablename__ = "action_accounts"

    action_id: Mapped[int] = mapped_column(sa.ForeignKey("actions.action_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    arm: Mapped[str]
    note: Mapped[str]
    undone_at: Mapped[datetime | None]


class Approval(SqlTable):
    """The answer of a second person to a planned action."""

    __tablename__ = "approvals"

    action_id: Mapped[int] = mapped_column(sa.ForeignKey("actions.action_id"), primary_key=True)
    by: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]


class Appeal(SqlTable):
    """An appeal of account holders against an action, and the answer of a person who took no part in the decision."""

    __tablename__ = "appeals"

    appeal_id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(sa.ForeignKey("actions.action_id"), index=True)
    state: Mapped[str] = mapped_column(index=True)
    statement: Mapped[str]
    received_at: Mapped[datetime]
    received_by: Mapped[str]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    why: Mapped[str | None]


class AppealAccount(SqlTable):
    """One account of an appeal and its outcome."""

    __tablename__ = "appeal_accounts"

    appeal_id: Mapped[int] = mapped_column(sa.ForeignKey("appeals.appeal_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    outcome: Mapped[str | None]


class Exemplar(SqlTable):
    """One redacted prompt of a case. It is deleted after ``kept_until``."""

    __tablename__ = "exemplars"

    exemplar_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.case_id"), index=True)
    account_id: Mapped[str]
    at: Mapped[datetime]
    text: Mapped[str]
    kept_until: Mapped[datetime] = mapped_column(index=True)


class Notice(SqlTable):
    """A notice to an account holder: the class of reason and the period, but no signals."""

    __tablename__ = "notices"

    notice_id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(sa.ForeignKey("actions.action_id"), index=True)
    appeal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("appeals.appeal_id"))
    account_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
