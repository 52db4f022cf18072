import re
from datetime import timedelta

import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import actions, judgements
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store import audit

PREVIEW, PLAN = "/cases/2/actions/preview", "/cases/2/actions"
WANTED = {"kind": "throttle", "why": "One <b>list</b>.", "which": "all", "dry_run": "true", "holdout": "0"}


def hidden(page):
    """Return what the button of a preview sends."""
    form = page.split(f'action="{PLAN}"', 1)[1].split("</form>", 1)[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    listed = re.search(r'<textarea name="accounts"[^>]*>([^<]*)</textarea>', form)
    return fields | ({"accounts": listed.group(1)} if listed else {})


def entries(desk):
    with desk.look() as look:
        return [e.action for e in audit.entries(look.session.connection())]


def test_the_page_says_what_a_dry_run_means_and_it_is_what_one_gets(crowd, confirmed):
    page = crowd.signed_in("analyst").get(PLAN).text
    assert "no account is limited and no notice is written" in page
    assert re.search(r'name="dry_run" value="true" required checked', page)
    assert "12 confirmed</a>, " in page.replace("50 open</a>, ", "") or "12 confirmed</a>" in page
    assert 'action="/cases/2/actions/preview"' in page
    assert 'action="/cases/2/actions/preview"' not in crowd.signed_in("viewer").get(PLAN).text


def test_both_sides_stand_above_the_form_of_a_plan(crowd, confirmed):
    page = crowd.signed_in("analyst").get("/cases/2/actions").text
    places = [
        page.index(part) for part in ("What speaks for one list", "What could make it innocent", "Nobody is accused")
    ]
    assert max(places) < page.index("Plan an action")


def test_a_preview_comes_first_and_changes_nothing(crowd, confirmed, desk):
    browser, before = crowd.signed_in("analyst"), entries(desk)
    answer = browser.post(PREVIEW, **WANTED)
    assert answer.status_code == 200
    for part in (
        "Probability that an account is in such a group", "What could make it innocent", "○</span> Dry run: throttle.", "Nothing is planned yet", "<dt>Treated</dt><dd>12", "50 open", "rate of requests", "Propose dry run",
        "One &lt;b&gt;list&lt;/b&gt;.", "random time" if "latest_at" in WANTED else "2026-04-01 09:00 UTC",
    ):  # fmt: skip
        assert part in answer.text
    assert entries(desk) == before
    assert browser.get(f"{PLAN}.json").json()["actions"] == []


def test_what_the_preview_showed_is_what_is_planned(crowd, confirmed, desk):
    browser = crowd.signed_in("analyst")
    typed = WANTED | {
        "dry_run": "false", "which": "listed", "accounts": "\n".join(confirmed[:4]), "holdout": "0.5",
        "earliest_at": "2026-04-02T10:00", "latest_at": "2026-04-03T10:00", "ends_at": "2026-05-01T00:00",
    }  # fmt: skip
    page = browser.post(PREVIEW, **typed).text
    assert "random time between" in page
    answer = browser.post(PLAN, **{name: value.replace("&lt;", "<") for name, value in hidden(page).items()})
    assert (answer.status_code, answer.headers["location"]) == (303, "/actions/1")
    action = browser.get("/actions/1.json").json()["action"]
    assert (action["state"], action["dry_run"], action["kind"]) == ("scheduled", False, "throttle")
    assert action["accounts"] == {"treated": 2, "held_out": 2}
    assert action["earliest_at"] == "2026-04-02T10:00:00Z"
    assert action["earliest_at"] <= action["due_at"] <= action["latest_at"] == "2026-04-03T10:00:00Z"
    assert action["ends_at"] == "2026-05-01T00:00:00Z"
    assert "Action" in browser.get(PLAN).text


def test_accounts_that_changed_since_the_preview_are_not_planned_on(crowd, confirmed, desk):
    browser = crowd.signed_in("analyst")
    sent = hidden(browser.post(PREVIEW, **WANTED).text)
    with desk.work(Actor("ann", Role.ANALYST), Permission.JUDGE) as work:
        judgements.judge(work, 2, Verdict.CONFIRMED, "One more.", accounts=["acct_20c4d8_00020"])
    answer = browser.post(PLAN, **sent)
    assert answer.status_code == 409
    assert "1 joined since you looked" in answer.text
    assert browser.get(f"{PLAN}.json").json()["actions"] == []


@pytest.mark.parametrize("path", [PREVIEW, PLAN])
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"why": ""}, "Why: Field required."),
        ({"kind": "ban"}, "Kind: Input should be"),
        ({"which": "listed"}, "Choose all confirmed accounts, or list accounts."),
        ({"accounts": "acct_20c4d8_00000"}, "Choose all confirmed accounts, or list accounts."),
        ({"which": "listed", "accounts": "acct_typo"}, "1 of 1 accounts are no members"),
        ({"which": "listed", "accounts": "acct_20c4d8_00050"}, "No account may be acted on (1 open)."),
        ({"holdout": "0.9"}, "The hold-out is out of range."),
        ({"earliest_at": "2026-03-01T00:00"}, "The times are out of order."),
        ({"earliest_at": "soon"}, "Earliest_at: "),
    ],
)
def test_what_does_not_fit_is_said_beside_the_form_with_what_was_typed(crowd, confirmed, path, wrong, words):
    answer = crowd.signed_in("analyst").post(path, **{"seen": f"-:0:{'0' * 64}"} | WANTED | wrong)
    assert answer.status_code in (403, 422)
    assert words in answer.text
    assert 'role="alert"' in answer.text
    assert 'action="/cases/2/actions/preview"' in answer.text
    if "why" not in wrong:
        assert "One &lt;b&gt;list&lt;/b&gt;.</textarea>" in answer.text
    if "accounts" in wrong:
        assert f">{wrong['accounts']}</textarea>" in answer.text


