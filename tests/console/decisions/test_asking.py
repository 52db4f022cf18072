"""The page that asks members: what is stated before, the preview, the answers, and the forms with their errors."""

import re

import pytest

from stillwatch.cases import Actor, Role
from stillwatch.cases.decisions import actions
from stillwatch.cases.decisions.actions import scheduler
from stillwatch.cases.store import audit

PAGE, PREVIEW, OUTCOME = "/cases/2/ask", "/cases/2/ask/preview", "/cases/2/ask/outcome"
WANTED = {"question": "recipient", "most": "8", "why": "Who <b>receives</b> it?"}


@pytest.fixture(autouse=True)
def _taken(taken):
    """Case 2 is at review, with 62 accounts."""


def hidden(page):
    """Return what the button of a preview sends."""
    form = page.split(f'action="{PAGE}"', 1)[1].split("</form>", 1)[0]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {name: value.replace("&lt;", "<").replace("&gt;", ">") for name, value in found.items()}


def entries(desk):
    with desk.look() as look:
        return [e.action for e in audit.entries(look.session.connection())]


def started(browser, **more):
    answer = browser.post(PAGE, **hidden(browser.post(PREVIEW, **WANTED | more).text))
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE), answer.text
    return [line["account_id"] for line in browser.get(f"{PAGE}.json").json()["status"]["asked"]]


def test_the_case_page_offers_it_where_a_case_is_at_review(crowd):
    browser = crowd.signed_in("analyst")
    page = browser.get("/cases/2").text
    assert "Nobody was asked" in page
    assert f'href="{PAGE}"' in page
    assert 'id="ask-head"' not in browser.get("/cases/1").text, "case 1 is urgent"
    assert "The case is open at urgent." in browser.get("/cases/1/ask").text


def test_sample_rule_and_errors_are_stated_before(crowd):
    page = crowd.signed_in("analyst").get(PAGE).text
    for part in (
        "8, 4 at a time",
        "14 days",
        "-2.00 bits",
        "+2.00 bits",
        "-4.32 bits",
        "80.0% of honest answers",
        "62 accounts",
    ):
        assert part in page
    assert f'action="{PREVIEW}"' in page
    viewer = crowd.signed_in("viewer").get(PAGE).text
    assert "-4.32 bits" in viewer
    assert f'action="{PREVIEW}"' not in viewer


def test_both_sides_stand_above_the_form_of_a_question(crowd):
    page = crowd.signed_in("analyst").get(PAGE).text
    places = [
        page.index(part) for part in ("What speaks for one list", "What could make it innocent", "Nobody is accused")
    ]
    assert max(places) < page.index("Plan an experiment")


def test_a_preview_changes_nothing_and_shows_the_notice(crowd, desk):
    browser, before = crowd.signed_in("analyst"), entries(desk)
    page = browser.post(PREVIEW, **WANTED).text
    for part in ("Nobody is drawn or asked yet", "87.6%", "46.0%", "To be asked is no accusation", "Ask the first 4",
                 "Who &lt;b&gt;receives&lt;/b&gt; it?"):  # fmt: skip
        assert part in page
    assert "acct_" not in page
    assert entries(desk) == before


def test_from_a_preview_to_a_group_that_is_cleared(crowd):
    browser = crowd.signed_in("analyst")
    asked = started(browser)
    assert len(asked) == 4
    page = browser.get(PAGE).text
    assert page.count("answer by <time") == 4
    assert "Enter an outcome" in page
    browser.post(OUTCOME, account=asked[0], outcome="failed", why="Entered by mistake.")
    first = browser.get(PAGE).text.split('name="account" required>')[1]
    assert first.startswith(f'<option value="{asked[1]}"'), "whoever has no outcome yet comes first"
    assert "No experiment can be planned now. An experiment is planned or runs already." in page
    for account in asked[:3]:
        answer = browser.post(OUTCOME, account=account, outcome="passed", why="<i>Checked</i>.")
        assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    page = browser.get(PAGE).text
    for part in (
        "cleared</span>",
        "-6.00",
        "1.5%",
        "Proposed: judge the campaign as innocent",
        "&lt;i&gt;Checked&lt;/i&gt;.",
    ):
        assert part in page
    assert "Enter an outcome" not in page
    case = browser.get("/cases/2")
    assert "Proposed: judge the campaign as innocent" in case.text
    told = browser.get("/cases/2.json").json()
    assert (told["asked"]["standing"], told["stands_at"]) == ("cleared", "open")


