"""Every route of the console against everybody who may knock: one table says what each needs.

A route that is not in the table fails the test, and so does a line of the table without a route.
"""

import json

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from stillwatch.cases import PERMISSIONS, Permission, Role
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import Requester
from stillwatch.console.web.routing import AccessLevel, Routes
from stillwatch.errors import ContractError

OPEN, PERSON = AccessLevel.PUBLIC, AccessLevel.SESSION
VIEW, ADMINISTER = Permission.VIEW, Permission.ADMINISTER
JUDGE, ACT, APPROVE, AUDIT = Permission.JUDGE, Permission.ACT, Permission.APPROVE, Permission.AUDIT

NEEDS = {
    ("GET", "/"): VIEW,
    ("GET", "/index.json"): VIEW,
    ("GET", "/openapi.json"): VIEW,
    ("GET", "/static/{name:path}"): OPEN,
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): OPEN,
    ("POST", "/sign-in/provider"): OPEN,
    ("POST", "/sign-in/resume"): OPEN,
    ("GET", "/healthz"): OPEN,
    ("GET", "/metrics"): VIEW,
    ("GET", "/sign-in/provider/back"): OPEN,
    ("POST", "/sign-out"): PERSON,
    ("GET", "/link/{token}"): OPEN,
    ("POST", "/link/{token}"): OPEN,
    ("GET", "/account"): VIEW,
    ("GET", "/account.json"): VIEW,
    ("POST", "/account/password"): PERSON,
    ("POST", "/account/sign-out-everywhere"): PERSON,
    ("POST", "/account/tokens"): PERSON,
    ("POST", "/account/tokens/{token_id}/revoke"): PERSON,
    ("POST", "/account/tokens/{token_id}/revoke.json"): PERSON,
    ("GET", "/cases"): VIEW,
    ("GET", "/cases.json"): VIEW,
    ("GET", "/cases/{case_id}"): VIEW,
    ("GET", "/cases/{case_id}.json"): VIEW,
    ("GET", "/cases/{case_id}/members"): VIEW,
    ("GET", "/cases/{case_id}/members.json"): VIEW,
    ("GET", "/cases/{case_id}/graph"): VIEW,
    ("GET", "/cases/{case_id}/graph.json"): VIEW,
    ("GET", "/cases/{case_id}/without"): VIEW,
    ("GET", "/cases/{case_id}/without.json"): VIEW,
    ("POST", "/cases/{case_id}/members/without"): VIEW,
    ("POST", "/cases/{case_id}/members/without.json"): VIEW,
    ("POST", "/cases/{case_id}/judge"): JUDGE,
    ("POST", "/cases/{case_id}/judge.json"): JUDGE,
    ("POST", "/cases/{case_id}/close"): JUDGE,
    ("POST", "/cases/{case_id}/close.json"): JUDGE,
    ("POST", "/cases/{case_id}/reopen"): JUDGE,
    ("POST", "/cases/{case_id}/reopen.json"): JUDGE,
    ("POST", "/cases/{case_id}/assign"): JUDGE,
    ("POST", "/cases/{case_id}/assign.json"): JUDGE,
    ("POST", "/cases/{case_id}/label"): JUDGE,
    ("POST", "/cases/{case_id}/label.json"): JUDGE,
    ("POST", "/cases/{case_id}/members/judge"): JUDGE,
    ("POST", "/cases/{case_id}/members/judge.json"): JUDGE,
    ("GET", "/actions"): VIEW,
    ("GET", "/actions.json"): VIEW,
    ("GET", "/actions/{action_id}"): VIEW,
    ("GET", "/actions/{action_id}.json"): VIEW,
    ("GET", "/in-force"): VIEW,
    ("GET", "/in-force.json"): VIEW,
    ("GET", "/appeals"): VIEW,
    ("GET", "/appeals.json"): VIEW,
    ("GET", "/appeals/{appeal_id}"): VIEW,
    ("GET", "/appeals/{appeal_id}.json"): VIEW,
    ("GET", "/allowances"): VIEW,
    ("GET", "/allowances.json"): VIEW,
    ("GET", "/accounts"): VIEW,
    ("GET", "/accounts.json"): VIEW,
    ("GET", "/cases/{case_id}/ask"): VIEW,
    ("GET", "/cases/{case_id}/ask.json"): VIEW,
    ("POST", "/cases/{case_id}/ask"): ACT,
    ("POST", "/cases/{case_id}/ask.json"): ACT,
    ("POST", "/cases/{case_id}/ask/preview"): ACT,
    ("POST", "/cases/{case_id}/ask/preview.json"): ACT,
    ("POST", "/cases/{case_id}/ask/outcome"): ACT,
    ("POST", "/cases/{case_id}/ask/outcome.json"): ACT,
    ("GET", "/cases/{case_id}/actions"): VIEW,
    ("GET", "/cases/{case_id}/actions.json"): VIEW,
    ("POST", "/cases/{case_id}/actions"): ACT,
    ("POST", "/cases/{case_id}/actions.json"): ACT,
    ("POST", "/cases/{case_id}/actions/preview"): ACT,
    ("POST", "/cases/{case_id}/actions/preview.json"): ACT,
    ("POST", "/actions/{action_id}/approve"): APPROVE,
    ("POST", "/actions/{action_id}/approve.json"): APPROVE,
    ("POST", "/actions/{action_id}/refuse"): APPROVE,
    ("POST", "/actions/{action_id}/refuse.json"): APPROVE,
    ("POST", "/actions/{action_id}/cancel"): ACT,
    ("POST", "/actions/{action_id}/cancel.json"): ACT,
    ("POST", "/actions/{action_id}/undo"): ACT,
    ("POST", "/actions/{action_id}/undo.json"): ACT,
    ("POST", "/appeals"): JUDGE,
    ("POST", "/appeals.json"): JUDGE,
    ("POST", "/appeals/{appeal_id}/answer"): APPROVE,
    ("POST", "/appeals/{appeal_id}/answer.json"): APPROVE,
    ("POST", "/allowances"): APPROVE,
    ("POST", "/allowances.json"): APPROVE,
    ("POST", "/allowances/{allowance_id}/revoke"): APPROVE,
    ("POST", "/allowances/{allowance_id}/revoke.json"): APPROVE,
    ("POST", "/labels"): JUDGE,
    ("POST", "/labels.json"): JUDGE,
    ("POST", "/labels/{label_id}/withdraw"): JUDGE,
    ("POST", "/labels/{label_id}/withdraw.json"): JUDGE,
    ("POST", "/cases/{case_id}/exemplars/{exemplar_id}/reveal"): Permission.REVEAL,
    ("POST", "/cases/{case_id}/exemplars/{exemplar_id}/reveal.json"): Permission.REVEAL,
    ("GET", "/people"): ADMINISTER,
    ("GET", "/people.json"): ADMINISTER,
    ("POST", "/people"): ADMINISTER,
    ("POST", "/people.json"): ADMINISTER,
    ("GET", "/people/{name}"): ADMINISTER,
    ("GET", "/people/{name}.json"): ADMINISTER,
    ("POST", "/people/{name}/link"): ADMINISTER,
    ("POST", "/people/{name}/link.json"): ADMINISTER,
    ("POST", "/people/{name}/role"): ADMINISTER,
    ("POST", "/people/{name}/role.json"): ADMINISTER,
    ("POST", "/people/{name}/disable"): ADMINISTER,
    ("POST", "/people/{name}/disable.json"): ADMINISTER,
    ("POST", "/people/{name}/enable"): ADMINISTER,
    ("POST", "/people/{name}/enable.json"): ADMINISTER,
    ("POST", "/people/{name}/tokens/{token_id}/revoke"): ADMINISTER,
    ("POST", "/people/{name}/tokens/{token_id}/revoke.json"): ADMINISTER,
    ("GET", "/views.json"): VIEW,
    ("GET", "/views"): VIEW,
    ("POST", "/views.json"): VIEW,
    ("POST", "/views"): VIEW,
    ("POST", "/views/{view_id}/remove.json"): VIEW,
    ("POST", "/views/{view_id}/remove"): VIEW,
    ("GET", "/scans.json"): VIEW,
    ("GET", "/scans"): VIEW,
    ("GET", "/scans/compare.json"): VIEW,
    ("GET", "/scans/compare"): VIEW,
    ("GET", "/scans/{number}.json"): VIEW,
    ("GET", "/scans/{number}"): VIEW,
    ("GET", "/precision.json"): VIEW,
    ("GET", "/precision"): VIEW,
    ("GET", "/audit.json"): AUDIT,
    ("GET", "/audit"): AUDIT,
    ("GET", "/audit/entry/{seq}.json"): AUDIT,
    ("GET", "/audit/entry/{seq}"): AUDIT,
    ("POST", "/audit/verify.json"): AUDIT,
    ("POST", "/audit/verify"): AUDIT,
    ("GET", "/audit/export"): AUDIT,
    ("GET", "/hooks.json"): ADMINISTER,
    ("GET", "/hooks"): ADMINISTER,
    ("POST", "/hooks.json"): ADMINISTER,
    ("POST", "/hooks"): ADMINISTER,
    ("POST", "/hooks/{hook_id}/stop.json"): ADMINISTER,
    ("POST", "/hooks/{hook_id}/stop"): ADMINISTER,
    ("POST", "/hooks/{hook_id}/resume.json"): ADMINISTER,
    ("POST", "/hooks/{hook_id}/resume"): ADMINISTER,
    ("POST", "/hooks/{hook_id}/retry.json"): ADMINISTER,
    ("POST", "/hooks/{hook_id}/retry"): ADMINISTER,
    ("POST", "/hooks/{hook_id}/remove.json"): ADMINISTER,
    ("POST", "/hooks/{hook_id}/remove"): ADMINISTER,
}
ROUTES = sorted(NEEDS)
ENDING = ("/sign-out", "/account/sign-out-everywhere")
"""What ends the session that asks, and then leads to the sign-in page as a refusal does."""
NUMBERS = (
    "token_id", "case_id", "action_id", "appeal_id", "allowance_id", "label_id", "exemplar_id", "seq", "number", "view_id",
    "hook_id",
)  # fmt: skip
NOBODY = {"name": "nobody", "token": "none", "name:path": "console.css"} | dict.fromkeys(NUMBERS, "999")
"""What fills the paths: nothing that a request let through could change."""


