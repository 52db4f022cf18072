import re

import pytest

from stillwatch.cases.decisions import judgements
from stillwatch.cases.decisions.verdict import Standing

PREFIX = "acct_20c4d8_"


def test_members_are_listed_with_why(crowd, taken):
    text = crowd.signed_in("viewer").get("/cases/2/members").text
    assert text.count(f"/accounts?account={PREFIX}") == 62
    assert "bits of rarity" in text
    assert "What could make it innocent" in text
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


def test_all_that_match_are_those_that_were_on_the_screen(crowd, taken, desk, grow):
    browser = crowd.signed_in("analyst")
    page = browser.get("/cases/2/members").text
    assert "All 62 members that match" in page
    shown = re.search(r'name="seen" value="([^"]+)"', page)[1]
    grow(65)
    fields = {"verdict": "confirmed", "why": "One <b>list</b>.", "all_matching": "true", "least": "0", "seen": shown}
    answer = browser.post("/cases/2/members/judge", **fields)
    assert answer.status_code == 409
    for part in (
        "3 joined since you looked", "All 65 members that match", 'name="all_matching" value="true" checked',
        "One &lt;b&gt;list&lt;/b&gt;.</textarea>", 'value="confirmed" required checked', "3 accounts joined since scan 1",
    ):  # fmt: skip
        assert part in answer.text, part
    assert answer.text.count('<tr class="is-new">') == 3
    rows = answer.text.split("<tbody>")[1].split("<tr")[1:4]
    assert all("acct_20c4d8_0006" in row and ">new<" in row for row in rows), "who is new comes first"
    with desk.look() as look:
        assert set(judgements.standings(look, 2).values()) == {Standing.OPEN}
    again = re.search(r'name="seen" value="([^"]+)"', answer.text)[1]
    assert browser.post("/cases/2/members/judge", **fields | {"seen": again}).status_code == 303


def test_ticked_members_stay_ticked_where_something_is_missing(crowd, taken):
    browser = crowd.signed_in("analyst")
    ticked = [f"{PREFIX}00000", f"{PREFIX}00061"]
    answer = browser.post("/cases/2/members/judge", verdict="innocent", accounts=ticked, word="0000")
    assert answer.status_code == 422
    assert f'value="{PREFIX}00000" checked' in answer.text
    assert f'value="{PREFIX}00061" checked' in answer.text
    assert "selected on another page" in answer.text
    assert 'value="innocent" checked' in answer.text


def test_nobody_chosen_and_strangers_are_refused(crowd, taken):
    browser = crowd.signed_in("analyst")
    nobody = browser.post("/cases/2/members/judge", verdict="unsure", why="x")
    assert nobody.status_code == 422
    assert "No member is selected" in nobody.text
    other = browser.post("/cases/2/members/judge", verdict="unsure", why="x", accounts=["acct_7f3a91_00000"])
    assert other.status_code == 422
    assert "acct_7f3a91" not in other.text.split('role="alert"')[1].split("</p>")[0]
