"""The page of one account with all its records, and labels. An account id is never part of a path."""

from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, model_validator

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import labels as labelling
from stillwatch.cases.decisions.actions.active_limits import in_force
from stillwatch.cases.queries import account_queries
from stillwatch.cases.queries.account_queries import MOST, AccountCase
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.request_types import AccountId, Key, Moment, Number, ReasonOnly, ReasonText, Text
from stillwatch.console.web.routing import Routes

__all__ = ["AccountView", "add"]


class AccountView(View):
    """All records of one account, the newest first, at most ``most`` of each kind. Empty where no account is given."""

    account: str | None
    most: int
    limits: list[str]
    cases: list[AccountCase]
    judgements: list[dict[str, Any]]
    labels: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    appeals: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    allowances: list[dict[str, Any]]


class NewLabel(BaseModel):
    """A label for an account or for a case."""

    account: AccountId | None = None
    case_id: Key | None = None
    name: Text
    why: ReasonText
    expires_at: Moment | None = None

    @model_validator(mode="after")
    def _are_one(self) -> "NewLabel":
        if (self.account is None) == (self.case_id is None):
            raise ValueError("Name either an account or a case.")
        return self


class LabelWithdrawal(ReasonOnly):
    """The reason to remove a label. ``account`` is the account whose page has the form."""

    account: AccountId | None = None


class LabelView(View):
    """A label that was added or removed. It belongs to an account or to a case."""

    label_id: int
    account: str | None
    case_id: int | None


def add(routes: Routes) -> None:
    """Add the page of an account, and labels."""
    needs = Permission.JUDGE
    routes.page("/accounts", "account.html.j2", needs=Permission.VIEW)(whereabouts)
    routes.action("/labels", needs=needs, then=_to_subject, form_page=whereabouts)(make_label)
    routes.action("/labels/{label_id}/withdraw", needs=needs, then=_to_subject, form_page=whereabouts)(withdraw_label)


def whereabouts(console: ConsoleState, account: AccountId | None = None) -> AccountView:
    """Show the cases, judgements, labels, actions, appeals, notices and allowances of one account."""
    with console.desk.look() as look:
        found = account_queries.whereabouts(look, account or "")
        limits = [str(one.kind) for one in in_force(look, account=account, count=MOST)] if account else []
    return AccountView(
        account=account,
        most=MOST,
        limits=limits,
        cases=list(found.cases),
        judgements=list(found.judgements),
        labels=list(found.labels),
        actions=list(found.actions),
        appeals=list(found.appeals),
        notices=list(found.notices),
        allowances=list(found.allowances),
    )


def make_label(console: ConsoleState, requester: Requester, sent: NewLabel) -> LabelView:
    """Add a label to an account or to a case."""
    with console.desk.work(requester.actor, Permission.JUDGE) as work:
        if sent.account is not None:
            number = labelling.label_account(work, sent.account, sent.name, sent.why, sent.expires_at)
        else:
            number = labelling.label_case(work, sent.case_id or 0, sent.name, sent.why, sent.expires_at)
    return LabelView(label_id=number, account=sent.account, case_id=sent.case_id)


def withdraw_label(console: ConsoleState, requester: Requester, label_id: Number, sent: LabelWithdrawal) -> LabelView:
    """Remove a label. The record of it stays."""
    with console.desk.work(requester.actor, Permission.JUDGE) as work:
        labelling.withdraw_label(work, label_id, sent.why)
        account, case_id = labelling.subject_of(work, label_id)
    return LabelView(label_id=label_id, account=account, case_id=case_id)


def _to_subject(view: LabelView) -> str:
    if view.account is None:
        return f"/cases/{view.case_id}"
    return f"/accounts?{urlencode({'account': view.account})}"
