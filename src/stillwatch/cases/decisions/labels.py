"""Assigns cases to people, and adds, lists and withdraws labels of cases and accounts, each with actor and reason."""

from datetime import datetime

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.store.schema import CaseMember, Label
from stillwatch.cases.store.text_limits import said
from stillwatch.errors import InputError, MissingError

__all__ = ["assign", "label_account", "label_case", "labels_of", "subject_of", "withdraw_label"]

_CASE, _ACCOUNT = "case", "account"


def assign(work: Work, case_id: int, name: str | None) -> None:
    """Assign the case to the person *name*, or to nobody. Raises ``MissingError`` where there is no such case."""
    case = case_of(work, case_id)
    case.assigned_to = None if name is None else said(name, "name", most=200)
    work.record("case assigned", f"case {case_id}", to=case.assigned_to)


def label_case(work: Work, case_id: int, name: str, why: str, expires_at: datetime | None = None) -> int:
    """Add the label *name* to a case and return the number of the label."""
    case_of(work, case_id)
    return _label(work, _CASE, str(case_id), name, why, expires_at)


def label_account(work: Work, account: str, name: str, why: str, expires_at: datetime | None = None) -> int:
    """Add the label *name* to an account and return the number of the label.

    Raises ``InputError`` where the account is in no case.
    """
    found = work.session.execute(sa.select(CaseMember.case_id).where(CaseMember.account_id == account).limit(1))
    if found.scalar() is None:
        raise InputError("the account is in no case", where="account", remedy="Open a case with it first.")
    return _label(work, _ACCOUNT, account, name, why, expires_at)


def labels_of(look: Look, *, case_id: int | None = None, account: str | None = None) -> list[Label]:
    """Return the labels of one case or one account that are in effect, the oldest first."""
    kind, subject = (_CASE, str(case_id)) if case_id is not None else (_ACCOUNT, str(account))
    query = (
        sa.select(Label)
        .where(
            Label.kind == kind,
            Label.subject == subject,
            Label.withdrawn_at.is_(None),
            sa.or_(Label.expires_at.is_(None), Label.expires_at > look.now),
        )
        .order_by(Label.label_id)
    )
    return list(look.session.execute(query).scalars())


def subject_of(look: Look, label_id: int) -> tuple[str | None, int | None]:
    """Return the account and ``None``, or ``None`` and the case, that a label is or was on.

    Raises ``MissingError`` where there is no such label.
    """
    label = look.session.get(Label, label_id)
    if label is None:
        raise MissingError("there is no such label", where=f"label {label_id}")
    return (label.subject, None) if label.kind == _ACCOUNT else (None, int(label.subject))


def withdraw_label(work: Work, label_id: int, why: str) -> None:
    """Withdraw a label. Its row stays. Raises ``MissingError`` where it is withdrawn already or there is none."""
    label = work.row(Label, label_id)
    if label is None or label.withdrawn_at is not None:
        raise MissingError("there is no such label", where=f"label {label_id}")
    label.withdrawn_at, label.withdrawn_by = work.now, work.actor.name
    work.record("label withdrawn", f"label {label_id}", why=said(why, "reason"))


def _label(work: Work, kind: str, subject: str, name: str, why: str, expires_at: datetime | None) -> int:
    if expires_at is not None and expires_at <= work.now:
        raise InputError("the end has already passed", where="expires_at", remedy="Give a later time.")
    label = Label(
        kind=kind,
        subject=subject,
        name=said(name, "label", most=60),
        why=said(why, "reason"),
        by=work.actor.name,
        at=work.now,
        expires_at=expires_at,
    )
    work.session.add(label)
    work.session.flush()
    work.record("labelled", f"{kind} {subject}", label=label.name, label_id=label.label_id, why=label.why)
    return label.label_id