def test_a_group_that_changed_since_the_preview_is_not_asked(crowd, desk):
    browser = crowd.signed_in("analyst")
    sent = hidden(browser.post(PREVIEW, **WANTED).text)
    browser.post("/cases/2/judge", verdict="innocent", why="An agency.")
    answer = browser.post(PAGE, **sent)
    assert answer.status_code == 403
    assert "No account may be asked." in answer.text
    assert "ask planned" not in entries(desk)


def test_a_larger_sample_is_proposed_and_approved_on_the_page_of_its_action(crowd, desk):
    browser = crowd.signed_in("analyst")
    preview = browser.post(PREVIEW, **WANTED | {"most": "12"}).text
    assert "A second person must approve it." in preview
    assert browser.post(PAGE, **hidden(preview)).status_code == 303
    assert "approval by a second person" in browser.get("/cases/2").text
    page = crowd.signed_in("lead").get("/actions/1").text
    assert "12 waiting" in page
    assert crowd.signed_in("lead").post("/actions/1/approve", why="Agreed.").status_code == 303
    scheduler.run_due(desk, pytest.fail)
    page = browser.get("/actions/1").text
    assert "4 treated" in page
    assert "8 waiting" in page
    assert "We have one question about this account" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"most": "0"}, "Most: Input should be"),
        ({"question": "name"}, "Question: Input"),
        ({"why": " "}, "Why: Field required"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_form(crowd, wrong, words):
    answer = crowd.signed_in("analyst").post(PREVIEW, **WANTED | wrong)
    assert answer.status_code == 422
    assert words in answer.text
    assert answer.text.count('role="alert"') == 1
    if "why" not in wrong:
        assert "Who &lt;b&gt;receives&lt;/b&gt; it?</textarea>" in answer.text


def test_an_outcome_that_does_not_fit_is_said_beside_its_form(crowd):
    browser = crowd.signed_in("analyst")
    asked = started(browser)
    for sent, words in (
        ({"account": asked[0], "outcome": "passed"}, "Reason is empty."),
        ({"account": asked[0], "outcome": "objected"}, "Statement is empty."),
        ({"account": asked[1], "outcome": "no_answer", "why": "x"}, "The time to answer has not passed."),
        ({"account": "acct_other", "outcome": "passed", "why": "x"}, "This account was not asked."),
    ):
        answer = browser.post(OUTCOME, **sent)
        assert answer.status_code in (403, 422)
        assert words in answer.text
        assert answer.text.count('role="alert"') == 1
    assert f'value="{asked[1]}" selected' in browser.post(OUTCOME, account=asked[1], outcome="no_answer", why="x").text


def test_an_objection_opens_an_appeal_that_its_page_links(crowd):
    browser = crowd.signed_in("analyst")
    account = started(browser)[0]
    assert browser.post(OUTCOME, account=account, outcome="objected", statement="We are a school.").status_code == 303
    page = browser.get(PAGE).text
    assert 'href="/appeals/1"' in page
    assert "We are a school." not in page
    appeal = crowd.signed_in("lead").get("/appeals/1").text
    assert "The question stands" in appeal
    assert "question is withdrawn" in appeal.replace("\n", " ")


def test_outcomes_after_the_end_are_refused_in_words(crowd, desk):
    browser = crowd.signed_in("analyst")
    account = started(browser)[0]
    with desk.work(Actor("ann", Role.ANALYST), "act") as work:
        actions.undo(work, 1, "Not needed.")
    answer = browser.post(OUTCOME, account=account, outcome="passed", why="x")
    assert answer.status_code == 403
    assert "No experiment runs." in answer.text
    assert "undecided</span>" in answer.text


def test_a_viewer_sees_and_enters_nothing(crowd):
    account = started(crowd.signed_in("analyst"))[0]
    viewer = crowd.signed_in("viewer")
    assert "Enter an outcome" not in viewer.get(PAGE).text
    assert viewer.post(OUTCOME, account=account, outcome="failed", why="x").status_code == 403
    assert viewer.post(PAGE, **WANTED).status_code == 403


def test_a_program_does_the_same(crowd):
    client, headers = crowd.stranger().client, {"Authorization": f"Bearer {crowd.token('analyst')}"}
    shown = client.post(f"{PREVIEW}.json", json={"question": "purpose", "why": "x"}, headers=headers).json()["stated"]
    sent = {"question": "purpose", "why": "x", "seen": shown["seen"]}
    status = client.post(f"{PAGE}.json", json=sent, headers=headers).json()["status"]
    account = status["asked"][0]["account_id"]
    sent = {"account": account, "outcome": "failed", "why": "No such firm."}
    status = client.post(f"{OUTCOME}.json", json=sent, headers=headers).json()["status"]
    assert (status["bits"], status["asked"][0]["outcome"]) == (pytest.approx(2), "failed")
