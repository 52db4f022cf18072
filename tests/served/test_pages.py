"""Every page in a browser: no errors, no serious findings of axe, in light and dark mode and in a narrow window."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
LEAD = [
    "/", "/cases", "/cases?word=nothing", "/cases/1", "/cases/1/members", "/cases/1/members?standing=confirmed",
    "/cases/1/without?below=0.9", "/cases/1/graph", "/cases/1/graph?value=1", "/cases/1/actions", "/cases/2/ask", "/actions",
    "/in-force", "/appeals", "/allowances", "/accounts", "/accounts?account=acct_7f3a91_00000", "/views", "/scans", "/scans/1", "/scans/compare", "/precision", "/audit", "/audit/entry/1", "/account",
]  # fmt: skip
ADMINISTRATOR = ["/people", "/people/analyst", "/hooks"]
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def served(serve, make_scan):
    return serve(make_scan)


def _serious(page):
    found = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("who", "paths"), [(None, ["/sign-in"]), ("lead", LEAD), ("administrator", ADMINISTRATOR)])
def test_axe_finds_nothing_serious(served, visit, who, paths, scheme):
    visitor = visit(served, color_scheme=scheme, bypass_csp=True)  # axe is put into the page by a script
    if who:
        visitor.sign_in(who)
    for path in paths:
        visitor.go(path)
        assert _serious(visitor.page) == [], path


def test_pages_fit_a_narrow_window(served, visit):
    """WCAG 2.2, 1.4.10: nothing but tables, which scroll by themselves, is wider than 320 pixels."""
    visitor = visit(served)
    visitor.page.set_viewport_size({"width": 320, "height": 800})
    visitor.sign_in("lead")
    for path in LEAD:
        visitor.go(path)
        wide = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, (path, wide)


def test_pages_work_under_their_own_policy(served, visit):
    visitor = visit(served)
    visitor.sign_in("lead")
    for path in LEAD:
        visitor.go(path)
        assert visitor.heading()
    visitor.go("/cases/1")
    assert visitor.page.locator(".time.lively canvas").count() == 2, "the charts are drawn by uPlot"


def test_the_graph_is_drawn_and_what_is_pressed_is_looked_at_closer(served, visit):
    visitor = visit(served)
    visitor.sign_in("lead")
    visitor.go("/cases/2/graph?signal=client_fingerprint")
    place = visitor.page.locator("#graph[data-drawn]")
    place.wait_for()
    assert int(place.get_attribute("data-drawn")) > 20
    assert place.locator("canvas").count() > 3
    visitor.page.get_by_role("link", name="Client fingerprint").first.click()
    assert "Accounts with value" in visitor.page.inner_text("main")


def test_without_webgl_the_table_stands_in(served, visit):
    visitor = visit(served)
    visitor.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    visitor.sign_in("lead")
    visitor.go("/cases/2/graph")
    visitor.page.get_by_text("needs WebGL").wait_for()
    assert visitor.page.locator("#graph").count() == 0
    assert visitor.page.get_by_role("region", name="Values", exact=True).is_visible()


def test_a_page_prints_whole(served, visit):
    visitor = visit(served)
    visitor.sign_in("lead")
    visitor.go("/cases/1")
    visitor.page.emulate_media(media="print")
    assert visitor.page.get_by_role("button", name="Save judgement").is_hidden()
    assert visitor.page.get_by_text("What could make it innocent").is_visible()


def test_no_table_is_lost_in_print(served, visit):
    visitor = visit(served)
    visitor.sign_in("lead")
    for path, region in (("/cases/2/members", "Members"), ("/cases/2/graph", "Values"), ("/cases", "Cases")):
        visitor.go(path)
        visitor.page.emulate_media(media="print")
        for one in visitor.page.locator("main table").all():
            assert one.is_visible(), path
        table = visitor.page.get_by_role("region", name=region, exact=True)
        assert table.locator("tbody th").first.is_visible(), path
        box = table.locator("table").bounding_box()
        assert box["width"] <= visitor.page.evaluate("document.documentElement.clientWidth"), path
        shown = "cells => [...cells].map(c => Math.round(c.getBoundingClientRect().x))"
        heads, cells = (
            table.locator(f"{part} tr").first.locator("th:visible, td:visible").evaluate_all(shown)
            for part in ("thead", "tbody")
        )
        assert heads == cells, "each heading stands over its own column"
        for folded in table.locator("details").all()[:2]:
            assert folded.locator("li").first.is_visible(), "what nobody unfolded is printed too"
        visitor.page.emulate_media(media="screen")


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_both_sides_stand_side_by_side_above_the_fold(served, visit, size):
    visitor = visit(served)
    visitor.sign_in("lead")
    visitor.page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in ("/cases/1", "/cases/2", "/cases/2/members"):
        visitor.go(path)
        speaks, innocent = (
            visitor.page.get_by_role("region", name=name, exact=True).bounding_box()
            for name in ("What speaks for one list", "What could make it innocent")
        )
        assert speaks["y"] == innocent["y"]
        facts = visitor.page.locator("section[aria-label='What could make it innocent'] li").first
        assert "members" in facts.inner_text(), "what is known of the members comes first"
        assert facts.bounding_box()["y"] + facts.bounding_box()["height"] <= size[1]
        assert speaks["x"] + speaks["width"] <= innocent["x"]
        for name in ("What speaks for one list", "What could make it innocent"):
            lines = visitor.page.get_by_role("region", name=name, exact=True).get_by_role("listitem").all()
            for line in lines[:3]:
                box = line.bounding_box()
                assert box["y"] + box["height"] <= size[1], (path, name)


def test_a_session_that_was_stolen_and_ended_opens_nothing(served, visit):
    owner, thief = visit(served), visit(served)
    owner.sign_in("ben")
    thief.page.context.add_cookies(owner.page.context.cookies())
    thief.go("/cases")
    assert thief.heading() == "Queue"
    owner.page.get_by_role("button", name="Sign out").click()
    thief.go("/cases")
    assert "/sign-in" in thief.page.url
