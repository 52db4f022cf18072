import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import allowances, appeals, import_scan
from stillwatch.cases.decisions.allowances import AllowanceKind
from stillwatch.cases.decisions.appeals import AppealOutcome
from stillwatch.cases.store import audit

ODD = "acct/../<b>&?=\"'"


def test_everything_about_one_account_stands_on_one_page(crowd, desk, limited, confirmed, clock):
    account = confirmed[0]
    with desk.work(Actor("ben", Role.ANALYST), Permission.JUDGE) as work:
        number = appeals.receive(work, limited, [account], "Secret words.")
    with desk.work(Actor("leo", Role.LEAD), Permission.APPROVE) as work:
        appeals.answer(work, number, {account: AppealOutcome.OVERTURNED}, "A pupil.")
        allowances.allow(work, AllowanceKind.RESEARCH, "A school", [account], "Agreed.", clock.now.replace(month=6))
    viewer = crowd.signed_in("viewer")
    page = viewer.get("/accounts", params={"account": account}).text
    for part in (
        'href="/cases/2"', "judgement <span", "innocent", "Each has its part of the list.", "on appeal", "this account: undone",
        "this account is suspended", "you were right", "A school", 'href="/appeals/1"', "No limits in force.",
    ):  # fmt: skip
        assert part in page
    assert "Secret words" not in page
    facts = viewer.get("/accounts.json", params={"account": account}).json()
    assert [case["standing"] for case in facts["cases"]] == ["innocent"]
    assert [x["verdict"] for x in facts["judgements"]] == ["innocent", "confirmed"]
    assert [x["kind"] for x in facts["notices"]] == ["overturned", "limited"]
    other = viewer.get("/accounts", params={"account": confirmed[1]}).text
    assert "Limits in force: suspend." in other


def test_an_account_of_odd_signs_is_inert_and_found(crowd, desk):
    with desk.work(Actor("ann", Role.ANALYST), Permission.JUDGE) as work:
        import_scan.open_by_hand(work, "A tip", [ODD], "why")
    browser = crowd.signed_in("analyst")
    assert browser.post("/labels", account=ODD, name="odd", why="It is.").headers["location"].startswith("/accounts?")
    page = browser.get("/accounts", params={"account": ODD}).text
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert ">odd</bdi>" in page


def test_one_that_nobody_named_and_none_at_all(crowd, desk):
    viewer = crowd.signed_in("viewer")
    assert "No records" in viewer.get("/accounts?account=acct_none").text
    assert "<h1>Accounts</h1>" in viewer.get("/accounts").text
    assert viewer.get("/accounts.json").json()["account"] is None
    for wrong in ("", "%00", "a" * 501):
        assert viewer.get(f"/accounts?account={wrong}").status_code == 422


def test_a_word_is_put_on_and_taken_off(crowd, confirmed, desk):
    browser, account = crowd.signed_in("analyst"), confirmed[0]
    answer = browser.post("/labels", account=account, name="pupil", why="They wrote.", expires_at="2026-05-01T00:00")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/accounts?account={account}")
    assert "until <time" in browser.get("/accounts", params={"account": account}).text
    answer = browser.post("/labels/1/withdraw", account=account, why="They did not.")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/accounts?account={account}")
    facts = browser.get("/accounts.json", params={"account": account}).json()
    assert facts["labels"][0]["withdrawn_at"]
    assert browser.post("/labels/1/withdraw", account=account, why="Again.").status_code == 404
    with desk.look() as look:
        done = [e.action for e in audit.entries(look.session.connection())][-2:]
    assert done == ["labelled", "label withdrawn"]


def test_a_case_can_be_labelled_by_a_program(crowd, confirmed):
    client, headers = crowd.stranger().client, {"Authorization": f"Bearer {crowd.token('analyst')}"}
    given = client.post("/labels.json", json={"case_id": 2, "name": "school", "why": "x"}, headers=headers)
    assert given.json() == {"label_id": 1, "account": None, "case_id": 2}
    taken_off = client.post("/labels/1/withdraw.json", json={"why": "x"}, headers=headers)
    assert taken_off.json() == {"label_id": 1, "account": None, "case_id": 2}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Name: Field required."),
        ({"case_id": "2"}, "Name either an account or a case."),
        ({"expires_at": "2026-01-01T00:00"}, "The end has already passed."),
    ],
)
def test_what_does_not_fit_is_said_on_the_page_of_the_account(crowd, confirmed, wrong, words):
    answer = crowd.signed_in("analyst").post(
        "/labels", **{"account": confirmed[0], "name": "kept", "why": "typed"} | wrong
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert f"<code>{confirmed[0]}</code>" in answer.text
    assert 'value="typed"' in answer.text


def test_who_may_only_look_is_offered_no_form_but_the_search(crowd, confirmed):
    page = crowd.signed_in("viewer").get("/accounts", params={"account": confirmed[0]}).text
    assert page.split("<main", 1)[1].count("<form") == 1
