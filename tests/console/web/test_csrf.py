import pytest

from stillwatch.cases.access import users

ELSEWHERE = [
    {"Origin": "https://elsewhere.example"},
    {"Origin": "https://console.example.evil"},
    {"Origin": "http://console.example"},
    {"Origin": "https://console.example:8443"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://console.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"},
]
HERE = [
    {"Origin": "https://console.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "https://console.example"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {},
]


def _is_there(crowd):
    with crowd.desk.look() as look:
        return any(person.name == "new" for person in users.listed(look))


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_post_from_elsewhere_is_refused_even_with_the_right_token(crowd, headers):
    browser = crowd.signed_in("administrator")
    browser.headers = headers
    answer = browser.post("/people", name="new", role="viewer")
    assert answer.status_code == 403
    assert "did not come from a current page" in answer.text
    assert not _is_there(crowd)


@pytest.mark.parametrize("headers", HERE)
def test_a_post_from_a_page_of_ours_is_taken(crowd, headers):
    browser = crowd.signed_in("administrator")
    browser.headers = headers
    assert browser.post("/people", name="new", role="viewer").status_code == 200
    assert _is_there(crowd)


def test_a_token_that_is_missing_or_another_sessions_is_refused(crowd):
    browser, other = crowd.signed_in("administrator"), crowd.signed_in("administrator")
    for wrong in ("", "x", other.csrf, browser.csrf[:-1], browser.csrf + "x", browser.cookie("session")):
        assert browser.post("/people", csrf=wrong, name="new", role="viewer").status_code == 403
    assert not _is_there(crowd)


def test_a_header_does_for_scripts_and_programs_and_an_address_does_not(crowd):
    browser = crowd.signed_in("administrator")
    sent = {"json": {"name": "new", "role": "viewer"}}
    assert browser.client.post(f"/people.json?csrf={browser.csrf}", **sent).status_code == 403
    assert browser.client.post("/people.json", headers={"X-CSRF-Token": "x"}, **sent).status_code == 403
    assert not _is_there(crowd)
    assert browser.client.post("/people.json", headers={"X-CSRF-Token": browser.csrf}, **sent).status_code == 200
    assert _is_there(crowd)


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x"])
def test_a_body_that_hides_a_token_elsewhere_is_refused(crowd, kind):
    browser = crowd.signed_in("administrator")
    body = f'{{"csrf": "{browser.csrf}", "name": "new", "role": "viewer"}}'
    answer = browser.client.post("/people.json", content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 403)
    assert not _is_there(crowd)


def test_a_token_given_as_a_file_is_none(crowd):
    browser = crowd.signed_in("administrator")
    files = {"csrf": ("csrf", browser.csrf.encode())}
    assert browser.client.post("/people", data={"name": "new", "role": "viewer"}, files=files).status_code == 403


def test_looking_needs_no_token_and_changes_nothing(crowd):
    browser = crowd.signed_in("administrator")
    answer = browser.client.get("/people", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 200
    for path in ("/people/viewer/disable", "/sign-out"):
        assert browser.get(path).status_code == 405
