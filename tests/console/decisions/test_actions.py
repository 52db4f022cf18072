import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import actions, judgements
from stillwatch.cases.decisions.actions import ActionKind, Plan, active_limits
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store import audit


@pytest.fixture
def proposed(desk, confirmed):
    """Propose what needs a second person, as the analyst; return the number."""
    with desk.work(Actor("analyst", Role.ANALYST), Permission.ACT) as work:
        return actions.plan(work, 2, Plan(ActionKind.THROTTLE, "One <b>list</b>.", dry_run=False)).action_id


def test_actions_stand_by_how_far_they_are(crowd, proposed, limited):
    facts = crowd.signed_in("viewer").get("/actions.json").json()
    assert {part["stage"]: [a["action_id"] for a in part["actions"]] for part in facts["stages"]} == {
        "proposed": [proposed],
        "scheduled": [],
        "in_force": [limited],
        "past": [],
    }
    page = crowd.signed_in("viewer").get("/actions").text
    assert "Needs approval (1)" in page
    assert "lea</bdi> (approved)" in page
    one = crowd.signed_in("viewer").get("/actions.json?stage=in_force").json()["stages"]
    assert [(part["stage"], part["paging"]["total"]) for part in one] == [("in_force", 1)]


def test_one_action_shows_its_accounts_by_arm_and_what_holders_were_told(crowd, limited, confirmed):
    page = crowd.signed_in("viewer").get(f"/actions/{limited}").text
    for part in (
        *confirmed,
        "12 treated",
        "this account is suspended",
        "12 account holders",
        "Approved by <bdi>lea</bdi>",
    ):
        assert part in page
    assert "<form" not in page.split("<main", 1)[1], "a viewer is offered nothing to do"
    facts = crowd.signed_in("viewer").get(f"/actions/{limited}.json?arm=held_out").json()
    assert (facts["accounts"], facts["action"]["accounts"]) == ([], {"treated": 12})


def test_what_people_wrote_is_shown_and_is_inert(crowd, proposed):
    page = crowd.signed_in("viewer").get(f"/actions/{proposed}").text
    assert "One &lt;b&gt;list&lt;/b&gt;." in page
    assert "<b>" not in page


def test_a_second_person_approves_or_refuses(crowd, proposed):
    lead = crowd.signed_in("lead")
    assert 'formaction="/actions/1/refuse"' in lead.get(f"/actions/{proposed}").text
    answer = lead.post(f"/actions/{proposed}/approve", why="Agreed.")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/actions/{proposed}")
    assert lead.get(f"/actions/{proposed}.json").json()["action"]["state"] == "scheduled"
    again = lead.post(f"/actions/{proposed}/refuse", why="I changed my mind.")
    assert again.status_code == 403
    assert "The action is scheduled, not proposed." in again.text


def test_an_approval_is_for_the_accounts_that_were_shown(crowd, proposed, confirmed, desk):
    lead = crowd.signed_in("lead")
    shown = lead.get(f"/actions/{proposed}.json").json()["seen"]
    with desk.work(Actor("ben", Role.ANALYST), Permission.JUDGE) as work:
        judgements.judge(work, 2, Verdict.INNOCENT, "Customers.", accounts=confirmed[:3])
    answer = lead.post(f"/actions/{proposed}/approve", why="I <i>agree</i>.", seen=shown)
    assert answer.status_code == 409
    assert "3 left since you looked" in answer.text
    assert "I &lt;i&gt;agree&lt;/i&gt;.</textarea>" in answer.text
    assert lead.post(f"/actions/{proposed}/approve", why="Agreed.").status_code == 303


def test_a_program_refuses_with_the_same_words(crowd, proposed):
    client, token = crowd.stranger().client, crowd.token("lead")
    headers = {"Authorization": f"Bearer {token}"}
    sent = {"why": "Too early.", "seen": client.get(f"/actions/{proposed}.json", headers=headers).json()["seen"]}
    given = client.post(f"/actions/{proposed}/refuse.json", json=sent, headers=headers)
    assert (given.status_code, given.json()["action"]["state"]) == (200, "refused")


def test_nobody_is_their_own_second_person(crowd, desk, confirmed):
    with desk.work(Actor("Lead", Role.LEAD), Permission.ACT) as work:
        own = actions.plan(work, 2, Plan(ActionKind.THROTTLE, "why", dry_run=False)).action_id
    lead = crowd.signed_in("lead")
    page = lead.get(f"/actions/{own}").text
    assert "You planned this action" in page
    assert f'action="/actions/{own}/approve"' not in page
    assert lead.post(f"/actions/{own}/approve", why="Yes.").status_code == 403
    assert lead.get(f"/actions/{own}.json").json()["action"]["state"] == "proposed"


