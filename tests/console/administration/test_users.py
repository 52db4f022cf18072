from stillwatch.cases import Role
from stillwatch.cases.access import users
from stillwatch.cases.store import audit

SECRET = "a sentence does well"


def _log(desk):
    with desk.database.reading() as link:
        return [(entry.actor, entry.action, entry.subject) for entry in audit.entries(link)]


def test_somebody_added_comes_in_by_the_link_that_is_shown_once(crowd):
    root = crowd.signed_in("administrator")
    shown = root.post("/people", name="Nia", display="Nia <i>N.</i>", role="analyst")
    assert shown.status_code == 200
    url = shown.text.partition("<code>")[2].partition("</code>")[0]
    assert url.startswith("https://console.example/link/")
    assert url not in root.get("/people/Nia").text
    path = url.removeprefix("https://console.example")
    browser = crowd.stranger()
    page = browser.get(path)
    assert "Choose a password" in page.text
    browser.csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    assert browser.post(path, password=SECRET, again=SECRET).status_code == 303
    facts = browser.client.get("/account.json").json()
    assert (facts["name"], facts["role"]) == ("Nia", "analyst")
    assert ("administrator", "user created", "user Nia") in _log(crowd.desk)


def test_a_name_that_is_taken_or_no_name_is_refused(crowd):
    root = crowd.signed_in("administrator")
    for name in ("VIEWER", "<b>x</b>", "", "../x"):
        assert root.post("/people", name=name, role="viewer").status_code == 422
    with crowd.desk.look() as look:
        assert len(users.listed(look)) == 6


def test_a_role_is_given_and_somebody_is_shut_out_and_let_in(crowd):
    root, them = crowd.signed_in("administrator"), crowd.signed_in("viewer")
    assert root.post("/people/viewer/role", role="auditor").headers["location"] == "/people/viewer"
    assert them.get("/").status_code == 303
    assert root.client.get("/people/viewer.json").json()["person"]["role"] == "auditor"
    assert root.post("/people/viewer/disable").status_code == 303
    assert "disabled since" in root.get("/people/viewer").text
    assert root.post("/people/viewer/enable").status_code == 303
    assert root.client.get("/people/viewer.json").json()["person"]["disabled_at"] is None


def test_a_program_may_do_the_same(crowd):
    bearing = {"headers": {"Authorization": f"Bearer {crowd.token('administrator')}"}}
    client = crowd.stranger().client
    assert client.post("/people/viewer/role.json", json={"role": "lead"}, **bearing).json()["person"]["role"] == "lead"
    assert client.post("/people/viewer/link.json", **bearing).json()["url"].startswith("https://")
    assert client.post("/people/viewer/disable.json", **bearing).json()["person"]["disabled_at"]
    assert client.get("/people.json", **bearing).json()["roles"] == [role.value for role in Role]


def test_nobody_changes_themselves_and_one_sees_no_buttons_to(crowd):
    root = crowd.signed_in("administrator")
    assert root.post("/people/administrator/disable").status_code == 403
    assert root.post("/people/administrator/role", role="viewer").status_code == 403
    page = root.get("/people/administrator").text
    assert "This is you" in page
    assert "/people/administrator/disable" not in page


def test_a_token_is_revoked_under_its_owners_name_alone(crowd):
    root = crowd.signed_in("administrator")
    crowd.token("lead")
    assert root.post("/people/viewer/tokens/1/revoke").status_code == 404
    assert root.post("/people/lead/tokens/1/revoke").status_code == 303
    assert root.client.get("/people/lead.json").json()["tokens"][0]["state"] == "revoked"
    assert ("administrator", "token revoked", "token 1") in _log(crowd.desk)


def test_a_name_from_abroad_has_a_page(crowd):
    root = crowd.signed_in("administrator")
    root.post("/people", name="Zoë+Ñandú@x", role="viewer")
    page = root.get("/people")
    assert 'href="/people/Zo%C3%AB%2B%C3%91and%C3%BA%40x"' in page.text
    assert "Zoë+Ñandú@x" in root.get("/people/Zo%C3%AB%2B%C3%91and%C3%BA%40x").text
