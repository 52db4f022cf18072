from stillwatch.cases import Actor, Permission, Role, taking

PREFIX = "acct_20c4d8_"
SOME = [f"{PREFIX}{n:05d}" for n in range(3)]


def test_a_campaign_stands_without_a_few_of_its_members(crowd, taken):
    browser = crowd.signed_in("viewer")
    found = browser.get("/cases/2/without.json", params={"account": SOME}).json()
    assert (found["verdict"], found["n_removed"], found["n_accounts"]) == ("stands", 3, 59)
    assert found["coordination_after"] > 0.8
    lines = {line["signal"]: line for line in found["evidence"]}
    assert lines["same_worklist"]["bits_after"] > 5
    page = browser.get("/cases/2/without", params={"account": SOME}).text
    assert "It stands" in page
    assert "59 accounts are left" in page
    assert "Nothing is decided by this page" in page


def test_it_falls_where_too_few_are_left(crowd, taken):
    browser = crowd.signed_in("viewer")
    found = browser.get("/cases/2/without.json?below=1").json()
    assert (found["verdict"], found["n_accounts"]) == ("falls", 0)
    assert "It does not stand" in browser.get("/cases/2/without?below=1").text


def test_with_nobody_taken_out_it_says_how_to_take_some_out(crowd, taken):
    page = crowd.signed_in("viewer").get("/cases/2/without").text
    assert "It stands as it is" in page
    assert "Tick members" in page


def test_ticked_members_lead_to_an_address_that_shows_the_same(crowd, taken):
    browser = crowd.signed_in("analyst")
    ticked = {"accounts": SOME, "verdict": "innocent", "why": ""}
    answer = browser.post("/cases/2/members/without", **ticked)
    assert answer.headers["location"] == "/cases/2/without?" + "&".join(f"account={name}" for name in SOME)
    assert browser.get(answer.headers["location"]).text.count('type="hidden" name="account"') == 3
    assert "formnovalidate" in browser.get("/cases/2/members").text
    nobody = browser.post("/cases/2/members/without")
    assert nobody.status_code == 422
    assert "No member is chosen" in nobody.text


def test_all_that_match_lead_to_the_same_filters(crowd, taken):
    answer = crowd.signed_in("analyst").post(
        "/cases/2/members/without", all_matching="true", word="0001", signal="", least="0.5", standing="open"
    )
    assert answer.headers["location"] == "/cases/2/without?standing=open&word=0001&least=0.5"
    found = crowd.signed_in("viewer").get("/cases/2/without.json?standing=open&word=0001&least=0.5").json()
    assert 0 < found["n_removed"] <= 11


def test_a_case_that_no_scan_stands_behind_is_told(crowd, taken, desk):
    with desk.work(Actor("ann", Role.ANALYST), Permission.JUDGE) as work:
        taking.open_by_hand(work, "A tip", ["x"], "They said so.")
    browser = crowd.signed_in("viewer")
    answer = browser.get("/cases/3/without")
    assert answer.status_code == 404
    assert "Scan again" in answer.text
    assert "/cases/3/without" not in browser.get("/cases/3").text
    assert "/cases/2/without" in browser.get("/cases/2").text


def test_strangers_and_odd_values_are_refused(crowd, taken):
    browser = crowd.signed_in("viewer")
    other = browser.get("/cases/2/without?account=acct_7f3a91_00000")
    assert other.status_code == 422
    assert "acct_7f3a91" not in other.text
    for odd in ("below=2", "standing=guilty", "account=" + "x" * 501, "least=-1"):
        assert browser.get(f"/cases/2/without.json?{odd}").status_code == 422, odd
    many = "&".join(f"account={n}" for n in range(101))
    assert browser.get(f"/cases/2/without.json?{many}").status_code == 422