def test_what_did_not_fit_stands_at_its_form_with_what_was_typed(crowd, limited):
    browser = crowd.signed_in("analyst")
    answer = browser.post(f"/actions/{limited}/undo", why="They <i>called</i>.", which="listed", accounts="acct_typo")
    assert answer.status_code == 422
    assert "not in force for 1 of these accounts" in answer.text
    assert "They &lt;i&gt;called&lt;/i&gt;.</textarea>" in answer.text
    assert ">acct_typo</textarea>" in answer.text
    assert answer.text.count('role="alert"') == 1
    for fields in ({"which": "all"}, {"why": "x", "which": "listed"}, {"why": "x", "which": "all", "accounts": "a"}):
        assert browser.post(f"/actions/{limited}/undo", **fields).status_code == 422
    assert len(browser.get("/in-force.json").json()["limits"]) == 12


def test_an_action_is_undone_for_some_and_then_for_all(crowd, limited, confirmed):
    browser = crowd.signed_in("analyst")
    some = "\r\n".join([confirmed[0], "", f"  {confirmed[1]}  "])
    assert browser.post(f"/actions/{limited}/undo", why="Called.", which="listed", accounts=some).status_code == 303
    assert browser.get(f"/actions/{limited}.json").json()["action"]["accounts"] == {"treated": 10, "undone": 2}
    assert browser.post(f"/actions/{limited}/undo", why="All.", which="all").status_code == 303
    facts = browser.get(f"/actions/{limited}.json").json()["action"]
    assert (facts["state"], facts["undone_by"], facts["accounts"]) == ("undone", "analyst", {"undone": 12})


def test_a_plan_is_given_up(crowd, proposed):
    browser = crowd.signed_in("analyst")
    assert browser.post(f"/actions/{proposed}/cancel", why="").status_code == 422
    assert browser.post(f"/actions/{proposed}/cancel", why="Not yet.").status_code == 303
    assert browser.get(f"/actions/{proposed}.json").json()["action"]["state"] == "cancelled"


@pytest.mark.parametrize("word", ["cancel", "undo"])
def test_giving_up_and_undoing_name_what_was_shown(crowd, proposed, limited, confirmed, desk, word):
    client, headers = crowd.stranger().client, {"Authorization": f"Bearer {crowd.token('analyst')}"}
    path = f"/actions/{proposed if word == 'cancel' else limited}"
    shown = client.get(f"{path}.json", headers=headers).json()["seen"]
    assert f'value="{shown}"' in crowd.signed_in("analyst").get(path).text.split(f'action="{path}/{word}"')[1]
    assert client.post(f"{path}/{word}.json", json={"why": "x"}, headers=headers).status_code == 422
    with desk.work(Actor("ben", Role.ANALYST), Permission.ACT) as work:
        if word == "cancel":
            judgements.judge(work, 2, Verdict.INNOCENT, "Customers.", accounts=confirmed[:3])
        else:
            actions.undo(work, limited, "Customers.", confirmed[:3])
    stale = client.post(f"{path}/{word}.json", json={"why": "x", "seen": shown}, headers=headers)
    assert (stale.status_code, "3 left since you looked" in stale.text) == (409, True)
    now = client.get(f"{path}.json", headers=headers).json()["seen"]
    assert client.post(f"{path}/{word}.json", json={"why": "x", "seen": now}, headers=headers).status_code == 200


def test_a_gateway_asks_for_all_for_parts_and_for_one(crowd, limited, confirmed):
    client, headers = crowd.stranger().client, {"Authorization": f"Bearer {crowd.token('viewer', Permission.VIEW)}"}

    def ask(**params):
        return client.get("/in-force.json", params=params, headers=headers).json()

    assert [x["account_id"] for x in ask(count=50_000)["limits"]] == confirmed
    part = ask(start=10, count=5)
    assert [x["account_id"] for x in part["limits"]] == confirmed[10:]
    assert (part["paging"]["earlier"], part["paging"]["later"]) == ("/in-force?count=5&start=5", None)
    one = ask(account=confirmed[3])["limits"]
    assert [(x["kind"], x["action_id"], x["until"]) for x in one] == [("suspend", limited, None)]
    assert ask(account="nobody")["limits"] == []
    assert "No action applies to this account." in crowd.signed_in("viewer").get("/in-force?account=x").text


@pytest.mark.parametrize("path", ["/actions/7", "/actions/7.json", "/actions/99999999999999999999", "/actions/x"])
def test_what_is_not_there(crowd, desk, path):
    assert crowd.signed_in("viewer").get(path).status_code in (404, 422)


def test_looking_writes_nothing_and_undoing_is_in_the_log(crowd, limited, desk):
    browser = crowd.signed_in("analyst")
    for path in ("/actions", f"/actions/{limited}", "/in-force"):
        browser.get(path)
    browser.post(f"/actions/{limited}/undo", why="All.", which="all")
    with desk.look() as look:
        assert active_limits.n_in_force(look) == 0
        last = list(audit.entries(look.session.connection()))[-1]
    assert (last.action, last.actor) == ("action undone", "analyst")
