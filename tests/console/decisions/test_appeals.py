import json
from html import escape

import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.access import users
from stillwatch.cases.decisions import appeals, judgements
from stillwatch.cases.decisions.verdict import Standing, Verdict
from stillwatch.cases.store import audit

STATEMENT = "We are a <script>class</script> of thirty."


@pytest.fixture
def appeal(desk, limited, confirmed):
    """Take down an appeal of three of the accounts; return its number."""
    with desk.work(Actor("ben", Role.ANALYST), Permission.JUDGE) as work:
        return appeals.receive(work, limited, confirmed[:3], STATEMENT)


def reads(desk):
    with desk.look() as look:
        return [(e.actor, e.subject) for e in audit.entries(look.session.connection()) if e.action == "appeal read"]


def outcomes(confirmed, *given):
    return {f"outcomes[{account}]": outcome for account, outcome in zip(confirmed, given, strict=False)}


def test_evidence_and_innocent_readings_stand_side_by_side(crowd, appeal, confirmed):
    page = crowd.signed_in("lead").get(f"/appeals/{appeal}").text
    beside = page.split('<div class="two">', 1)[1]
    assert beside.index("What speaks for one list") < beside.index("What could make it innocent")
    assert page.index('<div class="two">') < page.index("Statement of the account holder")
    for part in (
        "bits of rarity",
        "−log₂ p = 17",
        "Nobody is accused.",
        "A reseller or gateway that forwards",
        *confirmed[:3],
        "ann",
        "lea",
    ):
        assert part in page
    assert escape(STATEMENT) in page
    assert "<script>class" not in page


def test_the_texts_that_holders_will_get_are_shown_before(crowd, appeal):
    page = crowd.signed_in("lead").get(f"/appeals/{appeal}").text
    assert page.index("The decision stands: this account is suspended") < page.index("Answer and write the notices")
    assert page.index("you were right") < page.index("Answer and write the notices")


def test_every_view_of_what_a_person_wrote_is_in_the_log(crowd, appeal, desk):
    lead = crowd.signed_in("lead")
    lead.get(f"/appeals/{appeal}")
    lead.get(f"/appeals/{appeal}.json")
    headers = {"Authorization": f"Bearer {crowd.token('analyst', Permission.VIEW, Permission.REVEAL)}"}
    assert crowd.stranger().client.get(f"/appeals/{appeal}.json", headers=headers).json()["statement"] == STATEMENT
    assert reads(desk) == [("lead", "appeal 1"), ("lead", "appeal 1"), ("analyst", "appeal 1")]
    with desk.look() as look:
        assert "thirty" not in "".join(e.details for e in audit.entries(look.session.connection()))


@pytest.mark.parametrize("role", ["viewer", "auditor", "administrator"])
def test_who_may_not_reveal_does_not_see_it(crowd, appeal, desk, role):
    browser = crowd.signed_in(role)
    assert "of thirty" not in browser.get(f"/appeals/{appeal}").text
    assert browser.get(f"/appeals/{appeal}.json").json()["statement"] is None
    headers = {"Authorization": f"Bearer {crowd.token('lead', Permission.VIEW)}"}
    assert crowd.stranger().client.get(f"/appeals/{appeal}.json", headers=headers).json()["statement"] is None
    assert reads(desk) == []


def test_an_answer_per_account(crowd, appeal, confirmed, desk):
    lead = crowd.signed_in("lead")
    given = outcomes(confirmed, "overturned", "upheld", "upheld")
    answer = lead.post(f"/appeals/{appeal}/answer", why="A pupil; two are not.", **given)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/appeals/{appeal}")
    facts = lead.get(f"/appeals/{appeal}.json").json()
    assert [a["outcome"] for a in facts["accounts"]] == ["overturned", "upheld", "upheld"]
    assert confirmed[0] not in {x["account_id"] for x in lead.get("/in-force.json").json()["limits"]}
    with desk.look() as look:
        assert judgements.standings(look, 2)[confirmed[0]] is Standing.INNOCENT
    again = lead.post(f"/appeals/{appeal}/answer", why="Again.", **given)
    assert again.status_code == 403
    assert "The appeal is answered already." in again.text


def test_a_program_may_answer_for_all_others_at_once(crowd, appeal, confirmed):
    headers = {"Authorization": f"Bearer {crowd.token('lead')}"}
    sent = {"outcomes": {confirmed[2]: "overturned"}, "others": "upheld", "why": "Looked at each."}
    client = crowd.stranger().client
    assert client.post(f"/appeals/{appeal}/answer.json", json=sent, headers=headers).status_code == 422
    sent["seen"] = client.get(f"/appeals/{appeal}.json", headers=headers).json()["seen"]
    answer = client.post(f"/appeals/{appeal}/answer.json", json=sent, headers=headers).json()
    assert [a["outcome"] for a in answer["accounts"]] == ["upheld", "upheld", "overturned"]
    assert answer["statement"] is None, "answering is not reading"


