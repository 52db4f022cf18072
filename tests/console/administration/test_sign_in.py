import re
from datetime import timedelta

import pytest

from stillwatch.cases import Permission, Role
from stillwatch.cases.access import one_time_links, users
from stillwatch.cases.store import audit
from stillwatch.console.administration.sign_in import safe_target

SITE, SECRET = "https://console.example", "a sentence does well"


def _csrf(answer):
    return re.search(r'name="csrf" value="([^"]+)"', answer.text)[1]


def _sign_in(browser, name="analyst", password=SECRET, **more):
    browser.csrf = _csrf(browser.get("/sign-in"))
    return browser.post("/sign-in", name=name, password=password, **more)


def _link(desk, name=None):
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        if name is None:
            return one_time_links.invite_first(work, timedelta(hours=24))
        return one_time_links.invite(work, name, timedelta(hours=24))


def test_signing_in_leads_to_the_page_that_was_wanted(crowd):
    browser = crowd.stranger()
    answer = browser.get("/account?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/account%3Fx%3D1")
    page = browser.get(answer.headers["location"])
    assert 'name="next" value="/account?x=1"' in page.text
    answer = _sign_in(browser, next="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "Analyst" in browser.get("/account").text


def test_cookies_are_for_this_host_over_tls_and_out_of_reach_of_scripts(crowd):
    browser = crowd.stranger()
    page = browser.get("/sign-in")
    browser.csrf = _csrf(page)
    answer = browser.post("/sign-in", name="analyst", password=SECRET)
    cookies = page.headers.get_list("set-cookie") + answer.headers.get_list("set-cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {
        "__Host-stillwatch-form", "__Host-stillwatch-session", "__Host-stillwatch-device"
    }  # fmt: skip
    for cookie in cookies:
        lowered = cookie.lower()
        assert all(part in lowered for part in ("; secure", "; httponly", "; samesite=lax", "; path=/")), cookie
        assert "domain" not in lowered


def test_a_wrong_password_shows_the_page_again_without_it(crowd):
    answer = _sign_in(crowd.stranger(), password="<script>wrong</script>", name='"><script>x</script>')
    assert answer.status_code == 403
    assert "Name or password is wrong" in answer.text
    assert "wrong</script>" not in answer.text
    assert "<script>x" not in answer.text


def test_guessing_ends_in_waiting(crowd, clock):
    browser = crowd.stranger()
    assert [_sign_in(browser, password="guess").status_code for _ in range(7)] == [403] * 5 + [429] * 2
    clock.pass_by(seconds=2)
    assert _sign_in(browser).status_code == 303


def test_a_session_is_rotated_at_sign_in(crowd):
    browser = crowd.stranger()
    browser.bear("session", "planted")
    _sign_in(browser)
    first = browser.cookie("session")
    assert first not in (None, "planted")
    _sign_in(browser)
    second = browser.cookie("session")
    assert second != first
    browser.bear("session", first)
    assert browser.get("/").status_code == 303


def test_sign_in_is_refused_to_who_was_given_no_form(crowd):
    browser = crowd.stranger()
    assert browser.post("/sign-in", name="analyst", password=SECRET).status_code == 403
    browser.csrf = _csrf(browser.get("/sign-in"))
    # A page elsewhere that signs somebody in as somebody else has neither the cookie nor the token of this browser.
    assert crowd.stranger().post("/sign-in", csrf=browser.csrf, name="analyst", password=SECRET).status_code == 403
    browser.headers = {"Origin": "https://elsewhere.example"}
    assert browser.post("/sign-in", name="analyst", password=SECRET).status_code == 403


def test_sign_out_ends_the_session_for_good(crowd):
    browser = crowd.signed_in("analyst")
    token = browser.cookie("session")
    answer = browser.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert '"storage"' in answer.headers["clear-site-data"]
    browser.bear("session", token)
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/people?x=1", "/people?x=1"),
        ("https://elsewhere.example", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("/a\nSet-Cookie: x", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_sent_elsewhere(wanted, target):
    assert safe_target(wanted) == target


def test_the_first_administrator(stranger, desk):
    token = _link(desk)
    page = stranger.get(f"/link/{token}")
    assert "First administrator" in page.text
    stranger.csrf = _csrf(page)
    answer = stranger.post(f"/link/{token}", name="root", password=SECRET, again="another")
    assert answer.status_code == 422
    assert "passwords differ" in answer.text
    answer = stranger.post(f"/link/{token}", name="root", display="<b>R</b>", password=SECRET, again=SECRET)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "&lt;b&gt;R&lt;/b&gt;" in stranger.get("/people").text
    with desk.look() as look:
        assert users.find(look, "root").role == Role.ADMINISTRATOR
    with desk.database.reading() as link:
        assert token not in str(list(audit.entries(link)))


def test_a_link_works_once(crowd, desk):
    token, browser = _link(desk, "analyst"), crowd.stranger()
    browser.csrf = _csrf(browser.get(f"/link/{token}"))
    held = browser.csrf
    new = {"password": "another sentence here", "again": "another sentence here"}
    assert browser.post(f"/link/{token}", **new).status_code == 303
    assert browser.get("/account").status_code == 200
    late = crowd.stranger()
    assert late.get(f"/link/{token}").status_code == 403
    late.bear("form", held)
    answer = late.post(f"/link/{token}", csrf=held, **new)
    assert answer.status_code == 403
    assert "was used" in answer.text


def test_a_link_expires(crowd, desk, clock):
    token, browser = _link(desk, "analyst"), crowd.stranger()
    browser.csrf = _csrf(browser.get(f"/link/{token}"))
    clock.pass_by(hours=24)
    assert browser.get(f"/link/{token}").status_code == 403
    assert browser.post(f"/link/{token}", password=SECRET, again=SECRET).status_code == 403


def test_a_link_that_never_was_looks_like_one_that_was_used(crowd, desk):
    token, browser = _link(desk, "analyst"), crowd.stranger()
    browser.csrf = _csrf(browser.get(f"/link/{token}"))
    browser.post(f"/link/{token}", password=SECRET, again=SECRET)
    assert browser.get(f"/link/{token}").text == browser.get("/link/" + "x" * 43).text


def test_there_is_no_way_to_a_provider_where_none_is_set(crowd):
    browser = crowd.stranger()
    page = browser.get("/sign-in")
    assert "/sign-in/provider" not in page.text
    browser.csrf = _csrf(page)
    assert browser.post("/sign-in/provider").status_code == 404
    assert browser.get("/sign-in/provider/back?code=x&state=y").status_code == 404
