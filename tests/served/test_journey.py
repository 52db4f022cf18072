"""One case in a browser: import, judgement, dry run, approved action, appeal, and a partly overturned decision."""

import pytest

from stillwatch.cases.decisions import judgements
from stillwatch.cases.decisions.actions import active_limits
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.store import audit

pytestmark = pytest.mark.browser
SOME = [f"acct_20c4d8_{number:05d}" for number in range(12)]


@pytest.fixture(scope="module")
def served(serve, make_scan):
    return serve(make_scan, console__run_due_every=0.2)


def _judge(page, verdict, why):
    page.get_by_role("radio", name=verdict).check()
    page.get_by_label("Reason (for later readers)").fill(why)
    with page.expect_navigation():
        page.get_by_role("button", name="Save judgement", exact=True).click()


def _plan(page, kind, why, *, dry_run):
    page.get_by_label("Type of action").select_option(kind)
    page.get_by_role("radio", name="Dry run" if dry_run else "Live").check()
    page.get_by_label("Reason (for later readers)").fill(why)
    with page.expect_navigation():
        page.get_by_role("button", name="Preview", exact=True).click()
    assert "Preview: " in page.locator("h1").inner_text()
    with page.expect_navigation():
        page.get_by_role("button", name="Propose").first.click()


def _approve(visitor, number, mode):
    visitor.go(f"/actions/{number}")
    shown = visitor.page.inner_text("main")
    approve = visitor.page.get_by_role("button", name=f"Approve {mode}", exact=True)
    places = [shown.index(part) for part in ("What speaks for one list", "One list, dealt out without", "this account")]
    assert places == sorted(places), "evidence, answers and notice come before the button"
    assert approve.bounding_box()["y"] > visitor.page.get_by_text("Notice to each account holder").bounding_box()["y"]
    visitor.page.get_by_label("Reason (for later readers)").first.fill("I looked at the members myself.")
    with visitor.page.expect_navigation():
        approve.click()


def _wait_for(visitor, number, state):
    for _ in range(50):
        told = visitor.page.request.get(f"{visitor.served.url}/actions/{number}.json")
        if told.json()["action"]["state"] == state:
            return
        visitor.page.wait_for_timeout(200)
    raise AssertionError(f"action {number} did not become {state}")


def test_from_a_scan_to_an_appeal_that_is_partly_overturned(served, visit):
    ann, lea, leo = visit(served), visit(served), visit(served)
    ann.sign_in("analyst")
    lea.sign_in("lead")
    leo.sign_in("leo")
    ann.go("/cases")
    ann.page.get_by_role("link", name="cmp-20c4d8").click()
    assert ann.page.get_by_role("heading", name="What could make it innocent").is_visible()
    _judge(ann.page, "Confirmed", "One list, dealt out without repetition.")
    ann.go("/cases/2/members?word=acct_20c4d8_0000&order=account")
    for box in ann.page.get_by_role("checkbox", name="Select acct_20c4d8").all():
        box.check()
    _judge(ann.page, "Confirmed", "Each has its part.")
    ann.go("/cases/2/members?word=acct_20c4d8_0001")
    ann.page.get_by_label("All 10 members that match").check()
    _judge(ann.page, "Confirmed", "These too.")

    ann.go("/cases/2/actions")
    _plan(ann.page, "suspend", "Rehearse it.", dry_run=True)
    _approve(lea, 1, "dry run")
    _wait_for(ann, 1, "rehearsed")
    with served.desk() as desk, desk.look() as look:
        assert active_limits.in_force(look) == [], "a dry run limits nobody"

    ann.go("/cases/2/actions")
    _plan(ann.page, "throttle", "In earnest.", dry_run=False)
    ann.go("/actions/2")
    assert ann.page.get_by_role("button", name="Approve").count() == 0
    _approve(lea, 2, "live action")
    _wait_for(ann, 2, "in_force")

    ann.go("/actions/2")
    ann.page.get_by_label("Accounts, one per line").last.fill("\n".join(SOME[:2]))
    ann.page.get_by_label("Statement of the account holder").fill("We are a class of thirty.")
    with ann.page.expect_navigation():
        ann.page.get_by_role("button", name="Record appeal").click()
    assert "appeals/1" in ann.page.url, ann.page.locator(".trouble").all_inner_texts()
    lea.go("/appeals/1")
    assert lea.page.get_by_role("button", name="Answer and write the notices").count() == 0, "lea approved it"
    leo.go("/appeals/1")
    leo.page.get_by_role("group", name=f"Outcome for {SOME[0]}").get_by_label("Overturn").check()
    leo.page.get_by_role("group", name=f"Outcome for {SOME[1]}").get_by_label("Uphold").check()
    leo.page.get_by_label("Reason (for later readers)").fill(
        "The school confirmed the first; the second paid for six others."
    )
    with leo.page.expect_navigation():
        leo.page.get_by_role("button", name="Answer and write the notices").click()

    with served.desk() as desk, desk.look() as look:
        limited = {one.account_id for one in active_limits.in_force(look)}
        stands = judgements.standings(look, 2)
        assert audit.verify_database(look.session.connection(), public_key=desk.public_key()) is None
    assert SOME[0] not in limited
    assert SOME[1] in limited
    assert len(limited) == 19
    assert (stands[SOME[0]], stands[SOME[1]]) == (Standing.INNOCENT, Standing.CONFIRMED)
    leo.go(f"/accounts?account={SOME[0]}")
    assert leo.page.get_by_text("you were right").first.is_visible()
