import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib.resources import files

import anyio
import pytest

from stillwatch.console.web.rendering import Assets, _moment
from stillwatch.errors import MissingError

FOLDER = files("stillwatch.console")
CSS = FOLDER.joinpath("assets", "console.css").read_text("utf-8")
HOSTILE = "<img src=x onerror=alert(1)>"


def test_the_record_of_the_vendored_files_is_current():
    record = FOLDER.joinpath("assets", "README.md").read_text("utf-8")
    for name in ("htmx.min.js", "htmx.LICENSE.txt"):
        digest = hashlib.sha256(FOLDER.joinpath("assets", name).read_bytes()).hexdigest()
        assert f"{digest}  {name}" in record
    assert 'version:"2.0.11"' in FOLDER.joinpath("assets", "htmx.min.js").read_text("utf-8")
    assert "Zero-Clause BSD" in FOLDER.joinpath("assets", "htmx.LICENSE.txt").read_text("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "..", "../app.py", "..%2fapp.py", "%2e%2e/app.py", "..\\app.py", "/etc/passwd", "console.css/", "./console.css",
        "README.md", "console.css\x00", "", "templates/layout.html.j2", "....//app.py", "%252e%252e%252fapp.py",
    ],
)  # fmt: skip
def test_no_name_reaches_another_file(crowd, name):
    with pytest.raises(MissingError):
        Assets().response(name, "")
    assert _raw_status(crowd.app, f"/static/{name}") == 404


def _raw_status(app, path):
    """Return the status of an answer to *path* as it is: clients clean up what they send."""
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "https",
        "headers": [(b"host", b"console.example")], "server": ("console.example", 443), "client": ("192.0.2.1", 1),
    }  # fmt: skip
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    anyio.run(app, scope, receive, send)
    return sent[0]["status"]


def test_a_file_is_kept_under_its_version_and_asked_for_again_otherwise():
    assets = Assets()
    url = assets.url("console.css")
    version = url.partition("?v=")[2]
    assert "immutable" in assets.response("console.css", version).headers["cache-control"]
    assert assets.response("console.css", "older").headers["cache-control"] == "no-cache"
    assert assets.response("htmx.min.js", "").media_type == "text/javascript"


class _Inline(HTMLParser):
    """Collects what a strict policy would refuse, and every attribute."""

    def __init__(self):
        super().__init__()
        self.found, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.found += [name for name in given if name.startswith("on") or name in ("style", "hx-on")]
        self.found += [tag] if tag == "style" or (tag == "script" and "src" not in given) else []
        for name in ("src", "href", "action"):
            value = given.get(name) or "/"
            self.found += [value] if not value.startswith(("/", "#")) or value.startswith("//") else []


def _pages(crowd):
    root = crowd.signed_in("administrator")
    crowd.token("viewer")
    yield from (root.get(path) for path in ("/", "/account", "/people", "/people/viewer", "/people/nobody", "/nowhere"))
    yield root.post("/people", name="new", display=HOSTILE, role="viewer")
    yield root.get("/people/new")
    yield root.get("/people")
    yield root.post("/account/tokens", name=HOSTILE, scopes="view", days="3")
    yield root.get("/account")
    yield crowd.stranger().get("/sign-in?next=/%22%3E" + HOSTILE)


def test_no_page_has_anything_inline_or_from_elsewhere_and_html_in_names_is_text(crowd):
    seen = 0
    for answer in _pages(crowd):
        parser = _Inline()
        parser.feed(answer.text)
        assert parser.found == [], answer.url
        assert "img" not in parser.tags, answer.url
        seen += "&lt;img src=x" in answer.text
    assert seen >= 4


def test_every_page_can_be_walked_by_keyboard_and_read_aloud(crowd):
    for answer in _pages(crowd):
        text = answer.text
        assert '<html lang="en">' in text
        assert text.index('class="skip" href="#main"') < text.index("<header")
        assert 'id="main"' in text
        assert len(re.findall(r"<h1>", text)) == 1, answer.url
        for field in re.findall(r"<(?:input|select)\b[^>]*>", text):
            before = text[: text.index(field)]
            labelled = before.rfind("<label") > before.rfind("</label>")
            assert "hidden" in field or labelled, field


def test_htmx_keeps_nothing_and_evaluates_nothing(crowd):
    browser = crowd.signed_in("viewer")
    text = browser.get("/").text
    for setting in ('"allowEval": false', '"includeIndicatorStyles": false', '"historyCacheSize": 0'):
        assert setting in text
    assert f'hx-headers=\'{{"X-CSRF-Token": "{browser.csrf}"}}\'' in text


def _colours(block):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})(?![0-9a-f])", block))


def _contrast(one, other):
    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_can_be_read_by_day_and_by_night():
    """WCAG 2.2 AA: 4.5 to 1 for text, 3 to 1 for the edges of what can be filled in."""
    day, night = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    for colours in (_colours(day), _colours(day) | _colours(night)):
        for ground in ("paper", "card"):
            for text in ("ink", "soft", "accent", "alarm"):
                assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
            assert _contrast(colours["edge"], colours[ground]) >= 3, ground
        assert _contrast(colours["on-accent"], colours["accent"]) >= 4.5


def test_there_is_a_form_for_print():
    assert "@media print" in CSS
    assert "@media (prefers-color-scheme: dark)" in CSS


def test_a_moment_is_for_people_and_for_programs():
    at = datetime(2026, 4, 1, 9, 5, tzinfo=UTC)
    assert _moment(at) == '<time datetime="2026-04-01T09:05:00+00:00">2026-04-01 09:05 UTC</time>'
