import json
import re

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import import_scan

SECRET_HUB = "5ec4e7b10b0f"  # as in conftest


def test_who_shares_what_is_drawn_and_listed(crowd, taken):
    browser = crowd.signed_in("viewer")
    page = browser.get("/cases/1/graph").text
    data = json.loads(re.search(r'id="graph-data">(.*?)</script>', page, re.S)[1])
    assert len(data["accounts"]) == len(data["standings"]) == 400
    assert all(0 <= a < len(data["accounts"]) and 0 <= v < len(data["values"]) for a, v in data["ties"])
    assert "graph.js" in page
    assert "Payers in the log" in page
    found = browser.get("/cases/1/graph.json").json()
    assert found["ties"] == data["ties"]
    assert [v["number"] for v in found["values"]] == [v["number"] for v in data["values"]]


def test_no_page_says_what_a_value_is(crowd, taken):
    browser = crowd.signed_in("viewer")
    for path in ("/cases/1/graph", "/cases/1/graph.json", "/cases/1/graph?value=1"):
        assert SECRET_HUB not in browser.get(path).text


def test_a_value_and_an_account_are_looked_at_closer(crowd, taken):
    browser = crowd.signed_in("viewer")
    found = browser.get("/cases/2/graph.json?signal=client_fingerprint").json()
    number = found["values"][0]["number"]
    page = browser.get(f"/cases/2/graph?value={number}").text
    assert f"Accounts with value {number}" in page
    account = browser.get(f"/cases/2/graph.json?value={number}").json()["accounts"][0]
    assert f"account={account}" in page
    assert "and the other accounts with these values" in browser.get("/cases/2/graph", params={"account": account}).text
    form = {"signal": "client_fingerprint", "account": ""}
    assert browser.get("/cases/2/graph.json", params=form).json()["values"] == found["values"], "blank means none"
    for odd in ("value=0", "value=x", "account=" + "x" * 501):
        assert browser.get(f"/cases/2/graph.json?{odd}").status_code == 422, odd


def test_where_nothing_is_shared_it_says_so(crowd, taken, desk):
    with desk.work(Actor("ann", Role.ANALYST), Permission.JUDGE) as work:
        import_scan.open_by_hand(work, "A tip", ["x"], "They said so.")
    browser = crowd.signed_in("viewer")
    assert "No two members share a value" in browser.get("/cases/3/graph").text
    assert "graph.js" not in browser.get("/cases/3/graph").text
    assert "No members share a value of this selection" in browser.get("/cases/2/graph?account=nobody").text
    assert browser.get("/cases/9/graph").status_code == 404


def test_an_odd_account_name_stays_text(crowd, taken):
    page = crowd.signed_in("viewer").get("/cases/2/graph", params={"account": "</script><b>x"}).text
    assert "<b>x" not in page
