from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import import_scan

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
    assert "The campaign still passes the test" in page
    assert "59 accounts are left" in page
    assert "This page decides nothing" in page


def test_it_falls_where_too_few_are_left(crowd, taken):
    browser = crowd.signed_in("viewer")
    found = browser.get("/cases/2/without.json?below=1").json()
    assert (found["verdict"], found["n_accounts"]) == ("falls", 0)
    assert "The campaign no longer passes the test" in browser.get("/cases/2/without?below=1").text


def test_with_nobody_taken_out_it_says_how_to_take_some_out(crowd, taken):
    assert "Select members" in crowd.signed_in("analyst").get("/cases/2/without").text
    page = crowd.signed_in("viewer").get("/cases/2/without").text
    assert "The campaign passes the test" in page
    assert "Select members" not in page, "a viewer has nothing to tick"
    assert "Choose below which members to remove" in page


def test_ticked_members_are_taken_out_and_there_is_an_address_for_it(crowd, taken):
    browser = crowd.signed_in("analyst")
    answer = browser.post("/cases/2/members/without", accounts=SOME, verdict="innocent", why="")
    assert answer.status_code == 200
    address = "/cases/2/without?" + "&amp;".join(f"account={name}" for name in SOME)
    assert f'href="{address}"' in answer.text
    again = browser.get(address.replace("&amp;", "&")).text
    assert again.count('type="hidden" name="account"') == 3
    assert "59 accounts are left" in again
    members = browser.get("/cases/2/members").text
    assert "formnovalidate" in members
    assert members.index("<button>Save judgement</button>") < members.index("formnovalidate"), "Enter answers"
    nobody = browser.post("/cases/2/members/without")
    assert nobody.status_code == 422
    assert "No member is selected" in nobody.text


def test_all_that_match_are_taken_out_by_the_same_filters(crowd, taken):
    browser = crowd.signed_in("analyst")
    fields = {"all_matching": "true", "word": " 0001 ", "signal": "", "least": "0.5", "standing": "open"}
    sent = browser.post("/cases/2/members/without", **fields).text
    address = "/cases/2/without?matching=true&amp;word=0001&amp;standing=open&amp;least=0.5"
    assert f'href="{address}"' in sent
    page = browser.get(address.replace("&amp;", "&")).text
    for text in ("with the judgement open", "<code>0001</code></bdi> in their id", "with a membership of at least 0.5"):
        assert text in page
    assert 'type="hidden" name="word" value="0001"' in page, "asking again takes the same out"
    found = browser.get(address.replace("&amp;", "&").replace("without?", "without.json?")).json()
    assert 0 < found["n_removed"] <= 11


def test_all_without_a_filter_are_all(crowd, taken):
    browser = crowd.signed_in("analyst")
    sent = browser.post("/cases/2/members/without", all_matching="true", word=" ", least="0").text
    assert "The campaign no longer passes the test" in sent
    assert 'href="/cases/2/without?matching=true"' in sent
    assert "The campaign no longer passes the test" in browser.get("/cases/2/without?matching=true").text
    assert "The campaign passes the test" in browser.get("/cases/2/without?word=%20").text


def test_what_the_form_on_the_page_sends_is_taken(crowd, taken):
    """A browser sends every field, blank ones too."""
    browser = crowd.signed_in("viewer")
    assert "The campaign passes the test" in browser.get("/cases/2/without?standing=&below=").text
    assert browser.get("/cases/2/without.json?standing=open&below=0.0").json()["n_removed"] == 62


def test_too_many_for_an_address_are_taken_out_all_the_same(crowd, taken):
    names = [f"acct_7f3a91_{n:05d}" for n in range(150)]
    sent = crowd.signed_in("analyst").post("/cases/1/members/without", accounts=names).text
    assert "250 accounts are left" in sent
    assert "Link to this question" not in sent


def test_a_case_that_no_scan_stands_behind_is_told(crowd, taken, desk):
    with desk.work(Actor("ann", Role.ANALYST), Permission.JUDGE) as work:
        import_scan.open_by_hand(work, "A tip", ["x"], "They said so.")
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
