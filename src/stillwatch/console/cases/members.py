"""The members of a case: filtered, sorted, and judged one by one or in bulk."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query
from pydantic import Field

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import judgements
from stillwatch.cases.decisions.seen import seen_of
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.queries import case_queries
from stillwatch.cases.queries.case_queries import Order, Which
from stillwatch.console.cases.case import NewcomersView, NewJudgement, ShownBefore, newcomers_view
from stillwatch.console.services.case_figures import case_sides
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.routing import Routes
from stillwatch.errors import InputError
from stillwatch.report.both_sides import BothSides

__all__ = ["STANDING", "MembersView", "add"]

_PATH = "/cases/{case_id}/members"
_PAGE = 100
STANDING = "^(|open|unsure|disputed|confirmed|innocent)$"


class MemberLine(View):
    """One member. ``reasons`` have the columns of the table ``members``; ``is_seen`` is about the last scan.

    ``joined`` is the number of the scan that added it; ``is_new`` says that it joined since the requester looked.

    ``p_both`` is ``p_member`` times the ``p_group`` of the case.
    """

    account_id: str
    p_member: float | None
    p_both: float | None
    stands_at: Standing
    reasons: list[dict[str, Any]]
    is_seen: bool
    is_new: bool
    joined: int | None
    is_allowed: bool
    n_confirmed: int
    n_innocent: int
    n_unsure: int
    n_overturned: int


class MemberFilterView(View):
    """The filters of the request. An empty field does not filter."""

    word: str
    standing: str
    signal: str
    least: float
    order: Order

    def which(self, start: int, count: int) -> Which:
        """Return the same filters as the query of the read model."""
        standing = Standing(self.standing) if self.standing else None
        return Which(self.word, standing, self.signal, self.least, self.order, start, count)

    def query(self, case_id: int, start: int = 0, order: Order | None = None) -> str:
        """Return the address of a page of the members with the same filters."""
        named = self.model_dump() | {"order": str(order or self.order)} | ({"start": start} if start else {})
        kept = {name: value for name, value in named.items() if value not in ("", 0.0)}
        return f"/cases/{case_id}/members?{urlencode(kept)}"


class MembersView(View):
    """A page of the ``total`` members that match the filters."""

    case_id: int
    title: str
    state: str
    case_stands_at: Standing
    members: list[MemberLine]
    total: int
    seen: str = Field(description="What all matching members are. Send it with a judgement.")
    newcomers: NewcomersView
    sides: BothSides | None
    start: int
    filters: MemberFilterView
    signals: list[str]
    earlier: str | None
    later: str | None


class NewMemberJudgement(NewJudgement):
    """A judgement of ``accounts``, or with ``all_matching`` of all members that match the filters."""

    accounts: list[str] = Field(default_factory=list, max_length=100_000)
    all_matching: bool = False
    word: str = Field("", max_length=200)
    standing: str = Field("", pattern=STANDING)
    signal: str = Field("", max_length=100)
    least: float = Field(0.0, ge=0, le=1)


def add(routes: Routes) -> None:
    """Add the table of members."""
    routes.page(_PATH, "members.html.j2", needs=Permission.VIEW)(members)
    judging = routes.action(f"{_PATH}/judge", needs=Permission.JUDGE, then=_PATH, form_page=members)
    judging(judge_members)


def members(
    console: ConsoleState,
    case_id: int,
    word: Annotated[str, Query(max_length=200, description="part of the account id")] = "",
    standing: Annotated[str, Query(pattern=STANDING)] = "",
    signal: Annotated[str, Query(max_length=100, description="name of a signal that reported the account")] = "",
    least: Annotated[float, Query(ge=0, le=1, description="minimum membership probability")] = 0.0,
    order: Order = Order.MEMBERSHIP,
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    seen: ShownBefore = "",
) -> MembersView:
    """List the members of a case. Those that joined since *seen*, or else in the last scan, are marked."""
    filters = MemberFilterView(word=word, standing=standing, signal=signal, least=least, order=order)
    return _view(console, case_id, filters, start, seen)


def judge_members(console: ConsoleState, requester: Requester, case_id: int, sent: NewMemberJudgement) -> MembersView:
    """Judge members. Your earlier judgements of them are superseded."""
    filters = MemberFilterView(
        word=sent.word, standing=sent.standing, signal=sent.signal, least=sent.least, order=Order.ACCOUNT
    )
    with console.desk.work(requester.actor, Permission.JUDGE) as work:
        accounts = case_queries.accounts(work, case_id, filters.which(0, 0)) if sent.all_matching else sent.accounts
        if not accounts:
            raise InputError("no member is selected", where="accounts", remedy="Select some, or all that match.")
        judgements.judge(
            work, case_id, sent.verdict, sent.why, accounts, sent.expires_at,
            seen=sent.seen, is_named=not sent.all_matching,
        )  # fmt: skip
    return _view(
        console, case_id, MemberFilterView(word="", standing="", signal="", least=0.0, order=Order.MEMBERSHIP), 0
    )


def _view(console: ConsoleState, case_id: int, filters: MemberFilterView, start: int, carried: str = "") -> MembersView:
    with console.desk.look() as look:
        case = judgements.case_of(look, case_id)
        matching = case_queries.accounts(look, case_id, filters.which(0, 0))
        new = case_queries.newcomers(look, case_id, carried)
        if carried and new.accounts:
            # Somebody looked before these joined, so these come first.
            filters, start = filters.model_copy(update={"order": Order.JOINED}), 0
        marked = set(new.accounts)
        page = case_queries.members(look, case_id, filters.which(start, _PAGE))
        return MembersView(
            case_id=case_id,
            title=case.title,
            state=case.state,
            case_stands_at=judgements.standing(look, case_id),
            members=[_line(member, is_new=member.account_id in marked) for member in page.rows],
            total=page.total,
            seen=str(seen_of(case.last_scan, matching)),
            newcomers=newcomers_view(new),
            sides=case_sides(look, case_id),
            start=start,
            filters=filters,
            signals=case.signals,
            earlier=filters.query(case_id, max(start - _PAGE, 0)) if start else None,
            later=filters.query(case_id, start + _PAGE) if start + _PAGE < page.total else None,
        )


def _line(member: case_queries.MemberDetail, *, is_new: bool) -> MemberLine:
    return MemberLine(
        account_id=member.account_id,
        p_member=member.p_member,
        p_both=member.p_both,
        stands_at=member.standing,
        reasons=[dict(reason) for reason in member.reasons],
        is_seen=member.is_seen,
        is_new=is_new,
        joined=member.joined,
        is_allowed=member.is_allowed,
        n_confirmed=member.tally.confirmed,
        n_innocent=member.tally.innocent,
        n_unsure=member.tally.unsure,
        n_overturned=member.tally.overturned,
    )
