"""Does a campaign stand without some of its members? RetestRequest of what the last scan left; nothing is decided here."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel, Field

from stillwatch import campaigns
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import judgements
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.queries import retest_input as cases_grounds
from stillwatch.cases.queries.case_queries import Which
from stillwatch.console.cases.members import STANDING
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState
from stillwatch.console.web.request_types import AccountId, Accounts, Number, Share
from stillwatch.console.web.routing import Routes
from stillwatch.errors import InputError

__all__ = ["RetestView", "add"]

_NAMED = 100
_LONGEST = 2_000
"""Characters of an address that every proxy lets through."""
_MATCHING = "take out all that match word, standing, signal and least, as if one of those were given"


class RetestEvidenceLine(View):
    """One kind of evidence with and without the members that are taken out."""

    signal: str
    family: str
    expected: float
    before: float
    after: float
    bits_before: float
    bits_after: float


class RetestFilters(View):
    """Members to take out: all, where ``matching``, that every filter given holds of."""

    matching: bool
    word: str
    standing: str
    signal: str
    least: float

    def which(self) -> Which | None:
        """Return the same for the desk; nothing where nobody is taken out by them."""
        if not self.matching:
            return None
        return Which(self.word, Standing(self.standing) if self.standing else None, self.signal, self.least)


class RetestView(View):
    """What is left of a campaign; with nobody taken out ``verdict`` is of the campaign as it is.

    ``accounts`` are those that were named, ``n_removed`` counts all that are taken out.
    """

    case_id: int
    title: str
    accounts: list[str]
    filters: RetestFilters
    below: float
    n_removed: int
    n_unknown: int = Field(description="of those to be taken out, how many the last scan did not see")
    n_accounts: int
    verdict: campaigns.Verdict
    why: str
    coordination_before: float
    coordination_after: float
    evidence: list[RetestEvidenceLine]

    @property
    def address(self) -> str | None:
        """Return where the same is shown again; nothing where that would be too long to pass everywhere."""
        asked: list[tuple[str, object]] = [("account", account) for account in self.accounts]
        if self.filters.matching:
            asked += [
                (name, "true" if value is True else value) for name, value in self.filters.model_dump().items() if value
            ]
        asked += [("below", self.below)] if self.below else []
        found = f"/cases/{self.case_id}/without?{urlencode(asked)}"
        return found if len(found) <= _LONGEST and len(self.accounts) <= _NAMED else None


class RetestRequest(BaseModel):
    """Whom to take out: ``accounts``, or ``all_matching`` members that the filters find."""

    accounts: Accounts = Field(default_factory=list)
    all_matching: bool = False
    word: str = Field("", max_length=200)
    standing: str = Field("", pattern=STANDING)
    signal: str = Field("", max_length=100)
    least: Share = 0.0


def add(routes: Routes) -> None:
    """Add the page."""
    page = "without.html.j2"
    routes.page("/cases/{case_id}/without", page, needs=Permission.VIEW)(without)
    routes.action("/cases/{case_id}/members/without", needs=Permission.VIEW, template=page)(without_members)


def without(
    console: ConsoleState,
    case_id: Number,
    account: Annotated[list[AccountId], Query(max_length=_NAMED, description="a member to take out")] = [],  # noqa: B006
    matching: Annotated[bool, Query(description=_MATCHING)] = False,
    word: Annotated[str, Query(max_length=200, description="part of the account's id")] = "",
    standing: Annotated[str, Query(pattern=STANDING)] = "",
    signal: Annotated[str, Query(max_length=100, description="name of a signal that speaks of the account")] = "",
    least: Annotated[Share, Query(description="least membership probability")] = 0.0,
    below: Annotated[Share, Query(description="take out all whose membership is less, too")] = 0.0,
) -> RetestView:
    """Test a campaign's first key again without some of its members; nothing is decided by it."""
    word = word.strip()
    chosen = matching or bool(word or standing or signal or least)
    filters = RetestFilters(matching=chosen, word=word, standing=standing, signal=signal, least=least)
    return _view(console, case_id, account, filters, below)


def without_members(console: ConsoleState, case_id: Number, sent: RetestRequest) -> RetestView:
    """Test a campaign's first key again without the members that were ticked, or that the filters find."""
    filters = RetestFilters(
        matching=sent.all_matching, word=sent.word.strip(), standing=sent.standing, signal=sent.signal, least=sent.least
    )
    if not sent.all_matching and not sent.accounts:
        raise InputError("no member is chosen", where="accounts", remedy="Tick some, or choose all that match.")
    return _view(console, case_id, [] if sent.all_matching else sent.accounts, filters, 0.0)


def _view(console: ConsoleState, case_id: int, named: list[str], filters: RetestFilters, below: float) -> RetestView:
    with console.desk.look() as look:
        case = judgements.case_of(look, case_id)
        key = console.retests.of(look, case_id)
        removed = cases_grounds.named(look, case_id, named, filters.which(), below)
    found = console.retests.without(key, removed, console.rules)
    return RetestView(
        case_id=case_id,
        title=case.title,
        accounts=sorted(named),
        filters=filters,
        below=below,
        n_removed=found.n_removed,
        n_unknown=len(removed) - found.n_removed,
        n_accounts=found.n_accounts,
        verdict=found.verdict,
        why=found.why,
        coordination_before=found.coordination_before,
        coordination_after=found.coordination_after,
        evidence=[RetestEvidenceLine.model_validate(line, from_attributes=True) for line in found.lines],
    )
