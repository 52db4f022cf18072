import re
from pathlib import Path

import pytest

from stillwatch.report import both_sides as sides
from stillwatch.report.both_sides import MEASURED, MeasuredRate, both_sides, measured_rate
from stillwatch.tables import scan_folder


def reason(signal, family, value, kind="neg_log2_p", observed=0.6, expected=0.01):
    return {
        "signal": signal, "family": family, "kind": kind, "expected": expected, "observed": observed, "value": value,
        "cap": 20.0,
    }  # fmt: skip


def row(reasons=(), readings=(), **more):
    return {"reasons": list(reasons), "innocent_readings": list(readings), "p_group": 0.94} | more


def test_the_strongest_reasons_are_of_different_families():
    """Evidence within one family is not independent, so a second one of a family adds little."""
    found = both_sides(
        row(
            [
                reason("shared_address", "infrastructure", 19.0),
                reason("shared_subnet", "infrastructure", 18.0),
                reason("same_start", "tempo", 17.0),
                reason("shared_payment", "identity", 9.0),
                reason("long_answers", "use", 2.0, "description"),
                reason("dealt_evenly", "content", -3.0, "log2_lr"),
            ]
        )
    )
    assert [one.title for one in found.speaks_for] == ["Shared address", "Same start", "Shared payment"]
    assert (found.speaks_for[0].figures, found.speaks_for[0].sentence) == (
        "60% of the members, 1% expected", "−log₂ p = 19",
    )  # fmt: skip
    assert found.n_more_for == 1, "what speaks against one list and what only describes are no reasons for it"


def test_a_reading_is_named_before_it_is_explained():
    texts = ["Shared addresses (at most 63% of the members): an office, a school.", "They return.", "c", "d"]
    found = both_sides(row(readings=texts))
    assert (found.innocent[0].title, found.innocent[0].sentence) == (
        "Shared addresses (at most 63% of the members)", "An office, a school.",
    )  # fmt: skip
    assert (found.innocent[1].title, found.innocent[1].sentence) == ("", "They return.")
    assert (len(found.innocent), found.n_more_innocent) == (3, 1)


def test_facts_about_the_members_have_the_figures_of_this_case():
    facts = {"hidden_ties": 0.27, "verified_business": 0.0, "own_organizations": 0.0, "opened_before_log": 0.52}
    given = [reason(name, "accountability", 0.0, "description", share) for name, share in facts.items()]
    assert both_sides(row(given)).facts == (
        "Of the members, 73% share no card, device or phone under another name and 52% opened more than 90 days before "
        "the log. None is a verified business or names an organization of its own."
    )
    assert both_sides(row()).facts == "The scan states no facts about the members."


def test_facts_are_said_once():
    """Where no operator is known, the scan's readings hold the facts, too; they pushed a reading off the screen."""
    facts = "Of the members 0% are verified businesses, 0% name an organization of their own."
    given = [reason("verified_business", "accountability", 0.0, "description", 0.0)]
    found = both_sides(row(given, ["One list of work.", facts, "They return.", "A school."]))
    assert [one.sentence for one in found.innocent] == ["One list of work.", "They return.", "A school."]
    assert (found.n_more_innocent, found.facts) == (0, "None is a verified business.")
    assert len(both_sides(row(readings=["One list of work.", facts])).innocent) == 2, "an earlier scan has no other"


def test_a_measure_of_which_less_is_more_says_so():
    given = [reason("same_worklist", "content", 20.0, observed=0.0, expected=0.028)]
    (line,) = both_sides(row(given)).speaks_for
    assert line.figures == "distance 0, 0.028 expected"
    assert line.sentence == "−log₂ p = 20 or more; less speaks for one list"


def test_what_is_stated_and_what_was_measured_stand_together(monkeypatch):
    rates = (MeasuredRate(0.9, 0.95, 10, 0.7, 0.25, 1.0), MeasuredRate(0.0, 1.0, 115, 0.357, 0.109, 0.796))
    monkeypatch.setattr(sides, "MEASURED", rates)
    found = both_sides(row(), 0.01)
    assert found.stated == (
        "Stated: 94.0% that this is one list of work, or run as one; 6.0% that it is not. The scan accepts that 1% of "
        "what it reports is strangers."
    )
    assert found.measured.startswith(
        "Measured: in worlds by other authors 3 of 10 groups stated at 90% to 95% were not one list (95% interval 0% to "
        "75%)."
    )
    assert both_sides(row(p_group=None)).stated == (
        "Stated: the scan gave no probability that this is one list of work."
    )
    assert "74 of 115 groups reported" in both_sides(row(p_group=0.6)).measured


@pytest.mark.parametrize(("p_group", "low"), [(0.3, 0.0), (0.85, 0.8), (0.93, 0.9), (0.95, 0.9), (0.97, 0.0)])
def test_the_measured_rate_is_that_of_groups_that_were_stated_alike(p_group, low):
    assert measured_rate(p_group).low == low


def test_the_measured_rates_are_those_of_the_page():
    page = (Path(__file__).parents[2] / "docs/reference/strangers.md").read_text(encoding="utf-8")
    table = page.split("## Calibration of `p_group`", 1)[1].split("##", 1)[0]
    pattern = (
        r"\| (all|< ([\d.]+)|([\d.]+)–([\d.]+)) \| (\d+) \| \d+ \| \d+ \| [\d.]+ \| ([\d.]+) \| ([\d.]+)–([\d.]+) \|"
    )
    told = []
    for whole, below, low, high, n, true, least, most in re.findall(pattern, table):
        bounds = (0.0, 1.0) if whole == "all" else (float(low or 0.0), float(below or high))
        told.append((*bounds, int(n), float(true), float(least), float(most)))
    assert [(m.low, m.high, m.n_groups, m.true, m.least, m.most) for m in MEASURED] == told


def test_nobody_is_accused_and_a_row_of_an_earlier_version_has_sides(scan):
    assert "Nobody is accused." in sides.NOBODY_ACCUSED
    read = scan_folder.read(scan).campaigns.to_pylist()
    assert all(both_sides(one).speaks_for for one in read)
    bare = both_sides({})
    assert (bare.speaks_for, bare.innocent) == ([], [])
