"""How often scans were right as people judged them, and what that does not say."""

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.queries import precision as feedback
from stillwatch.cases.queries.precision import UNSAID, Precision
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState
from stillwatch.console.web.routing import Routes

__all__ = ["PrecisionView", "add"]


class PrecisionView(View):
    """How often scans were right, by severity, and what the figures do not say."""

    judged: list[Precision]
    unsaid: list[str]


def add(routes: Routes) -> None:
    """Add the page of precision."""
    routes.page("/precision", "precision.html.j2", needs=Permission.VIEW)(precision)


def precision(console: ConsoleState) -> PrecisionView:
    """How often scans were right, as people judged the campaigns they reported."""
    with console.desk.look() as look:
        return PrecisionView(judged=feedback.precision(look), unsaid=list(UNSAID))
