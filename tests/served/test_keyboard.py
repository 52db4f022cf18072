"""The queue, used with the keyboard alone."""

import pytest

from stillwatch.cases.decisions import judgements
from stillwatch.cases.decisions.verdict import Standing

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(serve, make_scan):
    return serve(make_scan)


def test_a_case_is_found_read_and_judged_by_keys_alone(served, visit):
    visitor = visit(served)
    visitor.sign_in("lead")
    keys = visitor.page.keyboard
    visitor.go("/cases")
    keys.press("j")
    keys.press("j")
    keys.press("Enter")
    visitor.page.wait_for_url("**/cases/2")
    keys.press("c")
    keys.press("Tab")
    keys.type("One list, dealt out.")
    keys.press("Tab")
    while visitor.page.evaluate("document.activeElement.textContent.trim()") != "Save judgement":
        keys.press("Tab")
    keys.press("Enter")
    visitor.page.get_by_text("One list, dealt out.").wait_for()
    keys.press("m")
    visitor.page.wait_for_url("**/cases/2/members")
    for _ in range(3):
        keys.press("j")
        keys.press("x")
    keys.press("c")
    keys.press("Tab")
    keys.type("Each has its part.")
    while visitor.page.evaluate("document.activeElement.textContent.trim()") != "Save judgement":
        keys.press("Tab")
    with visitor.page.expect_navigation():
        keys.press("Enter")
    with served.desk() as desk, desk.look() as look:
        stands = list(judgements.standings(look, 2).values())
    assert stands.count(Standing.CONFIRMED) == 3
    keys.press("b")
    visitor.page.wait_for_url("**/cases/2")
    keys.press("q")
    visitor.page.wait_for_url("**/cases")
    keys.press("/")
    keys.type("cmp-20")
    keys.press("Enter")
    visitor.page.wait_for_url("**word=cmp-20**")
    assert visitor.page.locator("[data-row]").count() == 1


def test_the_first_stop_leads_past_the_head_of_the_page(served, visit):
    visitor = visit(served)
    visitor.sign_in("lead")
    visitor.go("/cases/1")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "main"
