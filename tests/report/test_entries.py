import math

import pyarrow as pa
import pytest

from stillwatch.report import entries, timeline
from stillwatch.tables import CAMPAIGNS, scan_folder


def sources(path, max_accounts=150):
    scan = scan_folder.read(path)
    described = {name: value["sentence"] for name, value in scan.summary["signals"].items()}
    line = timeline.lay(scan.timeline) if scan.timeline is not None else None
    return entries.EntrySources(scan, line, entries.SignalTexts(described), max_accounts)


@pytest.fixture
def largest(scan):
    made = sources(scan)
    return entries.campaign_entry(entries.ranked(made.scan.campaigns)[0], 1, made)


def test_the_most_pressing_comes_first(scan):
    table = scan_folder.read(scan).campaigns
    order = [row["severity"] for row in entries.ranked(table.take([2, 0, 1]))]
    assert order == ["urgent", "review", "watch"]


def test_an_entry_says_what_its_row_says(largest):
    assert (largest.campaign_id, largest.severity, largest.n_accounts) == ("cmp-7f3a91", "urgent", 400)
    assert largest.chance == "1 in 830 million"
    assert largest.q_exact == "1.2e-09"
    assert largest.period == "1–30 March 2026"
    assert largest.pace == "25"
    assert sum(largest.series) == largest.n_exchanges
    assert [d.number for d in largest.dials] == ["0.97", "0.91", "0.74"]


def test_capabilities_are_shares_of_all_exchanges(largest):
    assert [(b.name, b.text, b.width) for b in largest.capabilities[:2]] == [
        ("software engineering", "46%", 46.0),
        ("agentic reasoning", "27%", 27.0),
    ]


def test_reasons_place_expected_left_of_observed(largest):
    assert largest.reasons[0].title == "Shared frame"
    assert all(r.expected_at < r.observed_at for r in largest.reasons)
    device = next(r for r in largest.reasons if r.title == "Shared device")
    assert (device.expected, device.observed, device.ratio) == ("0", "80", "none expected")


def test_two_hundred_surest_members_are_shown(largest):
    assert (len(largest.members), largest.n_members) == (200, 400)
    shown = [float(m.p_member) for m in largest.members]
    assert shown == sorted(shown, reverse=True)
    assert largest.members[0].reasons == "Shared frame, Shared schedule"


def test_a_row_of_nulls_and_unknown_words_still_makes_an_entry(scan):
    made = sources(scan)
    row = dict.fromkeys(CAMPAIGNS.names) | {"campaign_id": "x", "severity": "apocalyptic"}
    entry = entries.campaign_entry(row, 1, made)
    assert (entry.severity, entry.n_accounts, entry.pace) == ("watch", 0, "")
    assert {d.word for d in entry.dials} == {"not known"}
    assert entry.chance == "not known"
    assert (entry.reasons, entry.capabilities, entry.readings, entry.graph) == ([], [], [], None)


def test_reasons_that_are_not_numbers_do_not_break_the_scale(scan):
    made = sources(scan)
    row = entries.ranked(made.scan.campaigns)[0]
    row["reasons"] = [{"signal": "odd", "family": "unheard", "expected": math.nan, "observed": None, "bits": math.inf}]
    (reason,) = entries.campaign_entry(row, 1, made).reasons
    assert (reason.expected, reason.observed, reason.bits, reason.family_class) == (
        "not known",
        "not known",
        "not known",
        "f-other",
    )
    assert 0 <= reason.expected_at <= 100


def test_ties_are_broken_by_id():
    rows = [{"severity": "watch", "n_exchanges": 5, "campaign_id": name} for name in ("b", "a")]
    assert [r["campaign_id"] for r in entries.ranked(pa.Table.from_pylist(rows))] == ["a", "b"]


def test_what_speaks_against_is_no_reason_why(scan):
    made = sources(scan)
    row = entries.ranked(made.scan.campaigns)[0]
    row["reasons"] = [
        {"signal": "even_load", "family": "harvest", "expected": 1.0, "observed": 0.1, "bits": 2.0},
        {"signal": "follow_up", "family": "harvest", "expected": 0.5, "observed": 0.6, "bits": -1.5},
    ]
    assert [reason.title for reason in entries.campaign_entry(row, 1, made).reasons] == ["Even load"]
