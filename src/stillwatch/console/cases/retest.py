"""Tests a campaign again without some of its members, on the data of the last scan. Nothing is stored or decided."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel, Field

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import judgements
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.queries import retest_input
from stillwatch.cases.queries.case_queries import Which
from stillwatch.console.cases.members import STANDING
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState
from stillwatch.console.web.request_types import AccountId, Accounts, Number, Share
from stillwatch.console.web.routing import Routes
from stillwatch.errors import InputError
from stillwatch.model import EvidenceChange, RetestVerdict

__all__ = ["RetestView", "add"]

_NAMED = 100
_LONGEST = 2_000
"""Largest length of an address, in characters, that every proxy accepts."""
_MATCHING = "remove all members that match word, standing, signal and least; implied where one of those is given"


class RetestFilterView(View):
    """Filters of the members to remove. Where ``matching``, all members that match every filter are removed."""

    matching: bool
    word: str
    standing: str
    signal: str
    least: float

    def which(self) -> Which | None:
        """Return the same filters as the query of the read model, or None where they remove no member."""
        if not self.matching:
            return None
        return Which(self.word, Standing(self.standing) if self.standing else None, self.signal, self.least)


class RetestView(View):
    """The result of a retest. Where no member is removed, ``verdict`` is for the whole campaign.

    ``accounts`` are the members removed by name; ``n_removed`` counts all removed members.
    """

    case_id: int
    title: str
    accounts: list[str]
    filters: RetestFilterView
    below: float
    n_removed: int
    n_unknown: int = Field(description="number of members to remove that the last scan does not have")
    n_accounts: int
    verdict: RetestVerdict
    why: str
    coordination_before: float
    coordination_after: float
    evidence: list[EvidenceChange]

    @property
    def address(self) -> str | None:
        """Return the address of the same retest, or None where it is too long for some proxies."""
        asked: list[tuple[str, object]] = [("account", account) for account in self.accounts]
        if self.filters.matching:
            asked += [
                (name, "true" if value is True else value) for name, value in self.filters.model_dump().items() if value
            ]
        asked += [("below", self.below)] if self.below else []
        found = f"/cases/{self.case_id}/without?{urlencode(asked)}"
        return found if len(found) <= _LONGEST and len(self.accounts) <= _NAMED else None


class RetestRequest(BaseModel):
    """The members to remove: ``accounts``, or with ``all_matching`` all members that match the filters."""

    accounts: Accounts = Field(default_factory=list)
    all_matching: bool = False
    word: str = Field("", max_length=200)
    standing: str = Field("", pattern=STANDING)
    signal: str = Field("", max_length=100)
    least: Share = 0.0


def add(routes: Routes) -> None:
    """Add the page."""
    page = "retest.html.j2"
    routes.page("/cases/{case_id}/without", page, needs=Permission.VIEW)(without)
    routes.action("/cases/{case_id}/members/without", needs=Permission.VIEW, template=page)(without_members)


def without(
    console: ConsoleState,
    case_id: Number,
    account: Annotated[list[AccountId], Query(max_length=_NAMED, description="a member to remove")] = [],  # noqa: B006
    matching: Annotated[bool, Query(description=_MATCHING)] = False,
    word: Annotated[str, Query(max_length=200, description="part of the account id")] = "",
    standing: Annotated[str, Query(pattern=STANDING)] = "",
    signal: Annotated[str, Query(max_length=100, description="name of a signal that reported the account")] = "",
    least: Annotated[Share, Query(description="minimum membership probability")] = 0.0,
    below: Annotated[Share, Query(description="also remove all members with a lower membership")] = 0.0,
) -> RetestView:
    """Test a campaign for coordination again without some of its members. Nothing is decided."""
    word = word.strip()
    chosen = matching or bool(word or standing or signal or least)
    filters = RetestFilterView(matching=chosen, word=word, standing=standing, signal=signal, least=least)
    return _view(console, case_id, account, filters, below)


def without_members(console: ConsoleState, case_id: Number, sent: RetestRequest) -> RetestView:
    """Test a campaign for coordination again without the selected members, or those that match the filters."""
    filters = RetestFilterView(
        matching=sent.all_matching, word=sent.word.strip(), standing=sent.standing, signal=sent.signal, least=sent.least
    )
    if not sent.all_matching and not sent.accounts:
        raise InputError("no member is selected", where="accounts", remedy="Select some, or all that match.")
    return _view(console, case_id, [] if sent.all_matching else sent.accounts, filters, 0.0)


def _view(console: ConsoleState, case_id: int, named: list[str], filters: RetestFilterView, below: float) -> RetestView:
    with console.desk.look() as look:
        case = judgements.case_of(look, case_id)
        retest = console.retests.of(look, case_id)
        removed = retest_input.named(look, case_id, named, filters.which(), below)
    found = console.retests.without(retest, removed, console.rules)
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
        evidence=list(found.lines),
    )
