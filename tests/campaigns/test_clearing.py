"""Accounts that people found innocent, and for how long that says something."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.campaigns.clearing import cleared, read
from stillwatch.errors import InputError
from stillwatch.tables import JUDGED

END = datetime(2026, 6, 1, tzinfo=UTC)


def _judged(*rows):
    full = [
        {"account_id": a, "case_id": 1, "verdict": v, "overturned": False, "decided_at": END - timedelta(days=d)} | more
        for a, v, d, more in (row if len(row) == 4 else (*row, {}) for row in rows)
    ]
    return pa.Table.from_pylist(full, schema=JUDGED.schema)


def test_the_innocent_are_cleared_for_a_while_and_nobody_else_is():
    judged = _judged(("a", "innocent", 0), ("b", "confirmed", 0), ("c", "innocent", 30), ("d", "innocent", 31))
    found = cleared(judged, END, 30)
    assert found.accounts == {"a", "c"}
    assert found.n_past == 1


def test_a_decision_about_a_log_that_ended_before_it_counts():
    assert cleared(_judged(("a", "innocent", -40)), END, 0).accounts == {"a"}


def test_the_youngest_of_several_decisions_counts():
    found = cleared(_judged(("a", "innocent", 400), ("a", "innocent", 2)), END, 30)
    assert (found.accounts, found.n_past) == ({"a"}, 0)


def test_who_was_confirmed_later_is_no_longer_innocent_unless_an_appeal_said_so():
    later = ("a", "innocent", 20), ("a", "confirmed", 10)
    assert cleared(_judged(*later), END, 30).accounts == set()
    assert cleared(_judged(*reversed(later)), END, 30).accounts == set()
    appealed = ("a", "innocent", 20, {"overturned": True}), ("a", "confirmed", 10)
    assert cleared(_judged(*appealed), END, 30).accounts == {"a"}


def test_a_decision_holds_until_it_expires():
    ends = {"expires_at": END - timedelta(days=1)}
    found = cleared(_judged(("a", "innocent", 5, ends), ("b", "innocent", 5, {"expires_at": None})), END, 30)
    assert (found.accounts, found.n_past) == ({"b"}, 1)


def test_a_file_is_read_and_what_is_wrong_with_one_is_told(tmp_path):
    pq.write_table(_judged(("secret-account", "innocent", 0)), tmp_path / "judged.parquet")
    assert read(tmp_path / "judged.parquet").column("account_id").to_pylist() == ["secret-account"]
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none.parquet")
    (tmp_path / "text.parquet").write_text("not Parquet")
    with pytest.raises(InputError, match="not a readable table judged"):
        read(tmp_path / "text.parquet")
    pq.write_table(_judged().drop_columns(["verdict", "decided_at"]), tmp_path / "short.parquet")
    with pytest.raises(InputError, match="verdict and decided_at missing"):
        read(tmp_path / "short.parquet")
    odd = _judged(("secret-account", "innocent", 0))
    odd = odd.set_column(odd.schema.get_field_index("decided_at"), "decided_at", pa.array(["soon"]))
    pq.write_table(odd, tmp_path / "odd.parquet")
    with pytest.raises(InputError, match="another type") as told:
        read(tmp_path / "odd.parquet")
    assert "secret-account" not in told.value.sentence()
