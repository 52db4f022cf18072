import pyarrow as pa
import pytest

from stillwatch.report import entries, timeline
from stillwatch.report.evidence import SignalTexts
from stillwatch.tables import CAMPAIGNS, scan_folder


def sources(path, max_accounts=150):
    scan = scan_folder.read(path)
    described = {name: value["sentence"] for name, value in scan.summary["signals"].items()}
    line = timeline.lay(scan.timeline) if scan.timeline is not None else None
    return entries.EntrySources(scan, line, SignalTexts(described), max_accounts, len(scan.campaigns))


@pytest.fixture
def largest(scan):
    made = sources(scan)
    return entries.campaign_entry(entries.ranked(made.scan.campaigns)[0], 1, made)


def test_the_order_is_that_of_the_rank(scan, three, scan_of):
    table = scan_folder.read(scan).campaigns
    assert [row["rank"] for row in entries.ranked(table.take([2, 0, 1]))] == [1, 2, 3]
    three[1].n_accounts = 1_000  # many exchanges move nothing
    more = scan_folder.read(scan_of(three)).campaigns
    assert [row["campaign_id"] for row in entries.ranked(more)] == [one.name for one in three]


def test_a_row_without_a_rank_is_last_and_says_so(scan):
    made = sources(scan)
    rows = made.scan.campaigns.to_pylist()
    rows[0]["rank"] = None
    order = entries.ranked(pa.Table.from_pylist(rows, schema=made.scan.campaigns.schema))
    assert [row["severity"] for row in order] == ["review", "watch", "urgent"]
    assert entries.campaign_entry(order[-1], 3, made).rank == "not known"


def test_an_entry_says_what_its_row_says(largest):
    assert (largest.campaign_id, largest.severity, largest.n_accounts) == ("cmp-7f3a91", "urgent", 400)
    assert largest.q_value == "under 0.000001"
    assert largest.sides.speaks_for[0].title == "Same worklist"
    assert largest.period == "1–30 March 2026"
    assert largest.pace == "25"
    assert sum(largest.series) == largest.n_exchanges
    assert (largest.rank, largest.accountability, largest.likelihood) == ("1 of 3", "concealed", "94.0%")
    assert [answer.name for answer in largest.answers] == ["Coordination", "Accountability", "Use"]


def test_capabilities_are_shares_of_all_exchanges(largest):
    assert [(b.name, b.text, b.width) for b in largest.capabilities[:2]] == [
        ("software engineering", "46%", 46.0),
        ("agentic reasoning", "27%", 27.0),
    ]


def test_reasons_place_expected_left_of_observed(largest):
    (rare,) = [group for group in largest.evidence if group.heading == "Rare shared values"]
    assert rare.reasons[0].title == "Shared frame"
    assert all(r.expected_at < r.observed_at for r in rare.reasons)
    device = next(r for r in rare.reasons if r.title == "Shared device")
    assert (device.expected, device.observed, device.ratio) == ("0", "80", "none expected")


def test_two_hundred_surest_members_are_shown(largest):
    assert (len(largest.members), largest.n_members) == (200, 400)
    shown = [float(m.p_member.removeprefix("over ").removesuffix("%")) / 100 for m in largest.members]
    assert shown == sorted(shown, reverse=True)
    both = [float(m.p_both.removesuffix("%")) / 100 for m in largest.members]
    assert both == pytest.approx([0.94 * one for one in shown], abs=0.002)
    assert largest.members[0].reasons == "Shared frame, Shared schedule"


def test_a_row_of_nulls_and_unknown_words_still_makes_an_entry(scan):
    made = sources(scan)
    row = dict.fromkeys(CAMPAIGNS.names) | {"campaign_id": "x", "severity": "apocalyptic"}
    entry = entries.campaign_entry(row, 1, made)
    assert (entry.severity, entry.n_accounts, entry.pace) == ("watch", 0, "")
    assert {answer.word for answer in entry.answers} == {"not known"}
    assert (entry.q_value, entry.rank, entry.accountability, entry.likelihood) == ("not known",) * 4
    assert (entry.evidence, entry.capabilities, entry.readings, entry.graph) == ([], [], [], None)


def test_a_row_of_an_earlier_version_still_makes_an_entry(scan):
    """A case keeps the row as its scan wrote it."""
    made = sources(scan)
    row = entries.ranked(made.scan.campaigns)[0]
    old = {key: value for key, value in row.items() if key not in {"p_group", "accountability", "rank"}}
    old["reasons"] = [{"signal": "shared_frame", "family": "content", "expected": 1.0, "observed": 9.0, "bits": 12.0}]
    entry = entries.campaign_entry(old | {"harvest": 0.9, "concealment": 0.7}, 1, made)
    assert (entry.rank, entry.accountability, entry.likelihood) == ("not known",) * 3
    (group,) = entry.evidence
    assert (group.heading, group.reasons[0].weight) == ("Unit not stated", "weight 12")


def test_ties_are_broken_by_id():
    rows = [{"severity": "watch", "rank": 5, "campaign_id": name} for name in ("b", "a")]
    assert [r["campaign_id"] for r in entries.ranked(pa.Table.from_pylist(rows))] == ["a", "b"]
