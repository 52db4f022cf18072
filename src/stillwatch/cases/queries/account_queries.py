"""Reads everything about one account: cases, answers, labels, actions, appeals, notices and allowances."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.chances import both
from stillwatch.cases.decisions.judgements import tallies
from stillwatch.cases.decisions.verdict import Standing, VerdictTally, of_account
from stillwatch.cases.store.schema import (
    Action,
    ActionAccount,
    Allowance,
    AllowanceSubject,
    Appeal,
    AppealAccount,
    Case,
    CaseMember,
    Judgement,
    Label,
    Notice,
)

__all__ = ["MOST", "AccountCase", "Whereabouts", "whereabouts"]

MOST = 100
"""The most rows of each kind. The newest rows are returned."""


@dataclass(frozen=True, slots=True)
class AccountCase:
    """A case with the account as a member, and the standing of the account in it."""

    case_id: int
    title: str
    severity: str
    state: str
    standing: Standing
    p_member: float | None
    p_both: float | None
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Everything about one account, the newest first. Rows are mappings with the columns of the SQL tables."""

    account_id: str
    cases: tuple[AccountCase, ...]
    judgements: Sequence[dict[str, Any]]
    labels: Sequence[dict[str, Any]]
    actions: Sequence[dict[str, Any]]
    appeals: Sequence[dict[str, Any]]
    notices: Sequence[dict[str, Any]]
    allowances: Sequence[dict[str, Any]]


def whereabouts(look: Look, account: str) -> Whereabouts:
    """Return what is known about *account*. Everything is empty for an unknown account."""
    j, a, n, w = Judgement, Action, Notice, Allowance
    return Whereabouts(
        account_id=account,
        cases=_cases(look, account),
        judgements=_rows(
            look,
            sa.select(j.case_id, j.verdict, j.why, j.by, j.at, j.expires_at, j.superseded_at, j.appeal_id)
            .where(j.case_id.in_(_member_of(account)), j.account_id == account)
            .order_by(j.judgement_id.desc()),
        ),
        labels=_rows(
            look,
            sa.select(Label.label_id, Label.name, Label.why, Label.by, Label.at, Label.expires_at, Label.withdrawn_at)
            .where(Label.kind == "account", Label.subject == account)
            .order_by(Label.label_id.desc()),
        ),
        actions=_rows(
            look,
            sa.select(a.action_id, a.case_id, a.kind, a.state, a.dry_run, a.carried_out_at, a.ends_at)
            .add_columns(ActionAccount.arm, ActionAccount.note, ActionAccount.undone_at)
            .join(ActionAccount, ActionAccount.action_id == a.action_id)
            .where(ActionAccount.account_id == account)
            .order_by(a.action_id.desc()),
        ),
        appeals=_rows(
            look,
            sa.select(Appeal.appeal_id, Appeal.action_id, Appeal.state, Appeal.received_at, Appeal.answered_at)
            .add_columns(AppealAccount.outcome)
            .join(AppealAccount, AppealAccount.appeal_id == Appeal.appeal_id)
            .where(AppealAccount.account_id == account)
            .order_by(Appeal.appeal_id.desc()),
        ),
        notices=_rows(
            look,
            sa.select(n.notice_id, n.action_id, n.appeal_id, n.kind, n.text, n.at)
            .where(n.account_id == account)
            .order_by(n.notice_id.desc()),
        ),
        allowances=_rows(
            look,
            sa.select(w.allowance_id, w.kind, w.holder, w.why, w.by, w.at, w.expires_at, w.revoked_at)
            .join(AllowanceSubject, AllowanceSubject.allowance_id == w.allowance_id)
            .where(AllowanceSubject.account_id == account)
            .order_by(w.allowance_id.desc()),
        ),
    )


def _member_of(account: str) -> sa.Select[int]:
    return sa.select(CaseMember.case_id).where(CaseMember.account_id == account)


def _rows(look: Look, query: sa.Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(row) for row in look.session.execute(query.limit(MOST)).mappings()]


def _cases(look: Look, account: str) -> tuple[AccountCase, ...]:
    query = (
        sa.select(Case, CaseMember)
        .join(CaseMember, CaseMember.case_id == Case.case_id)
        .where(CaseMember.account_id == account)
        .order_by(Case.case_id.desc())
        .limit(MOST)
    )
    found = []
    for case, member in look.session.execute(query):
        counted = tallies(look, case.case_id, only=[account])
        whole = counted.get(None, VerdictTally()).standing
        found.append(
            AccountCase(
                case_id=case.case_id,
                title=case.title,
                severity=case.severity,
                state=case.state,
                standing=of_account(whole, counted.get(account, VerdictTally()).standing),
                p_member=member.p_member,
                p_both=both(case.p_group, member.p_member),
                is_seen=member.last_scan == case.last_scan,
            )
        )
    return tuple(found)
