import logging

import pytest
from starlette.testclient import TestClient

from stillwatch.cases import Permission
from stillwatch.console import build_app
from stillwatch.console.web.security import POLICY
from stillwatch.settings import ConsoleSettings

SITE = "https://console.example"


def _break(app):
    """Add a route that breaks with words which nobody may see."""

    def fail():
        raise RuntimeError("acct_secret_1 at /etc/stillwatch")

    fail.needs = Permission.VIEW
    app.add_api_route("/broken", fail)
    app.add_api_route("/broken.json", fail)


@pytest.fixture
def app(own_app):
    """Let tests here add a route that breaks."""
    _break(own_app)
    return own_app


def _everything(crowd):
    """Return one answer of each kind: pages, twins, redirects, files, and every way to fail."""
    root, stranger = crowd.signed_in("administrator"), crowd.stranger()
    client = root.client
    return {
        "page": root.get("/people"),
        "twin": client.get("/people.json"),
        "file": client.get("/static/console.css"),
        "redirect": stranger.get("/people"),
        "refused": crowd.signed_in("viewer").get("/people"),
        "unknown": client.get("/nowhere"),
        "missing": client.get("/people/nobody.json"),
        "method": client.delete("/people"),
        "csrf": client.post("/people"),
        "invalid": root.post("/people", name="x", role="emperor"),
        "large": client.post("/people", content=b"x" * 2_000_000, headers={"X-CSRF-Token": root.csrf}),
        "broken": root.get("/broken"),
        "host": client.get("/", headers={"Host": "elsewhere.example"}),
        "sign-in": stranger.get("/sign-in"),
        "token": stranger.client.get("/people.json", headers={"Authorization": "Bearer x"}),
    }


def test_every_answer_carries_every_header(crowd):
    statuses = set()
    for kind, answer in _everything(crowd).items():
        statuses.add(answer.status_code)
        headers = answer.headers
        assert headers["content-security-policy"] == POLICY, kind
        assert headers["x-content-type-options"] == "nosniff", kind
        assert headers["referrer-policy"] == "same-origin", kind
        assert headers["x-frame-options"] == "DENY", kind
        assert headers["cross-origin-opener-policy"] == "same-origin", kind
        assert headers["cross-origin-resource-policy"] == "same-origin", kind
        assert headers["strict-transport-security"].startswith("max-age="), kind
        assert headers["cache-control"] == ("no-cache" if kind == "file" else "no-store"), kind
        assert "server" not in headers, kind
    assert statuses >= {200, 303, 401, 403, 404, 405, 413, 421, 422, 500}


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY
    assert POLICY.startswith("default-src 'none'; ")


def test_what_broke_is_noted_without_words_and_told_to_nobody(crowd, caplog):
    browser = crowd.signed_in("viewer")
    with caplog.at_level(logging.ERROR):
        page, twin = browser.get("/broken"), browser.client.get("/broken.json")
    assert (page.status_code, twin.status_code) == (500, 500)
    assert "An internal error occurred" in page.text
    assert twin.json()["status"] == 500
    said = page.text + twin.text + caplog.text
    assert "acct_secret_1" not in said
    assert "Traceback" not in said
    assert "RuntimeError at " in caplog.text
    assert "GET /broken, reference " in caplog.text


@pytest.mark.parametrize("host", ["elsewhere.example", "console.example.evil", "console.example:81", "", "localhost"])
def test_another_name_that_somebody_points_here_gets_nothing(crowd, host):
    answer = crowd.stranger().client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 421
    assert "<form" not in answer.text


def test_without_tls_nothing_is_promised_about_tls(desk):
    app = build_app(desk, ConsoleSettings().model_copy(update={"password_memory_kib": 64, "password_passes": 1}))
    answer = TestClient(app, base_url="http://localhost:8470").get("/sign-in")
    assert answer.status_code == 200
    assert "strict-transport-security" not in answer.headers
    assert "stillwatch-form=" in answer.headers["set-cookie"]
    assert "Secure" not in answer.headers["set-cookie"]


def test_a_provider_is_one_more_place_that_a_form_may_lead_to(desk):
    settings = ConsoleSettings(base_url=SITE, oidc={"issuer": "https://idp.example/realm"})
    app = build_app(desk, settings.model_copy(update={"password_memory_kib": 64, "password_passes": 1}))
    policy = TestClient(app, base_url=SITE).get("/sign-in").headers["content-security-policy"]
    assert policy == POLICY.replace("form-action 'self'", "form-action 'self' https://idp.example")
