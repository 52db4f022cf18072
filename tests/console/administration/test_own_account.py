import re

SECRET, NEW = "a sentence does well", "another sentence here"


def test_one_sees_who_one_is(crowd):
    browser = crowd.signed_in("lead")
    facts = browser.client.get("/account.json").json()
    assert (facts["name"], facts["role"], facts["has_password"], facts["tokens"]) == ("lead", "lead", True, [])
    assert facts["permissions"] == ["view", "judge", "act", "approve", "reveal", "audit"]
    assert all(permission in browser.get("/account").text for permission in facts["permissions"])


def test_a_new_password_ends_all_sessions_but_a_new_one_here(crowd):
    here, there = crowd.signed_in("analyst"), crowd.signed_in("analyst")
    before = here.cookie("session")
    assert here.post("/account/password", old=SECRET, new=NEW, again="x").status_code == 422
    assert here.post("/account/password", old="wrong", new=NEW, again=NEW).status_code == 403
    assert here.cookie("session") == before
    answer = here.post("/account/password", old=SECRET, new=NEW, again=NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert here.cookie("session") != before
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_signing_out_everywhere_is_everywhere(crowd):
    here, there, other = crowd.signed_in("analyst"), crowd.signed_in("analyst"), crowd.signed_in("viewer")
    assert here.post("/account/sign-out-everywhere").headers["location"] == "/sign-in"
    assert [browser.get("/account").status_code for browser in (here, there, other)] == [303, 303, 200]


def test_a_token_is_shown_once_and_works_until_it_is_revoked(crowd):
    browser = crowd.signed_in("lead")
    shown = browser.post("/account/tokens", name="ci", scopes=["view", "judge"], days="7")
    assert shown.headers["cache-control"] == "no-store"
    text = re.search(r"<code>(stillwatch_[^<]+)</code>", shown.text)[1]
    (token,) = browser.client.get("/account.json").json()["tokens"]
    assert (token["name"], token["scopes"], token["state"]) == ("ci", ["judge", "view"], "valid")
    assert text not in browser.get("/account").text
    program = crowd.stranger().client
    bearing = {"headers": {"Authorization": f"Bearer {text}"}}
    assert program.get("/account.json", **bearing).status_code == 200
    number = token["token_id"]
    assert browser.post(f"/account/tokens/{number}/revoke").headers["location"] == "/account"
    assert program.get("/account.json", **bearing).status_code == 401
    assert "revoked" in browser.get("/account").text


def test_a_token_takes_no_scope_that_its_maker_lacks(crowd):
    browser = crowd.signed_in("viewer")
    for scopes in (["administer"], ["view", "approve"], [], ["everything"]):
        assert browser.post("/account/tokens", name="ci", scopes=scopes, days="7").status_code in (403, 422)
    assert browser.client.get("/account.json").json()["tokens"] == []


def test_nobody_revokes_the_token_of_somebody_else(crowd):
    crowd.token("lead")
    assert crowd.signed_in("viewer").post("/account/tokens/1/revoke").status_code == 404
    assert crowd.signed_in("lead").client.get("/account.json").json()["tokens"][0]["state"] == "valid"


def test_a_program_cannot_make_tokens_or_change_the_password(crowd):
    token = crowd.token("administrator")
    client = crowd.stranger().client
    for path in ("/account/tokens", "/account/password", "/account/sign-out-everywhere"):
        answer = client.post(path, data={}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403
        assert "token may not" in answer.json()["what"]
