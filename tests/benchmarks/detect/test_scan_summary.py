"""The summary of a scan, computed from tables written by hand."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from detect.scan_summary import ENOUGH, summarise

HIDDEN = {f"h{i}": "hidden" for i in range(4)} | {f"o{i}": "other" for i in range(2)}
HONEST = {"p0": "", "p1": "", "c0": "class", "c1": "class"}
MEMBERS = [
    ("C-1", "h0", 0.99),
    ("C-1", "h1", 0.6),
    ("C-1", "h2", 0.4),
    ("C-1", "c0", 0.5),
    ("C-1", "p0", 0.002),
    ("C-2", "h2", 0.95),
    ("C-2", "o0", 1.0),
    ("C-2", "o1", 0.97),
    ("C-2", "p1", 0.001),
]
ASKED = {"h0": ENOUGH, "h1": ENOUGH - 1, "h2": ENOUGH, "h3": ENOUGH + 5, "o0": 2, "o1": 2, "p0": 90}
CARDS = {"h0": ("a", "x"), "h1": ("a", "x"), "h2": ("a", "y"), "h3": (None, "x"), "p0": ("a", "y")}


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)


@pytest.fixture
def summary(tmp_path: Path) -> dict[str, Any]:
    world, scan = tmp_path / "world", tmp_path / "scan"
    truth = [(a, g, "natural_worklist", True) for a, g in HIDDEN.items()]
    truth += [(a, g or None, "classroom" if g else "chat", False) for a, g in HONEST.items()]
    names = "account_id", "group", "kind", "is_campaign"
    _write(world / "truth.parquet", [dict(zip(names, row, strict=True)) for row in truth])
    log = [{"account_id": a, "exchange_id": f"{a}-{i}"} for a, n in ASKED.items() for i in range(n)]
    _write(world / "exchanges" / "day=1.parquet", log[:80])
    _write(world / "exchanges" / "day=2.parquet", log[80:])
    cards = {a: CARDS.get(a, (None, None)) for a in (*HIDDEN, *HONEST)}
    rows = [{"account_id": a, "payment_fingerprint": p, "device_fingerprint": d} for a, (p, d) in cards.items()]
    _write(world / "accounts.parquet", rows)
    campaigns = [
        {"name": "hidden", "family": "natural_worklist", "shared": {"payment": 0.5, "device": 0.5, "client": 0.5}},
        {"name": "other", "family": "natural_worklist", "shared": {}},
    ]
    (world / "world.json").write_text(json.dumps({"spec": {"campaigns": campaigns}}), encoding="utf-8")
    severities = [{"campaign_id": "C-1", "severity": "review"}, {"campaign_id": "C-2", "severity": "watch"}]
    _write(scan / "campaigns.parquet", [row | {"q_value": 0.001} for row in severities])
    names = "campaign_id", "account_id", "p_member"
    _write(scan / "members.parquet", [dict(zip(names, row, strict=True)) for row in MEMBERS])
    return summarise(scan, world)


def test_campaigns_are_counted_whole_busy_and_sharing(summary: dict[str, Any]) -> None:
    hidden, other = summary["campaigns"]
    counts = {key: hidden[key] for key in hidden if key.startswith(("above", "of", "any"))}
    # h2 is above one half only in a group at watch; h0 and h1 share card and device, h2 and h3 one of them
    assert counts == {
        "above": 2,
        "of": 4,
        "any": 3,
        "above_enough": 1,
        "of_enough": 3,
        "above_sharing": 2,
        "of_sharing": 2,
    }
    assert (hidden["found"], hidden["severity"], hidden["purity"], hidden["in_pieces"]) == (True, "review", 2 / 3, 2)
    assert (other["name"], other["above"], other["any"], other["of"]) == ("other", 0, 2, 2)
    assert (other["found"], other["of_sharing"], other["of_enough"]) == (False, 0, 0)


def test_honest_accounts_are_counted_with_the_look_alikes_among_them(summary: dict[str, Any]) -> None:
    # p1 is at exactly 1e-3, which is not above the limit
    assert summary["honest"] == {"above": 1, "any": 1, "of": 4, "suspected": 2}
    assert summary["lookalikes"] == [
        {"name": "class", "family": "classroom", "highest": "review", "above": 1, "any": 1, "of": 2, "suspected": 1}
    ]


def test_groups_name_their_largest_campaign(summary: dict[str, Any]) -> None:
    assert summary["groups"] == [
        {"severity": "review", "n": 3, "mostly": "hidden", "purity": 2 / 3, "campaigns": 1, "honest": 1},
        {"severity": "watch", "n": 3, "mostly": "other", "purity": 2 / 3, "campaigns": 2, "honest": 0},
    ]


def test_calibration_counts_each_member_in_one_range(summary: dict[str, Any]) -> None:
    made = [(b["low"], b["high"], b["n"], round(b["stated"], 6), b["true"]) for b in summary["calibration"]]
    assert made == [
        (0.5, 0.7, 2, 1.1, 1),
        (0.7, 0.9, 0, 0, 0),
        (0.9, 0.97, 1, 0.95, 1),
        (0.97, 0.99, 1, 0.97, 1),
        (0.99, 1.0, 2, 1.99, 2),
    ]


def test_a_summary_is_plain_values(summary: dict[str, Any]) -> None:
    assert json.loads(json.dumps(summary)) == summary
