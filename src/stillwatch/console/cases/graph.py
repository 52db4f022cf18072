"""The graph of the accounts of a case and the values they share, with the same data as a table."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import judgements
from stillwatch.cases.queries.shared_values import SharedValue, SharedValueFilter, shared_values_of
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState
from stillwatch.console.web.request_types import MaybeAccount, Number
from stillwatch.console.web.routing import Routes
from stillwatch.report import wording

__all__ = ["GraphView", "add"]

_ACCOUNTS, _VALUES = 1_500, 120
"""Largest numbers of accounts and values in a graph: a browser lays them out in a second, and a reader can follow them.
"""


class GraphView(View):
    """Accounts and shared values. ``ties`` are pairs of positions in ``accounts`` and ``values``."""

    case_id: int
    title: str
    signal: str
    account: str
    value: int | None
    signals: list[str]
    accounts: list[str]
    standings: list[str]
    values: list[SharedValue]
    ties: list[tuple[int, int]]
    n_accounts: int
    n_values: int

    @property
    def drawing(self) -> dict[str, Any]:
        """Return the data that the browser draws."""
        values = [
            {"number": v.number, "name": wording.title(v.signal), "family": v.family, "members": v.n_members}
            for v in self.values
        ]
        return {"case": self.case_id, "accounts": self.accounts, "standings": self.standings, "values": values,
                "ties": self.ties}  # fmt: skip

    def at(self, **more: object) -> str:
        """Return the address of the same case with another selection."""
        return f"/cases/{self.case_id}/graph?{urlencode({name: value for name, value in more.items() if value})}"


def add(routes: Routes) -> None:
    """Add the page."""
    routes.page("/cases/{case_id}/graph", "graph.html.j2", needs=Permission.VIEW)(graph)


def graph(
    console: ConsoleState,
    case_id: Number,
    signal: Annotated[str, Query(max_length=100, description="only values of this signal")] = "",
    account: Annotated[MaybeAccount, Query(description="values of this account, and others with them")] = None,
    value: Annotated[
        int | None, Query(ge=1, le=10_000_000, description="accounts with this value, and their other shared values")
    ] = None,
) -> GraphView:
    """Show which accounts of a case share values."""
    with console.desk.look() as look:
        case = judgements.case_of(look, case_id)
        chosen = SharedValueFilter(signal, account or "", value)
        found = shared_values_of(look, case_id, chosen, most_accounts=_ACCOUNTS, most_values=_VALUES)
        stands = judgements.standings(look, case_id)
    return GraphView(
        case_id=case_id,
        title=case.title,
        signal=signal,
        account=account or "",
        value=value,
        signals=case.signals,
        accounts=list(found.accounts),
        standings=[str(stands.get(name, "open")) for name in found.accounts],
        values=list(found.values),
        ties=list(found.pairs),
        n_accounts=found.n_accounts,
        n_values=found.n_values,
    )
