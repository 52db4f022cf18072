"""Does a campaign stand without some of its members? Asked of what the last scan left; nothing is decided here."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel, Field

from stillwatch import campaigns
from stillwatch.cases import grounds as cases_grounds
from stillwatch.cases import judging
from stillwatch.cases.judgement import Standing
from stillwatch.cases.roles import Permission
from stillwatch.cases.showing import Which
from stillwatch.console.context import Console
from stillwatch.console.fields import AccountId, Accounts, Number
from stillwatch.console.members import STANDING
from stillwatch.console.rendering import View
from stillwatch.console.routing import Routes
from stillwatch.errors import InputError

__all__ = ["WithoutView", "add"]

_PATH = "/cases/{case_id}/without"
_NAMED = 100
"""Accounts that an address may name: what a page of members has, and few enough for every proxy."""


class EvidenceLine(View):
    """One kind of evidence with and without the members that are taken out."""

    signal: str
    family: str
    expected: float
    before: float
    after: float
    bits_before: float
    bits_after: float


class WithoutView(View):
    """What is left of a campaign; with nobody taken out ``verdict`` is of the campaign as it is.

    ``accounts`` are those that were named, ``n_removed`` counts all that are taken out.
    """

    case_id: int
    title: str
    accounts: list[str]
    standing: str
    below: float
    word: str
    signal: str
    least: float
    n_removed: int
    n_unknown: int = Field(description="of those named, how many the last scan did not see")
    n_accounts: int
    verdict: campaigns.Verdict
    why: str
    coordination_before: float
    coordination_after: float
    evidence: list[EvidenceLine]


class Asked(BaseModel):
    """Whom to take out: ``accounts``, or ``all_matching`` members that the filters find."""

    accounts: Accounts = Field(default_factory=list)
    all_matching: bool = False
    word: str = Field("", max_length=200)
    standing: str = Field("", pattern=STANDING)
    signal: str = Field("", max_length=100)
    least: float = Field(0.0, ge=0, le=1)


def add(routes: Routes) -> None:
    """Add the page."""
    routes.page(_PATH, "without.html.j2", needs=Permission.VIEW)(without)
    routes.action("/cases/{case_id}/members/without", needs=Permission.VIEW, then=_address)(without_members)


def without(
    console: Console,
    case_id: Number,
    account: Annotated[list[AccountId], Query(max_length=_NAMED, description="a member to take out")] = [],  # noqa: B006
    standing: Annotated[str, Query(pattern=STANDING, description="take out all who stand there")] = "",
    below: Annotated[float, Query(ge=0, le=1, description="take out all under this membership")] = 0.0,
    word: Annotated[str, Query(max_length=200, description="take out all whose id has this part")] = "",
    signal: Annotated[str, Query(max_length=100, description="take out all of whom this signal speaks")] = "",
    least: Annotated[float, Query(ge=0, le=1, description="take out all from this membership on")] = 0.0,
) -> WithoutView:
    """Test a campaign's first key again without some of its members; nothing is decided by it."""
    which = Which(word, Standing(standing) if standing else None, signal, least)
    return _view(console, case_id, account, which if which != Which() else None, below)


def without_members(console: Console, case_id: Number, sent: Asked) -> WithoutView:
    """Test a campaign's first key again without the members that were ticked, or that the filters find."""
    if sent.all_matching:
        which = Which(sent.word, Standing(sent.standing) if sent.standing else None, sent.signal, sent.least)
        return _view(console, case_id, [], which, 0.0)
    if not sent.accounts:
        raise InputError("no member is chosen", where="accounts", remedy="Tick some, or choose all that match.")
    return _view(console, case_id, sent.accounts, None, 0.0)


def _view(console: Console, case_id: int, named: list[str], which: Which | None, below: float) -> WithoutView:
    with console.desk.look() as look:
        case = judging.case_of(look, case_id)
        key = console.first_keys.of(look, case_id)
        removed = cases_grounds.named(look, case_id, named, which, below)
    found = key.without(removed, console.rules)
    return WithoutView(
        case_id=case_id,
        title=case.title,
        accounts=sorted(named),
        standing=str(which.standing or "") if which else "",
        below=below,
        word=which.word if which else "",
        signal=which.signal if which else "",
        least=which.least if which else 0.0,
        n_removed=found.n_removed,
        n_unknown=len(removed) - found.n_removed,
        n_accounts=found.n_accounts,
        verdict=found.verdict,
        why=found.why,
        coordination_before=found.coordination_before,
        coordination_after=found.coordination_after,
        evidence=[EvidenceLine.model_validate(line, from_attributes=True) for line in found.lines],
    )


def _address(view: WithoutView) -> str:
    """Return where the same is shown again."""
    named = [("account", account) for account in view.accounts]
    filters = [(name, getattr(view, name)) for name in ("standing", "below", "word", "signal", "least")]
    return f"/cases/{view.case_id}/without?{urlencode(named + [pair for pair in filters if pair[1]])}"
