from stillwatch.cases.queries import case_queries
from stillwatch.console.services.case_figures import FigureCache, draw
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
        "chance",
    ):
        assert getattr(drawn.values["entry"], name) == getattr(expected, name), name
    assert sum(drawn.chart["campaigns"][0]) == sum(expected.series)


def test_a_sighting_is_drawn_once_and_a_case_by_hand_never(taken, desk):
    figures = FigureCache(ReportSettings())
    with desk.look() as look:
        shown = case_queries.show(look, 1)
        assert figures.of(look, shown) is figures.of(look, shown)
        assert figures.of(look, case_queries.show(look, 2)) is not figures.of(look, shown)
