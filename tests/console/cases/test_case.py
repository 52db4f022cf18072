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


def test_a_program_answers_with_the_same_words(crowd, taken):
    token = crowd.token("analyst")
    client = crowd.stranger().client
    sent = {"verdict": "innocent", "why": "A class.", "expires_at": "2026-05-01T00:00:00"}
    given = client.post("/cases/2/judge.json", json=sent, headers={"Authorization": f"Bearer {token}"})
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
        ("/cases/9/judge", {"verdict": "unsure", "why": "x"}, 404),
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
