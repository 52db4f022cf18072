"""The last hour's requests by account, or the accounts of the last scan."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.enforcement.publishing.breadth import Traffic
from stillwatch.enforcement.publishing.recent_traffic import recent_traffic
from stillwatch.errors import InputError


@pytest.fixture
def now():
    return datetime.now(UTC)


def test_the_requests_of_the_last_hour_are_counted(desk, tmp_path, now):
    folder = tmp_path / "log" / "2026-03-02"
    folder.mkdir(parents=True)
    at = [now - timedelta(minutes=minutes) for minutes in (5, 59, 61, 1)]
    rows = pa.table({"account_id": ["a", "a", "a", "b"], "at": pa.array(at, pa.timestamp("us", "UTC")), "x": [1] * 4})
    pq.write_table(rows, folder / "part.parquet")
    assert recent_traffic(desk, tmp_path / "log", now) == Traffic({"a": 2, "b": 1}, 0)


def test_a_folder_of_nothing_is_no_traffic(desk, tmp_path, now):
    assert recent_traffic(desk, tmp_path, now) == Traffic({}, 0)


@pytest.mark.parametrize("name", ["nowhere", "bad"])
def test_what_cannot_be_read_is_told(desk, tmp_path, now, name):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "part.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match=r"gateway\.traffic"):
        recent_traffic(desk, tmp_path / name, now)


def test_without_a_folder_the_accounts_of_the_last_scan_count(desk, now):
    assert recent_traffic(desk, None, now) == Traffic(None, 0)
