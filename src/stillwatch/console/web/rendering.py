"""PageRenderer out of views: templates that escape whatever they are given, and files of ours beside them.

Nothing stands inline, so the policy in ``security`` needs no exception.
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
_OF_THE_REPORT = ("figures.css", "page.js", "uPlot.iife.min.js", "uPlot.min.css", "uPlot.LICENSE.txt")
_YEAR = "public, max-age=31536000, immutable"


class View(BaseModel):
    """What a page shows and its JSON twin says: one value for both."""

    model_config = ConfigDict(frozen=True)


class FormValues(dict[str, Any]):
    """What somebody typed into a form, by field; a field that was left blank is blank."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    type: str
    version: str


class Assets:
    """The files that pages load. They are read at the start, so no name that somebody asks for reaches a disk."""

    def __init__(self) -> None:
        ours = files("stillwatch.console").joinpath("assets").iterdir()
        theirs = files("stillwatch.report").joinpath("assets")
        found = [*ours, *(theirs.joinpath(name) for name in _OF_THE_REPORT)]
        self._files = {
            file.name: _Asset(body, _TYPES[suffix], sha256(body).hexdigest()[:12])
            for file in found
            if (suffix := "." + file.name.rpartition(".")[2]) in _TYPES
            for body in [file.read_bytes()]
        }

    def url(self, name: str) -> str:
        """Return where a page loads *name* from; another version has another address."""
        return f"/static/{name}?v={self._files[name].version}"

    def answer(self, name: str, version: str) -> Response:
        """Return the file called *name*; ``MissingError`` for whatever else is asked for."""
        asset = self._files.get(name)
        if asset is None:
            raise MissingError("no such file", where="static")
        cached = _YEAR if version == asset.version else "no-cache"
        return Response(asset.body, media_type=asset.type, headers={"Cache-Control": cached})


class PageRenderer:
    """Renders templates; ``links`` are what the head of every page leads to, for those who may."""

    def __init__(self, assets: Assets) -> None:
        self.assets = assets
        self.links: list[tuple[str, str, Permission]] = []
        self._templates = Environment(
            # the figures of a campaign are the report's
            loader=ChoiceLoader([PackageLoader("stillwatch.console"), PackageLoader("stillwatch.report")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(GLOBALS, asset=assets.url, links=self.links, title=wording.title)
        # Of a form that was sent back: what does not fit, where it was sent, what was typed. None was, as a rule.
        self._templates.globals.update(trouble="", tried="", typed=FormValues(), blank=FormValues())
        self._templates.globals.update(measure=wording.measure, chance=wording.chance, embed=embed)
        self._templates.filters.update(moment=_moment, as_moment=_as_moment)

    def answer(
        self,
        request: Request,
        template: str,
        view: object,
        *,
        status: int = 200,
        csrf: str = "",
        values: Mapping[str, Any] | None = None,
    ) -> HTMLResponse:
        """Return the page that *template* makes of *view*, for whoever asks; *csrf* is a stranger's token."""
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
    """Return a moment that a view has as text, as ISO 8601 says it; what is none is shown as it stands."""
    try:
        return _moment(text if isinstance(text, datetime) else datetime.fromisoformat(text))
    except ValueError:
        return Markup("{}").format(text)