def test_an_incomplete_answer_stands_at_the_form_with_what_was_chosen(crowd, appeal, confirmed, desk):
    lead = crowd.signed_in("lead")
    seen = lead.seen(f"/appeals/{appeal}/answer")
    answer = lead.post(f"/appeals/{appeal}/answer", why="Kept.", seen=seen, **outcomes(confirmed, "overturned"))
    assert answer.status_code == 422
    assert "3 accounts need an answer." in answer.text
    assert f'name="outcomes[{confirmed[0]}]" value="overturned" required checked' in answer.text
    assert "Kept.</textarea>" in answer.text
    for wrong in ({"why": ""}, {"outcomes[nobody]": "upheld"}, {f"outcomes[{confirmed[0]}]": "maybe"}):
        sent = {"why": "x", "seen": seen} | outcomes(confirmed, "upheld", "upheld", "upheld") | wrong
        assert lead.post(f"/appeals/{appeal}/answer", **sent).status_code == 422
    assert len(reads(desk)) == 5, "shown again is read again"


@pytest.mark.parametrize("spelled", ["lead", "LEAD"])
def test_who_took_part_is_told_so_and_cannot_answer(crowd, appeal, confirmed, desk, spelled):
    with desk.work(Actor(spelled, Role.LEAD), Permission.JUDGE) as work:
        judgements.judge(work, 2, Verdict.UNSURE, "Cannot tell.", accounts=confirmed[5:6])
    lead = crowd.signed_in("lead")
    page = lead.get(f"/appeals/{appeal}").text
    assert "You took part in the decision" in page
    assert "Answer and write the notices" not in page
    sent = outcomes(confirmed, "upheld", "upheld", "upheld")
    assert lead.post(f"/appeals/{appeal}/answer", why="No.", **sent).status_code == 403


def test_an_analyst_sees_why_they_do_not_answer(crowd, appeal):
    assert "Your role cannot answer appeals." in crowd.signed_in("analyst").get(f"/appeals/{appeal}").text


def test_an_appeal_is_taken_down_on_the_page_of_the_action(crowd, limited, confirmed):
    browser = crowd.signed_in("analyst")
    assert 'action="/appeals"' in browser.get(f"/actions/{limited}").text
    typed = {"action_id": str(limited), "statement": "I <b>object</b>."}
    wrong = browser.post("/appeals", **typed, accounts="acct_typo")
    assert wrong.status_code == 422
    assert "does not limit all of these accounts" in wrong.text
    assert "I &lt;b&gt;object&lt;/b&gt;.</textarea>" in wrong.text
    assert f"Account {limited}" not in wrong.text
    answer = browser.post("/appeals", **typed, accounts=f"{confirmed[0]}\n{confirmed[1]}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/appeals/1")
    twice = browser.post("/appeals", **typed, accounts=confirmed[0])
    assert twice.status_code == 403


def test_those_that_wait_come_first(crowd, appeal, limited, confirmed, desk):
    with desk.work(Actor("ben", Role.ANALYST), Permission.JUDGE) as work:
        later = appeals.receive(work, limited, confirmed[3:4], "So do I.")
    lead = crowd.signed_in("lead")
    lead.post(f"/appeals/{appeal}/answer", why="x", others="upheld")
    lines = lead.get("/appeals.json").json()["appeals"]
    assert [(x["appeal_id"], x["state"], x["n_accounts"]) for x in lines] == [
        (later, "open", 1),
        (appeal, "answered", 3),
    ]
    page = lead.get("/appeals").text
    assert page.index("Appeal 2") < page.index("Appeal 1")
    assert "So do I." not in page


def test_an_appeal_of_more_accounts_than_a_page(crowd, desk, confirmed):
    token = crowd.token("lead")
    page = crowd.stranger().client.get("/appeals.json?start=500", headers={"Authorization": f"Bearer {token}"}).json()
    assert (page["appeals"], page["paging"]["total"], page["paging"]["earlier"]) == ([], 0, "/appeals?start=400")


def test_what_is_not_there(crowd, desk):
    assert crowd.signed_in("lead").get("/appeals/3").status_code == 404
    assert crowd.signed_in("viewer").get("/appeals/3.json").status_code == 404
    assert reads(desk) == []


def test_the_second_lead_answers_what_the_first_approved(crowd, desk, limited, confirmed):
    crowd.as_root(lambda work: users.create(work, "lea", display="Lea", role=Role.LEAD))
    with desk.work(Actor("ben", Role.ANALYST), Permission.JUDGE) as work:
        number = appeals.receive(work, limited, confirmed[:1], "No.")
    sent = outcomes(confirmed, "upheld")
    assert crowd.signed_in("lea").post(f"/appeals/{number}/answer", why="x", **sent).status_code == 403
    assert crowd.signed_in("lead").post(f"/appeals/{number}/answer", why="x", **sent).status_code == 303
    assert json.loads(crowd.signed_in("lead").get("/appeals.json").text)["appeals"][0]["answered_by"] == "lead"
