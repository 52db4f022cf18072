import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import allowances
from stillwatch.cases.decisions.allowances import AllowanceKind

WANTED = {
    "kind": "evaluation",
    "holder": "A <b>lab</b>",
    "why": "Agreed in March.",
    "expires_at": "2026-06-01T00:00",
}


def test_an_allowance_stops_what_is_in_force_until_it_is_ended(crowd, limited, confirmed):
    lead = crowd.signed_in("lead")
    answer = lead.post("/allowances", **WANTED, accounts="\n".join(confirmed[:2]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/allowances")
    assert lead.get("/in-force.json").json()["paging"]["total"] == 10
    line = lead.get("/allowances.json").json()["allowances"][0]
    assert (line["holder"], line["n_accounts"], line["holds"]) == ("A <b>lab</b>", 2, True)
    page = lead.get("/allowances").text
    assert "A &lt;b&gt;lab&lt;/b&gt;" in page
    assert "2026-06-01 00:00 UTC" in page
    assert lead.post("/allowances/1/revoke", why="They misused it.").status_code == 303
    assert lead.get("/in-force.json").json()["paging"]["total"] == 12
    assert "by <bdi>lead</bdi>" in lead.get("/allowances").text
    assert lead.post("/allowances/1/revoke", why="Again.").status_code == 404


def test_who_may_not_give_one_is_offered_nothing(crowd, desk):
    page = crowd.signed_in("analyst").get("/allowances").text
    assert "<form" not in page.split("<main", 1)[1]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"accounts": " \n "}, "Accounts: Field required."),
        ({"accounts": "a\x00b"}, "contains control characters."),
        ({"expires_at": "2026-01-01T00:00"}, "The end has already passed."),
        ({"kind": "anything"}, "Kind: Input should be"),
        ({"holder": ""}, "Holder: Field required."),
    ],
)
def test_what_does_not_fit_is_said_at_the_form(crowd, desk, wrong, words):
    answer = crowd.signed_in("lead").post("/allowances", **WANTED | {"accounts": "a"} | wrong)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Agreed in March.</textarea>" in answer.text


def test_those_that_hold_come_first_and_a_long_list_has_pages(crowd, desk, clock):
    with desk.work(Actor("lea", Role.LEAD), Permission.APPROVE) as work:
        for number in range(101):
            until = clock.now.replace(month=6) if number else clock.now.replace(day=2)
            allowances.allow(work, AllowanceKind.RESEARCH, f"holder {number}", ["a"], "x", until)
    clock.pass_by(days=3)
    browser = crowd.signed_in("viewer")
    first, second = (browser.get(f"/allowances.json?start={start}").json() for start in (0, 100))
    assert len(first["allowances"]) == 100
    assert all(line["holds"] for line in first["allowances"])
    assert [(line["holder"], line["holds"]) for line in second["allowances"]] == [("holder 0", False)]
    assert "expired" in browser.get("/allowances?start=100").text
