import pytest

from stillwatch.cases.decisions import judgements
from stillwatch.cases.decisions.verdict import Standing

PREFIX = "acct_20c4d8_"


def test_members_are_listed_with_why(crowd, taken):
    text = crowd.signed_in("viewer").get("/cases/2/members").text
    assert text.count(f"/accounts?account={PREFIX}") == 62
    assert "expected of unrelated accounts" in text
    assert "In such a group" in text
    member = crowd.signed_in("viewer").get("/cases/2/members.json").json()["members"][0]
    assert member["p_both"] == pytest.approx(0.77 * member["p_member"])
    assert 'type="checkbox"' not in text, "a viewer is offered nothing to tick"


def test_filters_find_members_and_pages_keep_them(crowd, taken):
    browser = crowd.signed_in("viewer")
    found = browser.get("/cases/1/members.json?order=account").json()
    assert (found["total"], len(found["members"])) == (400, 100)
    assert found["later"] == "/cases/1/members?order=account&start=100"
    assert browser.get("/cases/2/members.json?word=0003&signal=signup_burst&least=0.5").json()["total"] <= 11
    assert browser.get("/cases/2/members.json?standing=confirmed").json()["total"] == 0
    assert "No matching members" in browser.get("/cases/2/members?word=nobody").text
    for odd in ("standing=guilty", "order=x", "least=2", "start=-1"):
        assert browser.get(f"/cases/2/members.json?{odd}").status_code == 422, odd


def test_ticked_members_are_judged(crowd, taken, desk):
    browser = crowd.signed_in("analyst")
    browser.post("/cases/2/judge", verdict="confirmed", why="One list.")
    ticked = [f"{PREFIX}00000", f"{PREFIX}00001"]
    answer = browser.post("/cases/2/members/judge", verdict="confirmed", why="Each.", accounts=ticked)
    assert answer.headers["location"] == "/cases/2/members"
    with desk.look() as look:
        stands = judgements.standings(look, 2)
    assert {a for a, s in stands.items() if s is Standing.CONFIRMED} == set(ticked)


def test_all_that_match_are_judged_at_once(crowd, taken, desk):
    browser = crowd.signed_in("analyst")
    fields = {"verdict": "innocent", "why": "A class.", "all_matching": "true", "word": "0001", "least": "0"}
    browser.post("/cases/2/members/judge", **fields)
    with desk.look() as look:
        innocent = [a for a, s in judgements.standings(look, 2).items() if s is Standing.INNOCENT]
    assert len(innocent) == 11
    assert all("0001" in account for account in innocent)


def test_nobody_chosen_and_strangers_are_refused(crowd, taken):
    browser = crowd.signed_in("analyst")
    nobody = browser.post("/cases/2/members/judge", verdict="unsure", why="x")
    assert nobody.status_code == 422
    assert "No member is selected" in nobody.text
    other = browser.post("/cases/2/members/judge", verdict="unsure", why="x", accounts=["acct_7f3a91_00000"])
    assert other.status_code == 422
    assert "acct_7f3a91" not in other.text
