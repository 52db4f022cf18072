"""What people decide, as SQL tables: one model for SQLite and PostgreSQL.

Nothing is erased: an answer is superseded, a label withdrawn, an action undone, each with who and when. The migrations
in ``migrations/versions`` make these tables; a test holds that both say the same.
"""

import re
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from stillwatch.errors import InputError

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
    "Judgement",
    "Label",
    "Moment",
    "Notice",
    "Scan",
    "Sighting",
    "Tables",
    "Words",
]

_HALVES = re.compile("[\ud800-\udfff]")
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC; SQLite, which has no time zones, keeps it without."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return *value* in UTC; a moment without a zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return *value* with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(sa.types.TypeDecorator[str]):
    """Text that both databases can keep: PostgreSQL refuses NUL, and half a surrogate pair has no bytes."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return *value*, or raise ``InputError``."""
        if value is not None and ("\0" in value or _HALVES.search(value)):
            raise InputError(
                "text with characters that cannot be kept", remedy="Leave out NUL and halves of surrogate pairs."
            )
        return value


class Tables(DeclarativeBase):
    """The base of every table; names of constraints are fixed, so that migrations can name them."""

    metadata = sa.MetaData(naming_convention=_NAMES)
    type_annotation_map = {datetime: Moment, str: Words, dict[str, Any]: sa.JSON, list[Any]: sa.JSON}  # noqa: RUF012


class AuditEntry(Tables):
    """One thing that somebody did; see ``audit`` for the chain."""

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


class AuditHead(Tables):
    """Where the chain ends: one row, and the lock that writers take in turn."""

    __tablename__ = "audit_head"

    only: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    digest: Mapped[str]
    public_key: Mapped[str]


class Scan(Tables):
    """A scan whose campaigns were taken in; ``scan_id`` is a digest of what it left."""

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
    summary: Mapped[dict[str, Any]]
    background: Mapped[bytes | None]


class Case(Tables):
    """One thing that people look into: a campaign that a scan reported, or accounts that somebody named."""

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
    signals: Mapped[list[Any]]
    closed_as: Mapped[str | None]
    merged_into: Mapped[int | None] = mapped_column(sa.ForeignKey("cases.case_id"))
    split_from: Mapped[int | None] = mapped_column(sa.ForeignKey("cases.case_id"))


class Sighting(Tables):
    """One campaign as one scan saw it: its row, and the tables that its page draws."""

    __tablename__ = "sightings"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.case_id"), primary_key=True)
    scan_id: Mapped[str] = mapped_column(sa.ForeignKey("scans.scan_id"), primary_key=True)
    campaign: Mapped[dict[str, Any]]
    timeline: Mapped[bytes | None]
    bonds: Mapped[bytes | None]
    grounds: Mapped[bytes | None]


class CaseEvent(Tables):
    """What became of a campaign between two scans."""

    __tablename__ = "case_events"

    event_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.case_id"), index=True)
    scan_id: Mapped[str] = mapped_column(sa.ForeignKey("scans.scan_id"))
    event: Mapped[str]
    other_case: Mapped[int | None] = mapped_column(sa.ForeignKey("cases.case_id"))
    n_accounts: Mapped[int]
    n_joined: Mapped[int]
    n_left: Mapped[int]


class CaseMember(Tables):
    """One account of a case; it stays when a later scan no longer names it."""

    __tablename__ = "case_members"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.case_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    p_member: Mapped[float | None]
    reasons: Mapped[list[Any]]
    first_scan: Mapped[str | None] = mapped_column(sa.ForeignKey("scans.scan_id"))
    last_scan: Mapped[str | None] = mapped_column(sa.ForeignKey("scans.scan_id"))


class Judgement(Tables):
    """One person's answer about a case (``account_id`` missing) or about one of its accounts."""

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


class Label(Tables):
    """A word that somebody put on a case or an account."""

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


class Allowance(Tables):
    """A use that somebody is allowed although it looks like a campaign, until a day."""

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


class AllowanceSubject(Tables):
    """One account that an allowance covers."""

    __tablename__ = "allowance_subjects"

    allowance_id: Mapped[int] = mapped_column(sa.ForeignKey("allowances.allowance_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True, index=True)


class Action(Tables):
    """Something planned, and what became of it."""

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


class ActionAccount(Tables):
    """One account of an action: treated, held out for comparison, dropped since, or undone."""

    __tablename__ = "action_accounts"

    action_id: Mapped[int] = mapped_column(sa.ForeignKey("actions.action_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    arm: Mapped[str]
    note: Mapped[str]
    undone_at: Mapped[datetime | None]


class Approval(Tables):
    """What a second person said of a planned action."""

    __tablename__ = "approvals"

    action_id: Mapped[int] = mapped_column(sa.ForeignKey("actions.action_id"), primary_key=True)
    by: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]


class Appeal(Tables):
    """Account holders who say that an action was wrong, and the answer of somebody who did not decide it."""

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


class AppealAccount(Tables):
    """One account of an appeal and what was decided of it."""

    __tablename__ = "appeal_accounts"

    appeal_id: Mapped[int] = mapped_column(sa.ForeignKey("appeals.appeal_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    outcome: Mapped[str | None]


class Exemplar(Tables):
    """One prompt of a case, redacted, until it is forgotten."""

    __tablename__ = "exemplars"

    exemplar_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.case_id"), index=True)
    account_id: Mapped[str]
    at: Mapped[datetime]
    text: Mapped[str]
    kept_until: Mapped[datetime] = mapped_column(index=True)


class Notice(Tables):
    """What an account holder is told: the class of reason and the period, never the signals."""

    __tablename__ = "notices"

    notice_id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(sa.ForeignKey("actions.action_id"), index=True)
    appeal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("appeals.appeal_id"))
    account_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
