from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import import_scan, judgements
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.queries import case_queries
from stillwatch.console.services.case_figures import FigureCache, case_sides, draw
from stillwatch.report import entries, timeline
from stillwatch.report.evidence import SignalTexts
from stillwatch.report.page import described
from stillwatch.settings import ReportSettings
from stillwatch.tables import scan_folder


def _shown(desk, case_id):
    with desk.look() as look:
        return case_queries.show(look, case_id), case_queries.probabilities(look, case_id)


def test_a_case_is_drawn_as_the_report_draws_it(taken, desk, scan):
    shown, p_member = _shown(desk, 1)
    drawn = draw(shown, p_member, ReportSettings())
    read = scan_folder.read(scan)
    sources = entries.EntrySources(read, timeline.lay(read.timeline), SignalTexts(described(read.summary)), 150, 3)
    [row] = [row for row in read.campaigns.to_pylist() if row["campaign_id"] == "cmp-7f3a91"]
    expected = entries.campaign_entry(row, 1, sources)
    for name in (
        "answers",
        "rank",
        "advice",
        "capabilities",
        "evidence",
        "readings",
        "graph",
        "period",
        "pace",
        "q_value",
    ):
        assert getattr(drawn.values["entry"], name) == getattr(expected, name), name
    assert sum(drawn.chart["campaigns"][0]) == sum(expected.series)


def test_both_sides_come_from_the_last_scan_with_what_people_settled_here(taken, desk):
    with desk.work(Actor("ann", Role.ANALYST), Permission.JUDGE) as work:
        judgements.judge(work, 2, Verdict.INNOCENT, "A class.")
        by_hand = import_scan.open_by_hand(work, "A tip", ["a"], "x")
    with desk.look() as look:
        sides = case_sides(look, 2)
        assert "Here people confirmed 0 of 1 settled cases at review." in sides.measured
        assert "accepts that 1% of what it reports is strangers" in sides.stated
        assert case_sides(look, by_hand) is None


def test_a_sighting_is_drawn_once_and_a_case_by_hand_never(taken, desk):
    figures = FigureCache(ReportSettings())
    with desk.look() as look:
        shown = case_queries.show(look, 1)
        assert figures.of(look, shown) is figures.of(look, shown)
        assert figures.of(look, case_queries.show(look, 2)) is not figures.of(look, shown)