def test_a_program_plans_in_dry_run_unless_it_says_otherwise(crowd, confirmed):
    client, headers = crowd.stranger().client, {"Authorization": f"Bearer {crowd.token('analyst')}"}
    shown = client.post(f"{PREVIEW}.json", json={"kind": "suspend", "why": "x"}, headers=headers).json()
    assert (shown["n_treated"], shown["needs_second"], shown["dry_run"]) == (12, True, True)
    assert "campaign" not in shown["notice"]
    sent = {"kind": "suspend", "why": "x", "accounts": confirmed[:2], "seen": shown["seen"]}
    refused = client.post(f"{PLAN}.json", json=sent, headers=headers)
    assert refused.status_code == 409
    assert "10 left since you looked" in refused.json()["what"]
    sent["seen"] = client.post(f"{PREVIEW}.json", json=sent, headers=headers).json()["seen"]
    planned = client.post(f"{PLAN}.json", json=sent, headers=headers).json()
    assert planned["action"]["dry_run"] is True
    assert planned["action"]["accounts"] == {"treated": 2}


def test_no_notice_names_what_a_case_was_found_by(crowd, confirmed):
    browser = crowd.signed_in("analyst")
    for kind in ActionKind:
        page = browser.post(PREVIEW, **WANTED | {"kind": str(kind)}).text
        notice = page.split('<blockquote class="notice">')[-1].split("</blockquote>")[0] if "blockquote" in page else ""
        assert not [word for word in ("twin", "fingerprint", "burst", "acct_", "cmp-", "signal") if word in notice]


def test_a_long_list_of_actions_has_pages(crowd, confirmed, desk, clock):
    for _ in range(3):
        with desk.work(Actor("ann", Role.ANALYST), Permission.ACT) as work:
            for _ in range(35):
                later = clock.now + timedelta(days=1)
                actions.plan(work, 2, Plan(ActionKind.OBSERVE, "x", accounts=confirmed[:1], earliest_at=later))
    browser = crowd.signed_in("viewer")
    first = browser.get(f"{PLAN}.json").json()
    assert (len(first["actions"]), first["paging"]["later"]) == (100, "/cases/2/actions?start=100")
    second = browser.get("/cases/2/actions.json?start=100").json()
    assert ([a["action_id"] for a in second["actions"]], second["paging"]["earlier"]) == ([5, 4, 3, 2, 1], PLAN)
    assert 'rel="next"' in browser.get(PLAN).text
