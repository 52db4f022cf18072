import pytest
from fastapi import Request
from starlette.exceptions import HTTPException

from stillwatch.console.web.error_pages import wants_json
from stillwatch.errors import ContractError, EngineError, InputError, MissingError, PolicyError, SettingsError


@pytest.fixture
def app(own_app):
    """Let tests here add a route that fails."""
    return own_app


def _failing(app, error):
    def fail():
        raise error

    fail.needs = next(route for route in app.routes if route.path == "/sign-in").endpoint.needs
    app.add_api_route("/fail", fail)
    app.add_api_route("/fail.json", fail)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (MissingError, 404),
        (InputError, 422),
        (PolicyError, 403),
        (EngineError, 503),
        (ContractError, 500),
        (SettingsError, 500),
    ],
)
def test_an_error_has_one_status_on_both_and_says_the_same(app, stranger, kind, status):
    _failing(app, kind("the thing is <b>not</b> so", where="postgresql://db.internal/cases", remedy="Do that."))
    page, twin = stranger.get("/fail"), stranger.client.get("/fail.json")
    assert (page.status_code, twin.status_code, twin.json()["status"]) == (status, status, status)
    assert page.headers["content-type"].startswith("text/html")
    assert "db.internal" not in page.text + twin.text
    assert "<b>not</b>" not in page.text
    assert ("not</b> so" in twin.text) is (status < 500)
    assert ("Do that." in page.text) is (status < 500)


def test_every_answer_from_500_on_leaves_a_line_in_the_log(app, stranger, caplog):
    _failing(app, HTTPException(503, "db.internal is away"))
    answer = stranger.client.get("/fail.json")
    assert answer.status_code == 503
    assert "HTTPException at " in caplog.text
    assert caplog.records[-1].getMessage().rpartition(" ")[2] in answer.json()["remedy"]
    assert "db.internal" not in answer.text + caplog.text


def test_what_was_sent_is_not_said_again(crowd):
    token = crowd.token("administrator")
    sent = {"name": "x", "role": "my-secret-password", "display": ["my-secret-password"]}
    answer = crowd.stranger().client.post("/people.json", json=sent, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 422
    assert "my-secret-password" not in answer.text
    assert "Role: Input should be" in answer.json()["what"] or "role: Input should be" in answer.json()["what"]


@pytest.mark.parametrize(
    ("path", "headers", "json"),
    [
        ("/x", {}, False),
        ("/x.json", {"accept": "text/html"}, True),
        ("/x", {"authorization": "Bearer x"}, True),
        ("/x", {"accept": "application/json"}, True),
        ("/x", {"accept": "text/html,application/json"}, False),
    ],
)
def test_who_wants_json(path, headers, json):
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "headers": raw, "server": ("h", 80), "scheme": "http", "query_string": b""}
    assert wants_json(Request(scope)) is json


def test_no_such_page_is_a_page_with_a_way_back(crowd):
    answer = crowd.signed_in("viewer").get("/nowhere/<b>x</b>")
    assert answer.status_code == 404
    assert 'href="/"' in answer.text
    assert "<b>x</b>" not in answer.text
    assert crowd.stranger().client.get("/nowhere.json").json()["title"] == "Not found"


def test_a_part_of_a_page_that_is_asked_for_too_late_leads_the_whole_page_to_sign_in(crowd):
    answer = crowd.stranger().client.get("/people", headers={"HX-Request": "true", "Accept": "*/*"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in"
