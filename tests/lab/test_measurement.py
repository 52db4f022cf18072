import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from stillwatch import lab
from stillwatch.errors import InputError
from stillwatch.lab.measurement import wilson


def _world(folder: Path) -> Path:
    rows = [(f"c{i}", "natural_worklist", "hidden", True) for i in range(10)]
    rows += [(f"d{i}", "fixed_frame", "second", True) for i in range(4)]
    rows += [(f"s{i}", "company_seats", "seats", False) for i in range(5)]
    rows += [(f"h{i}", "chat", "", False) for i in range(95)]
    columns = dict(zip(("account_id", "kind", "group", "is_campaign"), map(list, zip(*rows, strict=True)), strict=True))
    pq.write_table(pa.table(columns), folder / "truth.parquet")
    return folder


def _scan(folder: Path, campaigns: list[tuple[str, str, float]], members: list[tuple[str, str, float]]) -> Path:
    types = [("campaign_id", pa.string()), ("severity", pa.string()), ("q_value", pa.float64())]
    pq.write_table(
        pa.Table.from_pylist(
            [dict(zip(("campaign_id", "severity", "q_value"), c, strict=True)) for c in campaigns],
            schema=pa.schema(types),
        ),
        folder / "campaigns.parquet",
    )
    types = [("campaign_id", pa.string()), ("account_id", pa.string()), ("p_member", pa.float64())]
    pq.write_table(
        pa.Table.from_pylist(
            [dict(zip(("campaign_id", "account_id", "p_member"), m, strict=True)) for m in members],
            schema=pa.schema(types),
        ),
        folder / "members.parquet",
    )
    return folder


@pytest.fixture
def measured(tmp_path: Path) -> lab.Measurement:
    members = [("A", f"c{i}", 0.9) for i in range(8)] + [("A", "c8", 0.4), ("A", "h0", 0.7), ("A", "h1", 0.2)]
    members += [("B", "c9", 0.8), ("B", "s0", 0.9), ("B", "s1", 0.9), ("B", "h2", 0.9)]
    campaigns = [("B", "watch", 0.009), ("A", "urgent", 0.001)]
    return lab.measure(_scan(tmp_path, campaigns, members), _world(tmp_path))


def test_recall_counts_probable_members(measured: lab.Measurement) -> None:
    hidden = measured.campaigns[0]
    assert (hidden.name, hidden.family, hidden.severity, hidden.q_value) == (
        "hidden",
        "natural_worklist",
        "urgent",
        0.001,
    )
    assert (hidden.above_watch.n, hidden.above_watch.of) == (8, 10)
    assert hidden.any_severity.n == 9
    assert hidden.found
    assert hidden.in_pieces == 2
    assert hidden.purity == pytest.approx(8 / 9)


def test_a_missed_campaign_is_reported_as_missed(measured: lab.Measurement) -> None:
    second = measured.campaigns[1]
    assert not second.found
    assert second.severity is second.reported_as is second.purity is None
    assert second.any_severity.rate == 0


def test_honest_rates_are_over_all_honest_accounts(measured: lab.Measurement) -> None:
    assert (measured.honest_above_watch.n, measured.honest_above_watch.of) == (1, 100)
    assert measured.honest_any_severity.n == 4


def test_lookalikes_state_the_highest_severity(measured: lab.Measurement) -> None:
    seats = measured.lookalikes[0]
    assert (seats.name, seats.family, seats.highest) == ("seats", "company_seats", "watch")
    assert (seats.any_severity.n, seats.any_severity.of, seats.above_watch.n) == (2, 5, 0)


def test_reported_campaigns_come_worst_first(measured: lab.Measurement) -> None:
    assert [r.campaign_id for r in measured.reported] == ["A", "B"]
    assert measured.reported[0].mostly == "hidden"
    assert measured.reported[1].purity == 0.25


def test_a_measurement_can_be_serialised_and_shown(measured: lab.Measurement) -> None:
    assert json.loads(measured.to_json())["campaigns"][0]["above_watch"]["n"] == 8
    console = Console(record=True, width=200, file=io.StringIO())
    console.print(lab.show(measured))
    assert "8 of 10 (80.00%, 49.02-94.33)" in console.export_text()


def test_wilson_has_known_values() -> None:
    rate = wilson(8, 10)
    assert (rate.low, rate.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert wilson(0, 50).low == 0.0
    assert wilson(50, 50).high == 1.0


def test_an_impure_or_small_report_is_not_found(tmp_path: Path) -> None:
    members = [("A", f"c{i}", 1.0) for i in range(4)]
    assert not lab.measure(_scan(tmp_path, [("A", "review", 0.01)], members), _world(tmp_path)).campaigns[0].found
    members = [("A", f"c{i}", 1.0) for i in range(6)] + [("A", f"h{i}", 1.0) for i in range(7)]
    assert not lab.measure(_scan(tmp_path, [("A", "review", 0.01)], members), tmp_path).campaigns[0].found


def test_nothing_reported(tmp_path: Path) -> None:
    result = lab.measure(_scan(tmp_path, [], []), _world(tmp_path))
    assert result.honest_above_watch.n == 0
    assert not result.reported


def test_other_names_and_missing_tables_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        lab.measure(tmp_path, tmp_path)
    with pytest.raises(InputError, match="no account of the scan is in the world"):
        lab.measure(_scan(tmp_path, [("A", "watch", 0.1)], [("A", "zz", 0.9)]), _world(tmp_path))
