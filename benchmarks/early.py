"""Measures how soon each campaign is reported: scans a world of the lab day by day, with a history.

Run it with ``python benchmarks/early.py WORLD [WORLD …] [--from-day 1] [--days 45]``; ``make bench-detect ONLY=early``
does the same for its own worlds. A campaign counts as raised on the first day whose scan reports a campaign above
``watch`` with a majority of its members from that campaign. The log is read and sketched once. Each day is then scanned
as the log was at midnight, and spends its part of the error rate. ``--from-day`` skips the days before a campaign
begins: this is faster, and it spends less of the error rate than a history with these days.

Prints one Markdown row per campaign: the days since its begin, the share of its accounts that were named, the share of
its exchanges before the alarm, and the honest accounts named on that day.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from stillwatch import runs, settings


@dataclass(frozen=True)
class Alarm:
    """The first report of a campaign: days since its begin, and shares of its accounts and of its harvest."""

    name: str
    days: int
    accounts_named: float
    """Share of all accounts that the campaign ever has."""
    harvest_gone: float
    honest_named: int
    """Accounts outside every campaign that were named above ``watch`` on that day."""


@dataclass(frozen=True)
class _Campaign:
    name: str
    begins: datetime
    accounts: frozenset[str]
    moments: npt.NDArray[np.datetime64]

    def gone(self, moment: datetime) -> float:
        """Return the share of its exchanges before *moment*."""
        return float(np.searchsorted(self.moments, np.datetime64(moment.replace(tzinfo=None)))) / len(self.moments)


def main() -> None:
    """Print one row per campaign of every world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("worlds", type=Path, nargs="+", metavar="WORLD", help="a folder that lab build made")
    parser.add_argument("--from-day", type=int, default=1, help="the first day at whose end to scan")
    parser.add_argument("--days", type=int, default=None, help="the last day (default: the end of the world)")
    arguments = parser.parse_args()
    headings = "world", "campaign", "first alarm, days", "accounts named", "harvest gone", "honest accounts named"
    print(f"| {' | '.join(headings)} |\n{'|---' * len(headings)}|")
    for world in arguments.worlds:
        alarms = {alarm.name: alarm for alarm in first_alarms(world, arguments.from_day, arguments.days)}
        for campaign in _campaigns(world):
            alarm = alarms.get(campaign.name)
            cells = (
                (str(alarm.days), f"{alarm.accounts_named:.1%}", f"{alarm.harvest_gone:.1%}", str(alarm.honest_named))
                if alarm
                else ("none", "–", "–", "–")
            )
            print(f"| {world.name} | {campaign.name} | {' | '.join(cells)} |", flush=True)


def first_alarms(world: Path, from_day: int = 1, last_day: int | None = None) -> Iterator[Alarm]:
    """Yield the first alarm of each campaign of *world* in order of time; campaigns never raised are left out."""
    card = json.loads((world / "world.json").read_text(encoding="utf-8"))["spec"]
    start = datetime.combine(date.fromisoformat(card["start"]), datetime.min.time(), tzinfo=UTC)
    days = range(from_day, (last_day or card["days"]) + 1)
    waiting = _campaigns(world)
    everyone = frozenset[str]().union(*(c.accounts for c in waiting))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = runs.replay(
            [str(world / "exchanges")],
            Path(folder) / "out",
            settings=settings.load(environment={}),
            until=[start + timedelta(days=day) for day in days],
            accounts=str(world / "accounts.parquet"),
            history=Path(folder) / "history",
        )
        for day, scan in zip(days, found, strict=False):
            moment = start + timedelta(days=day)
            groups = _above_watch(scan.folder)
            print(f"{world.name} day {day}: {len(groups)} reported, {time.monotonic() - began:.0f} s", file=sys.stderr)
            named = frozenset[str]().union(*groups)
            for campaign in [c for c in waiting if any(2 * len(g & c.accounts) > len(g) for g in groups)]:
                waiting.remove(campaign)
                share = len(named & campaign.accounts) / len(campaign.accounts)
                gone = campaign.gone(moment)
                yield Alarm(campaign.name, (moment - campaign.begins).days, share, gone, len(named - everyone))
            if not waiting:
                break


def _campaigns(world: Path) -> list[_Campaign]:
    spec = json.loads((world / "world.json").read_text(encoding="utf-8"))["spec"]
    start = datetime.combine(date.fromisoformat(spec["start"]), datetime.min.time(), tzinfo=UTC)
    truth = pq.read_table(world / "truth.parquet")
    groups: dict[str, set[str]] = {}
    for account, group, hidden in zip(
        *(truth.column(name).to_pylist() for name in ("account_id", "group", "is_campaign")), strict=True
    ):
        if hidden:
            groups.setdefault(group, set()).add(account)
    begins = {c["name"] or c["family"]: start + timedelta(days=c["start_day"]) for c in spec["campaigns"]}
    log = ds.dataset(world / "exchanges", format="parquet")
    moments: dict[str, npt.NDArray[np.datetime64]] = {}
    for name, accounts in groups.items():
        rows = log.to_table(columns=["at"], filter=ds.field("account_id").isin(sorted(accounts)))
        moments[name] = np.sort(rows.column("at").cast("timestamp[us]").to_numpy())
    return [_Campaign(name, begins[name], frozenset(groups[name]), moments[name]) for name in sorted(groups)]


def _above_watch(folder: Path) -> list[frozenset[str]]:
    rows = pq.read_table(folder / "campaigns.parquet", columns=["campaign_id", "severity"]).to_pylist()
    severity = {row["campaign_id"]: row["severity"] for row in rows}
    members: dict[str, set[str]] = {}
    for row in pq.read_table(folder / "members.parquet", columns=["campaign_id", "account_id"]).to_pylist():
        if severity[row["campaign_id"]] != "watch":
            members.setdefault(row["campaign_id"], set()).add(row["account_id"])
    return [frozenset(accounts) for accounts in members.values()]


if __name__ == "__main__":
    main()
