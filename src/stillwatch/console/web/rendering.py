"""Renders pages from views with Jinja templates, and serves the static files that the pages load.

Templates escape all values. Pages contain no inline script or style, so the policy in ``security`` needs no exception.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from stillwatch.cases.access.roles import Permission
from stillwatch.errors import MissingError
from stillwatch.report import wording
from stillwatch.report.inline import embed
from stillwatch.report.page import GLOBALS

__all__ = ["Assets", "FormValues", "PageRenderer", "View"]

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
_REPORT_ASSETS = ("figures.css", "page.js", "uPlot.iife.min.js", "uPlot.min.css", "uPlot.LICENSE.txt")
_CACHE_FOREVER = "public, max-age=31536000, immutable"


class View(BaseModel):
    """The data of a page. The HTML page and its JSON response are made from the same view."""

    model_config = ConfigDict(frozen=True)


class FormValues(dict[str, Any]):
    """The values that a user typed into a form, by field. A blank or missing field is the empty string."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    type: str
    version: str


class Assets:
    """The static files of the pages. They are read at startup, so no requested name reaches the file system."""

    def __init__(self) -> None:
        ours = files("stillwatch.console").joinpath("assets").iterdir()
        theirs = files("stillwatch.report").joinpath("assets")
        found = [*ours, *(theirs.joinpath(name) for name in _REPORT_ASSETS)]
        self._files = {
            file.name: _Asset(body, _TYPES[suffix], sha256(body).hexdigest()[:12])
            for file in found
            if (suffix := "." + file.name.rpartition(".")[2]) in _TYPES
            for body in [file.read_bytes()]
        }

    def url(self, name: str) -> str:
        """Return the address of the file *name*. The address changes with the content of the file."""
        return f"/static/{name}?v={self._files[name].version}"

    def response(self, name: str, version: str) -> Response:
        """Return the file called *name*. Raises ``MissingError`` for any other name."""
        asset = self._files.get(name)
        if asset is None:
            raise MissingError("this file does not exist", where="static")
        cached = _CACHE_FOREVER if version == asset.version else "no-cache"
        return Response(asset.body, media_type=asset.type, headers={"Cache-Control": cached})


class PageRenderer:
    """Renders templates. ``links`` are the entries of the navigation: label, address, required permission."""

    def __init__(self, assets: Assets) -> None:
        self.assets = assets
        self.links: list[tuple[str, str, Permission]] = []
        self._templates = Environment(
            # The templates of a campaign's figures belong to the report.
            loader=ChoiceLoader([PackageLoader("stillwatch.console"), PackageLoader("stillwatch.report")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(GLOBALS, asset=assets.url, links=self.links, title=wording.title)
        # For a form with errors: the message, the address it was sent to, and the typed values. Empty by default.
        self._templates.globals.update(trouble="", tried="", typed=FormValues(), blank=FormValues(), kept=None)
        self._templates.globals.update(
            measure=wording.measure, q_value=wording.q_value, share=wording.share, embed=embed
        )
        self._templates.filters.update(moment=_moment, as_moment=_as_moment)

    def render(
        self,
        request: Request,
        template: str,
        view: object,
        *,
        status: int = 200,
        csrf: str = "",
        values: Mapping[str, Any] | None = None,
    ) -> HTMLResponse:
        """Return the page that *template* makes of *view* for the requester of *request*.

        *csrf* is the CSRF token where there is no session.
        """
        requester = getattr(request.state, "requester", None)
        visit = requester.visit if requester is not None else None
        text = self._templates.get_template(template).render(
            view=view,
            requester=requester,
            csrf=visit.csrf if visit is not None else csrf,
            path=request.url.path,
            permissions=Permission,
            **(values or {}),
        )
        return HTMLResponse(text, status_code=status)


def _moment(at: datetime) -> Markup:
    at = at.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), at.strftime("%Y-%m-%d %H:%M UTC"))


def _as_moment(text: str | datetime) -> Markup:
    """Return a time that a view holds as ISO 8601 text. Any other text is shown unchanged."""
    try:
        return _moment(text if isinstance(text, datetime) else datetime.fromisoformat(text))
    except ValueError:
        return Markup("{}").format(text)
