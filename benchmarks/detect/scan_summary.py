"""Summarises what a scan found in a world, as plain counts that add up over seeds."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from stillwatch import lab

__all__ = ["ENOUGH", "summarise"]

ENOUGH = 30
"""Minimum exchanges of an account for targets that count "accounts with 30 exchanges or more"."""
_TINY = 1e-3
_COLUMN = {
    "payment": "payment_fingerprint",
    "phone": "phone_digest",
    "device": "device_fingerprint",
    "referrer": "referrer",
    "email_domain": "email_domain",
}


def summarise(scan: Path, world: Path) -> dict[str, Any]:
    """Return the findings of the folder *scan* in the folder *world*: campaigns, look-alikes, honest accounts, groups.

    ``of_enough`` counts accounts with at least ``ENOUGH`` exchanges. ``of_sharing`` counts accounts that share a value
    of every shared family with another account of the campaign. The families client and sign-up are ignored for that,
    because they are not attributes of an account.
    """
    measured = lab.measure(scan, world)
    group, honest = _truth(world)
    members = pq.read_table(scan / "members.parquet", columns=["campaign_id", "account_id", "p_member"]).to_pylist()
    severity = {r.campaign_id: r.severity for r in measured.reported}
    above = {
        m["account_id"] for m in members if m["p_member"] >= 0.5 and severity.get(m["campaign_id"], "watch") != "watch"
    }
    asked, sharing = _exchanges(world), _sharing(world, group)
    campaigns = []
    for c in measured.campaigns:
        ours = {a for a, name in group.items() if name == c.name}
        busy, linked = {a for a in ours if asked.get(a, 0) >= ENOUGH}, sharing.get(c.name, set())
        campaigns.append(
            {
                "name": c.name,
                "family": c.family,
                "above": len(ours & above),
                "of": len(ours),
                "any": c.any_severity.n,
                "above_enough": len(busy & above),
                "of_enough": len(busy),
                "above_sharing": len(linked & above),
                "of_sharing": len(linked),
                "found": c.found,
                "severity": c.severity,
                "q_value": c.q_value,
                "purity": c.purity,
                "in_pieces": c.in_pieces,
            }
        )
    suspected = {m["account_id"] for m in members if m["p_member"] > _TINY} & honest.keys()
    return {
        "campaigns": campaigns,
        "lookalikes": [
            {
                "name": look.name,
                "family": look.family,
                "highest": look.highest,
                "above": look.above_watch.n,
                "any": look.any_severity.n,
                "of": look.any_severity.of,
                "suspected": sum(honest[a] == look.name for a in suspected),
            }
            for look in measured.lookalikes
        ],
        "honest": {
            "above": measured.honest_above_watch.n,
            "any": measured.honest_any_severity.n,
            "of": measured.honest_above_watch.of,
            "suspected": len(suspected),
        },
        "groups": _groups(members, severity, group),
        "calibration": _calibration(members, group),
    }


def _truth(world: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the campaign of each campaign account, and the look-alike of each honest account ("" for none)."""
    columns = pq.read_table(world / "truth.parquet", columns=["account_id", "group", "is_campaign"]).to_pylist()
    hidden = {row["account_id"]: row["group"] for row in columns if row["is_campaign"]}
    return hidden, {row["account_id"]: row["group"] or "" for row in columns if not row["is_campaign"]}


def _exchanges(world: Path) -> dict[str, int]:
    """Return the number of exchanges of each campaign account."""
    with duckdb.connect(config={"threads": 1}) as db:
        counted = db.execute(
            "SELECT t.account_id, COUNT(*) FROM read_parquet($log) AS e JOIN read_parquet($truth) AS t "
            "ON t.account_id = e.account_id WHERE t.is_campaign GROUP BY 1",
            {"log": f"{world}/exchanges/*.parquet", "truth": f"{world}/truth.parquet"},
        ).fetchall()
    return dict(counted)


def _sharing(world: Path, group: dict[str, str]) -> dict[str, set[str]]:
    spec = json.loads((world / "world.json").read_text(encoding="utf-8"))["spec"]
    accounts = pq.read_table(world / "accounts.parquet").to_pylist()
    found: dict[str, set[str]] = {}
    for campaign in spec["campaigns"]:
        name = campaign["name"] or campaign["family"]
        columns = [_COLUMN[family] for family in campaign["shared"] if family in _COLUMN]
        ours = [row for row in accounts if group.get(row["account_id"]) == name]
        counts = {column: Counter(row[column] for row in ours if row[column] is not None) for column in columns}
        if columns:
            found[name] = {r["account_id"] for r in ours if all(counts[c][r[c]] > 1 for c in columns)}
    return found


def _groups(members: list[dict[str, Any]], severity: dict[str, str], group: dict[str, str]) -> list[dict[str, Any]]:
    """Return each reported group with the share of its largest true campaign and the number of campaigns in it."""
    inside: dict[str, Counter[str]] = {name: Counter() for name in severity}
    for row in members:
        if row["p_member"] >= 0.5:
            inside[row["campaign_id"]][group.get(row["account_id"], "")] += 1
    made = []
    for name, counts in sorted(inside.items()):
        of, true = sum(counts.values()), {campaign: n for campaign, n in counts.items() if campaign}
        made.append(
            {
                "severity": severity[name],
                "n": of,
                "mostly": max(sorted(true), key=lambda campaign: true[campaign], default=""),
                "purity": max(true.values(), default=0) / of if of else 0.0,
                "campaigns": len(true),
                "honest": counts.get("", 0),
            }
        )
    return made


def _calibration(members: list[dict[str, Any]], group: dict[str, str]) -> list[dict[str, float]]:
    """Return, per range of ``p_member``: the number of members, the sum of ``p_member``, and the campaign accounts."""
    edges = (0.5, 0.7, 0.9, 0.97, 0.99, 1.0)
    made = []
    for low, high in pairwise(edges):
        rows = [m for m in members if low <= m["p_member"] < high or (high == 1.0 == m["p_member"])]
        stated, true = sum(m["p_member"] for m in rows), sum(m["account_id"] in group for m in rows)
        made.append({"low": low, "high": high, "n": len(rows), "stated": stated, "true": true})
    return made