def _path(template):
    for name, value in NOBODY.items():
        template = template.replace(f"{{{name}}}", value)
    assert "{" not in template
    return template


def _knock(browser, method, template, *, token=None, csrf=True):
    """Return whether the route let the request through to what it does."""
    headers = {"Accept": "application/json" if template.endswith(".json") else "text/html"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    elif csrf:
        headers["X-CSRF-Token"] = browser.csrf
    more = {"headers": headers} | ({} if method == "GET" else {"json" if template.endswith(".json") else "data": {}})
    answer = browser.client.request(method, _path(template), **more)
    assert answer.status_code < 500, (method, template, answer.text)
    if answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"):
        return template in ENDING and bool(browser.csrf) and csrf
    if answer.status_code == 403:
        # A refusal by the route, not by what it does: those are of other words, and come after it was let through.
        return not any(words in answer.text for words in (" may not ", "did not come from a current page"))
    return answer.status_code != 401


def _may(needs, role):
    return needs in AccessLevel or needs in PERMISSIONS[role]


def test_every_route_is_in_the_table_and_the_other_way_round(app):
    routes = {(method, route.path) for route in app.routes for method in route.methods}
    assert routes == set(NEEDS)
    for route in app.routes:
        for method in route.methods:
            assert route.endpoint.needs == NEEDS[method, route.path], (method, route.path)


def test_who_has_not_signed_in_takes_open_routes_alone(crowd):
    for method, path in ROUTES:
        browser = crowd.stranger()
        browser.bear("form", "f" * 43)
        browser.csrf = "f" * 43
        if NEEDS[method, path] is OPEN:
            assert _knock(browser, method, path), (method, path)
        else:
            browser.csrf = ""
            assert not _knock(browser, method, path), (method, path)


@pytest.mark.parametrize("role", Role)
def test_a_session_takes_what_its_role_has(crowd, role):
    browser = crowd.signed_in(role.value)
    for method, path in ROUTES:
        needs = NEEDS[method, path]
        if needs is OPEN:
            browser.bear("form", browser.csrf)
        assert _knock(browser, method, path) is _may(needs, role), (method, path)
        if path in ENDING:
            browser = crowd.signed_in(role.value)


@pytest.mark.parametrize("role", Role)
def test_a_token_takes_what_both_its_scope_and_its_role_have(crowd, role):
    for scope in PERMISSIONS[role]:
        token = crowd.token(role.value, scope)
        for method, path in ROUTES:
            needs = NEEDS[method, path]
            if needs is not OPEN:
                assert _knock(crowd.stranger(), method, path, token=token) is (needs == scope), (scope, method, path)


def test_nothing_that_changes_something_goes_without_the_token_of_the_page(crowd):
    browser = crowd.signed_in("administrator")
    for method, path in ROUTES:
        if method != "GET":
            assert not _knock(browser, method, path, csrf=False), (method, path)


def test_what_was_sent_is_not_read_before_it_is_known_who_sent_it(crowd):
    browser = crowd.stranger()
    answer = browser.client.post("/people.json", content=b"{not json", headers={"Content-Type": "application/json"})
    assert answer.status_code == 401
    token = crowd.token("viewer")
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    assert browser.client.post("/people.json", content=b"{not json", headers=headers).status_code == 403


def test_a_header_that_claims_to_say_who_asks_is_all_that_counts(crowd):
    browser = crowd.signed_in("administrator")
    assert browser.client.get("/people.json").status_code == 200
    for header in ("Bearer x", "Bearer", "", "Basic YTpi", f"Bearer {browser.cookie('session')}", "bearer  "):
        answer = browser.client.get("/people.json", headers={"Authorization": header})
        assert answer.status_code == 401, header
        assert answer.headers["www-authenticate"] == "Bearer"
    token = crowd.token("viewer")
    assert browser.client.get("/people.json", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_a_token_needs_no_form_and_no_origin_and_a_session_is_no_token(crowd):
    token, client = crowd.token("administrator"), crowd.stranger().client
    headers = {"Authorization": f"Bearer {token}", "Origin": "https://elsewhere.example"}
    answer = client.post("/people.json", json={"name": "new", "role": "viewer"}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["url"].startswith("https://console.example/link/")


def test_tokens_that_are_revoked_expired_or_forged_are_refused(crowd, clock):
    client, token = crowd.stranger().client, crowd.token("viewer", days=1)

    def status(text):
        return client.get("/account.json", headers={"Authorization": f"Bearer {text}"}).status_code

    assert status(token) == 200
    assert [status(text) for text in (token[:-1], token + "x", token.upper(), "stillwatch_", "x" * 5000)] == [401] * 5
    clock.pass_by(days=1)
    assert status(token) == 401


def test_page_and_twin_give_the_same_facts(crowd):
    browser = crowd.signed_in("administrator")
    facts = browser.client.get("/people.json").json()
    page = browser.get("/people").text
    assert {line["name"] for line in facts["people"]} == {*(role.value for role in Role), "other"}
    assert all(f"<bdi>{line['name']}</bdi>" in page and line["role"] in page for line in facts["people"])


def test_sessions_that_are_stolen_late_or_ended_let_nobody_in(crowd, clock):
    browser = crowd.signed_in("analyst")
    assert browser.get("/account").status_code == 200
    thief = crowd.stranger()
    thief.bear("session", browser.cookie("session")[:-1])
    assert thief.get("/account").status_code == 303
    clock.pass_by(hours=2)
    assert browser.get("/account").status_code == 303


def test_a_session_stolen_before_a_role_changed_is_worthless_after(crowd):
    browser = crowd.signed_in("lead")
    root = crowd.signed_in("other")
    assert root.post("/people/lead/role", role="viewer").status_code == 303
    assert browser.get("/account").status_code == 303


def test_a_route_that_does_not_say_what_it_needs_is_no_route():
    app = FastAPI()
    Routes(app)

    def secret() -> None: ...

    with pytest.raises(ContractError, match="does not state its permission"):
        app.add_api_route("/secret", secret)


def test_a_page_makes_two_addresses_and_the_twin_is_described():
    app = FastAPI()

    class Fact(View):
        n: int

    @Routes(app).page("/things/{n}", "x.html.j2", needs=VIEW)
    def thing(requester: Requester, n: int) -> Fact:
        """One thing."""
        return Fact(n=n)

    paths = [route.path for route in app.routes if isinstance(route, APIRoute) and "things" in route.path]
    assert paths == ["/things/{n}.json", "/things/{n}"]
    described = app.openapi()["paths"]
    assert list(described) == ["/things/{n}.json"]
    assert "Needs: view" in json.dumps(described)


def test_what_is_refused_is_said_once_more_on_the_page_of_the_form_with_what_was_sent(crowd):
    root = crowd.signed_in("administrator")
    answer = root.post("/views", name="Mine", query="nonsense=1")
    assert answer.status_code == 422
    assert answer.text.count('role="alert"') == 1
    assert 'value="Mine"' in answer.text
    # what is not there is no mistake of a form, and a program gets what it can read
    assert "Not found" in root.post("/views/999/remove").text
    headers = {"X-CSRF-Token": root.csrf, **root.headers}
    assert (
        root.client.post("/views.json", json={"name": "Mine", "query": "x=1"}, headers=headers).json()["status"] == 422
    )
