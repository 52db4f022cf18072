"""First alarms: each campaign is reported once, on the first day on which it is the majority of a report."""

from datetime import UTC, datetime
from pathlib import Path

import early
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import lab


@pytest.fixture
def world(tmp_path: Path) -> Path:
    campaigns = (lab.CampaignSpec(name="hidden", accounts=6, per_day=10.0, start_day=1),)
    lab.build(tmp_path / "world", lab.WorldSpec(days=4, accounts=30, campaigns=campaigns), seed=1)
    return tmp_path / "world"


def _scan(folder: Path, members: dict[str, list[str]], severity: str) -> None:
    folder.mkdir(parents=True)
    rows = [{"campaign_id": name, "severity": severity} for name in members]
    pq.write_table(
        pa.Table.from_pylist(rows, pa.schema([("campaign_id", "string"), ("severity", "string")])),
        folder / "campaigns.parquet",
    )
    pairs = [{"campaign_id": name, "account_id": a} for name, accounts in members.items() for a in accounts]
    pq.write_table(
        pa.Table.from_pylist(pairs, pa.schema([("campaign_id", "string"), ("account_id", "string")])),
        folder / "members.parquet",
    )


def test_the_first_majority_above_watch_is_the_alarm(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = pq.read_table(world / "truth.parquet").to_pylist()
    hidden = [row["account_id"] for row in truth if row["is_campaign"]]
    honest = [row["account_id"] for row in truth if not row["is_campaign"]]
    days = [
        ({}, "review"),
        ({"C-1": hidden}, "watch"),
        ({"C-1": [*hidden[:3], *honest[:2]]}, "review"),
        ({"C-1": hidden}, "urgent"),
    ]

    class Scan:
        def __init__(self, folder: Path) -> None:
            self.folder = folder

    def replay(*_: object, until: list[datetime], **__: object) -> object:
        assert [moment.day for moment in until] == [3, 4, 5, 6]
        for number, (members, severity) in enumerate(days):
            _scan(tmp_path / f"scan-{number}", members, severity)
            yield Scan(tmp_path / f"scan-{number}")

    monkeypatch.setattr(early.runs, "replay", replay)
    (alarm,) = early.first_alarms(world)
    assert (alarm.name, alarm.days, alarm.accounts_named, alarm.honest_named) == ("hidden", 2, 0.5, 2)
    assert 0.4 < alarm.harvest_gone < 0.9


def test_the_harvest_before_a_moment_is_counted() -> None:
    moments = np.array(["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"], "datetime64[us]")
    campaign = early._Campaign("c", datetime(2026, 3, 1, tzinfo=UTC), frozenset(), moments)
    assert campaign.gone(datetime(2026, 3, 3, tzinfo=UTC)) == 0.5
    assert campaign.gone(datetime(2026, 4, 1, tzinfo=UTC)) == 1.0
