"""What somebody typed survives an ended session, an error and an old page; words from elsewhere never do."""

import json
import re

import pytest

from stillwatch.cases.access import sessions, users
from stillwatch.cases.decisions import judgements
from stillwatch.console.web.kept_forms import KeptForm
from stillwatch.errors import EngineError

TYPED = {"verdict": "innocent", "why": "A class of <b>thirty</b>.\nTheir teacher called."}


def hidden(page, name):
    found = re.search(rf'<textarea name="{name}"[^>]*>(.*?)</textarea>', page, re.S)
    return found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"').replace("&amp;", "&")


@pytest.fixture
def ended(crowd, taken):
    """Return a browser whose session has ended since it opened a case, and what the case showed."""
    browser = crowd.signed_in("analyst")
    seen = browser.get("/cases/2.json").json()["seen"]
    with crowd.desk.bookkeeping() as look:
        users.end_sessions(look, users.find(look, "analyst").user_id)
    return browser, seen


def test_an_ended_session_costs_nothing_that_was_typed(ended, crowd, desk):
    browser, seen = ended
    page = browser.post("/cases/2/judge", seen=seen, **TYPED)
    assert page.status_code == 401
    for part in ("Your session has ended", "A class of &lt;b&gt;thirty&lt;/b&gt;.", "Their teacher called.", "Sign in"):
        assert part in page.text
    assert browser.csrf not in page.text, "the token of the old session is of no use"
    token = browser.cookie("form")
    sent = {"name": "analyst", "password": "a sentence does well", "kept": hidden(page.text, "kept")}
    wrong = browser.post("/sign-in", csrf=token, **sent | {"password": "wrong"})
    assert wrong.status_code == 403
    assert hidden(wrong.text, "kept") == sent["kept"]
    again = browser.post("/sign-in", csrf=token, **sent)
    assert again.status_code == 200
    assert "You are signed in again" in again.text
    assert "A class of &lt;b&gt;thirty&lt;/b&gt;." in again.text
    assert browser.cookie("session") is not None
    fresh = re.search(r'name="csrf" value="([^"]+)"', again.text.split('action="/cases/2/judge"')[1])[1]
    typed = {name: hidden(again.text, name) for name in ("verdict", "why", "seen")}
    assert browser.post("/cases/2/judge", csrf=fresh, **typed).status_code == 303
    with desk.look() as look:
        assert judgements.standing(look, 2) == "innocent"


def test_another_tab_in_which_somebody_signed_in_is_enough(ended, crowd):
    browser, seen = ended
    page = browser.post("/cases/2/judge", seen=seen, **TYPED)
    token, kept = browser.cookie("form"), hidden(page.text, "kept")
    not_yet = browser.post("/sign-in/resume", csrf=token, kept=kept)
    assert (not_yet.status_code, "not signed in yet" in not_yet.text) == (401, True)
    with crowd.desk.bookkeeping() as look:
        hours = crowd.app.state.console.login.hours
        opened = sessions.start(look, users.find(look, "analyst").user_id, hours)
    browser.bear("session", opened.token)
    resumed = browser.post("/sign-in/resume", csrf=token, kept=kept)
    assert (resumed.status_code, opened.csrf in resumed.text) == (200, True)
    assert "Their teacher called." in resumed.text
    nothing = browser.post("/sign-in/resume", csrf=token, kept="x")
    assert (nothing.status_code, nothing.headers["location"]) == (303, "/")


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_words_from_another_site_are_not_kept(ended, headers):
    browser, seen = ended
    browser.headers = headers
    page = browser.post("/cases/2/judge", seen=seen, **TYPED)
    assert page.status_code == 303
    assert "thirty" not in page.text


def test_a_page_of_an_older_session_offers_to_send_again(crowd, taken):
    browser = crowd.signed_in("analyst")
    page = browser.post("/cases/2/judge", csrf="of another session", **TYPED)
    assert page.status_code == 403
    assert "did not come from a current page" in page.text
    assert "A class of &lt;b&gt;thirty&lt;/b&gt;." in page.text
    assert f'name="csrf" value="{browser.csrf}"' in page.text.split('action="/cases/2/judge"')[1]


@pytest.mark.parametrize("error", [RuntimeError("acct_secret"), EngineError("disk full", where="/var/db")])
def test_an_error_of_ours_costs_nothing_that_was_typed(crowd, taken, monkeypatch, error, caplog):
    def fail(*_args, **_more):
        raise error

    browser = crowd.signed_in("analyst")
    seen = browser.get("/cases/2.json").json()["seen"]
    monkeypatch.setattr(judgements, "judge", fail)
    page = browser.post("/cases/2/judge", seen=seen, **TYPED)
    assert page.status_code in (500, 503)
    assert "A class of &lt;b&gt;thirty&lt;/b&gt;." in page.text
    assert 'action="/cases/2/judge"' in page.text
    assert "acct_secret" not in page.text + caplog.text
    assert "/var/db" not in page.text + caplog.text
    reference = re.search(r"reference ([0-9a-f]{8})", page.text)[1]
    assert f"POST /cases/{{case_id}}/judge, reference {reference}" in caplog.text


def test_a_form_without_a_page_of_its_own_keeps_what_was_typed(crowd):
    page = crowd.signed_in("administrator").post("/people", name="x", role="emperor", display="Zoe <i>")
    assert page.status_code == 422
    assert "Zoe &lt;i&gt;" in page.text


def test_a_password_is_never_kept(crowd):
    browser = crowd.signed_in("analyst")
    with crowd.desk.bookkeeping() as look:
        users.end_sessions(look, users.find(look, "analyst").user_id)
    page = browser.post("/account/password", old="my old one", new="my new one", again="my new one")
    assert "my new one" not in page.text
    assert KeptForm.of_text(json.dumps(["/account/password", [["new", "x"]]])) is None


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '["/x"]', '["//evil.example/x", []]', '["https://evil.example", []]', '["/x", [["a"]]]',
     '["/x", [["a", 1]]]', '[1, []]', '["/sign-in", []]'],
)  # fmt: skip
def test_only_what_this_console_wrote_is_taken_back(text):
    assert KeptForm.of_text(text) is None


def test_a_form_is_the_same_after_the_way_through_a_page():
    form = KeptForm(
        "/cases/2/members/judge", (("accounts", "a"), ("accounts", "b"), ("why", "x\r\ny"), ("seen", "-:1:0"))
    )
    assert KeptForm.of_text(form.as_text()) == form
    assert list(form.shown) == [("Accounts", "a"), ("Accounts", "b"), ("Reason", "x\r\ny")]
