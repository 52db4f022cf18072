import pytest

from stillwatch.cases.decisions import judgements
from stillwatch.cases.decisions.verdict import Standing


def test_a_case_shows_the_answers_the_readings_and_the_evidence(crowd, taken):
    text = crowd.signed_in("viewer").get("/cases/1").text
    for part in (
        "The evidence, by kind", "What could make it innocent", "Coordination", "Accountability", "Use", "1 of 3",
        "What would change this", "share means of identity under separate names", "Exchanges over time", "What was aimed at", "The accounts and what they share", "ask sales whether a contract",
    ):  # fmt: skip
        assert part in text
    assert "Judgement of the campaign" in text
    assert 'action="/cases/1/judge"' not in text, "a viewer is offered nothing to answer with"


def test_the_twin_has_the_facts_and_no_drawing(crowd, taken):
    facts = crowd.signed_in("viewer").get("/cases/1.json").json()
    assert (facts["campaign_id"], facts["stands_at"], facts["members"]["open"]) == ("cmp-7f3a91", "open", 400)
    assert facts["campaign"]["innocent_readings"]
    assert facts["next_case"] == 2
    assert "drawn" not in facts


def test_an_answer_is_given_on_the_page(crowd, taken, desk):
    browser = crowd.signed_in("analyst")
    answer = browser.post("/cases/1/judge", verdict="confirmed", why="One list.", expires_at="")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases/1")
    with desk.look() as look:
        assert judgements.standing(look, 1) is Standing.CONFIRMED
    assert "One list." in browser.get("/cases/1").text


def test_who_joined_since_somebody_looked_is_not_judged_and_is_marked(crowd, taken, desk, grow):
    browser = crowd.signed_in("analyst")
    shown = browser.get("/cases/2.json").json()["seen"]
    assert f'name="seen" value="{shown}"' in browser.get("/cases/2").text
    grow(65)
    answer = browser.post("/cases/2/judge", verdict="confirmed", why="One <b>list</b>.", seen=shown)
    assert answer.status_code == 409
    for part in (
        "3 joined since you looked", "3 accounts joined since scan 1", "acct_20c4d8_00064",
        "One &lt;b&gt;list&lt;/b&gt;.</textarea>", 'value="confirmed" required checked',
    ):  # fmt: skip
        assert part in answer.text, part
    headers = {"Authorization": f"Bearer {crowd.token('analyst')}"}
    sent = {"verdict": "confirmed", "why": "One list.", "seen": shown}
    refused = crowd.stranger().client.post("/cases/2/judge.json", json=sent, headers=headers)
    assert (refused.status_code, refused.json()["title"]) == (409, "Changed since you looked")
    assert "3 joined since you looked" in refused.json()["what"]
    del sent["seen"]
    assert crowd.stranger().client.post("/cases/2/judge.json", json=sent, headers=headers).status_code == 422
    with desk.look() as look:
        assert judgements.standing(look, 2) is Standing.OPEN


def test_a_case_says_who_joined_in_its_last_scan(crowd, taken, grow):
    assert "joined since scan" not in crowd.signed_in("viewer").get("/cases/2").text
    grow(63)
    page = crowd.signed_in("viewer").get("/cases/2").text
    assert "1 account joined since scan 1" in page
    assert crowd.signed_in("viewer").get("/cases/2.json").json()["newcomers"]["accounts"] == ["acct_20c4d8_00062"]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("judge", {"verdict": "unsure", "expires_at": "2026-06-01T00:00"}),
        ("close", {"stands_at": "open"}),
        ("label", {"name": "press <b>"}),
    ],
)
def test_a_missing_reason_costs_nothing_that_was_typed(crowd, taken, name, sent):
    answer = crowd.signed_in("analyst").post(f"/cases/1/{name}", **sent)
    assert answer.status_code == 422
    assert "Why: Field required" in answer.text
    assert 'role="alert"' in answer.text
    for kept in ('value="unsure" checked', 'value="2026-06-01T00:00"') if name == "judge" else ():
        assert kept in answer.text
    if name == "label":
        assert 'value="press &lt;b&gt;"' in answer.text


def test_a_program_answers_with_the_same_words(crowd, taken):
    token = crowd.token("analyst")
    client = crowd.stranger().client
    headers = {"Authorization": f"Bearer {token}"}
    sent = {"verdict": "innocent", "why": "A class.", "expires_at": "2026-05-01T00:00:00"}
    sent["seen"] = client.get("/cases/2.json", headers=headers).json()["seen"]
    given = client.post("/cases/2/judge.json", json=sent, headers=headers)
    assert (given.status_code, given.json()["stands_at"]) == (200, "innocent")


def test_a_case_is_closed_opened_given_and_labelled(crowd, taken, clock):
    browser = crowd.signed_in("analyst")
    browser.post("/cases/1/judge", verdict="innocent", why="A class.", expires_at="2026-06-01T00:00")
    browser.post("/cases/1/close", why="Done.")
    assert "closed as innocent" in browser.get("/cases/1").text
    browser.post("/cases/1/reopen", why="Not done.")
    browser.post("/cases/1/assign", to="ben")
    browser.post("/cases/1/label", name="press", why="A reporter asked.")
    facts = browser.get("/cases/1.json").json()
    assert (facts["state"], facts["assigned_to"], [x["name"] for x in facts["labels"]]) == ("open", "ben", ["press"])


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/cases/9/judge", {"verdict": "unsure", "why": "x", "seen": "x"}, 404),
        ("/cases/1/judge", {"verdict": "unsure", "why": "x", "seen": "x"}, 422),
        ("/cases/1/judge", {"verdict": "guilty", "why": "x"}, 422),
        ("/cases/1/judge", {"verdict": "unsure", "why": ""}, 422),
        ("/cases/1/judge", {"verdict": "unsure", "why": "x", "expires_at": "2020-01-01T00:00"}, 422),
        ("/cases/1/close", {"why": "x"}, 403),
    ],
)
def test_what_cannot_be_is_told_plainly(crowd, taken, path, fields, status):
    answer = crowd.signed_in("analyst").post(path, **fields)
    assert answer.status_code == status, answer.text
    assert "Traceback" not in answer.text


def test_a_case_that_is_not_there(crowd):
    assert crowd.signed_in("viewer").get("/cases/9").status_code == 404
    assert crowd.signed_in("viewer").get("/cases/x.json").status_code == 422
