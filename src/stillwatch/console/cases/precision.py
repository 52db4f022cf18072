"""The precision page: the share of reported campaigns that analysts confirmed, and the limits of this figure."""

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.queries import precision as feedback
from stillwatch.cases.queries.precision import UNSAID
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState
from stillwatch.console.web.routing import Routes
from stillwatch.model import Precision

__all__ = ["PrecisionView", "add"]


class PrecisionView(View):
    """The precision of scans by severity, and what the figures do not show."""

    judged: list[Precision]
    unsaid: list[str]


def add(routes: Routes) -> None:
    """Add the precision page."""
    routes.page("/precision", "precision.html.j2", needs=Permission.VIEW)(precision)


def precision(console: ConsoleState) -> PrecisionView:
    """Show the share of reported campaigns that analysts confirmed, by severity."""
    with console.desk.look() as look:
        return PrecisionView(judged=feedback.precision(look), unsaid=list(UNSAID))
