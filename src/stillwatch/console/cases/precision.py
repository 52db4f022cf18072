"""How often scans were right as people judged them, and what that does not say."""

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.queries import precision as feedback
from stillwatch.cases.queries.precision import UNSAID
from stillwatch.console.web.context import Console
from stillwatch.console.web.rendering import View
from stillwatch.console.web.routing import Routes
from stillwatch.model import Severity

__all__ = ["PrecisionView", "add"]


class PrecisionLine(View):
    """Of the campaigns of one severity that people settled, how many they confirmed.

    ``low`` and ``high`` are an exact 95% interval of the share; with nothing settled, all from 0 to 1 may be so.
    """

    severity: Severity
    n_confirmed: int
    n_settled: int
    n_open: int
    low: float
    high: float


class PrecisionView(View):
    """How often scans were right, by severity, and what the figures do not say."""

    judged: list[PrecisionLine]
    unsaid: list[str]


def add(routes: Routes) -> None:
    """Add the page of precision."""
    routes.page("/precision", "precision.html.j2", needs=Permission.VIEW)(precision)


def precision(console: Console) -> PrecisionView:
    """How often scans were right, as people judged the campaigns they reported."""
    with console.desk.look() as look:
        found = feedback.precision(look)
    lines = [
        PrecisionLine(
            severity=one.severity,
            n_confirmed=one.n_confirmed,
            n_settled=one.n_settled,
            n_open=one.n_open,
            low=one.low,
            high=one.high,
        )
        for one in found
    ]
    return PrecisionView(judged=lines, unsaid=list(UNSAID))
