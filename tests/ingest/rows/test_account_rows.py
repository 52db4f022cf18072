from datetime import UTC, datetime
from typing import Any

import pytest

from stillwatch.ingest.parsing.format import RowFault
from stillwatch.ingest.rows.account_rows import AccountRows, BrokenRow
from stillwatch.ingest.rows.identifiers import Identifiers

FEBRUARY = 1_769_904_000_000_000


def rows(**options: Any) -> AccountRows:
    return AccountRows(Identifiers(options.pop("key", "")), **options)


def told(found: AccountRows, *records: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [fact[:3] for i, record in enumerate(records, start=1) for fact in found.melt(i, record)]


@pytest.mark.parametrize(
    "nothing", ["", " ", "NULL", "null", "\\N", "N/A", "#N/A", "NaN", "None", "nil", "-", "NA", "<NA>"]
)
def test_a_spelling_of_nothing_is_no_fact(nothing: str) -> None:
    found = rows()
    record = {"account_id": "a", "payment_fingerprint": nothing, "closed_at": nothing, "organization_id": nothing}
    assert found.melt(1, record) == []
    assert list(found.notices()) == []


def test_words_that_mean_something_in_their_column_stay() -> None:
    record = {"account_id": "a", "verification": "none", "declared_country": "NA", "plan": "none"}
    assert told(rows(), record) == [("a", "verification", "none"), ("a", "declared_country", "NA")]


@pytest.mark.parametrize("missing", [None, "", "NULL", "N/A", float("nan")])
def test_a_row_without_an_account(missing: Any) -> None:
    with pytest.raises(BrokenRow, match="account_id is missing"):
        rows().melt(1, {"account_id": missing, "plan": "free"})
    with pytest.raises(BrokenRow, match="no JSON"):
        rows().melt(1, RowFault("no JSON"))


@pytest.mark.parametrize(
    "written",
    [
        *("2026-02-01", "01.02.2026", "2026/02/01", "Feb 1, 2026", "1769904000000", "46054", 46054, 1769904000),
        datetime(2026, 2, 1, tzinfo=UTC),
        {"$date": "2026-02-01T00:00:00Z"},
    ],
)
def test_a_date_as_spreadsheets_and_databases_write_it(written: Any) -> None:
    assert rows().melt(1, {"account_id": "a", "created_at": written}) == [
        ("a", "created_at", "2026-02-01T00:00:00Z", FEBRUARY)
    ]


@pytest.mark.parametrize("never", ["0000-00-00 00:00:00", "0001-01-01T00:00:00Z", "9999-12-31", "infinity", 0])
def test_what_never_happened_is_no_time(never: Any) -> None:
    found = rows()
    assert found.melt(1, {"account_id": "a", "closed_at": never}) == []
    assert list(found.notices()) == []


def test_a_bad_value_costs_itself_alone_and_is_told() -> None:
    found = rows()
    facts = told(
        found,
        {"account_id": "a", "created_at": "secret", "plan": "free"},
        {"account_id": "b", "created_at": "03/04/2026", "plan": "pro"},
        {"account_id": "c", "created_at": "1998-01-01", "limits": {"secret": 1}, "plan": "pro"},
    )
    assert facts == [("a", "plan", "free"), ("b", "plan", "pro"), ("c", "plan", "pro")]
    notices = list(found.notices())
    assert len(notices) == 3
    assert "2 values of created_at cannot be read as a time" in notices[0]
    assert "the first in row 1" in notices[0]
    assert "created_at do not tell the day from the month" in notices[1]
    assert "limits are nested" in notices[2]
    assert not any("secret" in notice for notice in notices)


def test_several_rows_of_an_account_are_joined_and_told() -> None:
    found = rows()
    first = {"account_id": "a", "created_at": "2026-02-01", "plan": "free", "payment_fingerprint": "c-1", "phone": "p"}
    other = {"account_id": "a", "created_at": "2026-03-01", "plan": "pro", "payment_fingerprint": "c-2", "phone": "p"}
    assert len(found.melt(1, first)) == 4
    assert found.melt(2, other) == [("a", "payment_fingerprint", "c-2", FEBRUARY)]
    assert found.melt(3, first) == found.melt(4, other) == []
    further, copies = found.notices()
    assert "1 rows tell more" in further
    assert "2 rows repeat" in copies


def test_a_later_row_can_tell_what_the_first_one_left_out() -> None:
    found = rows()
    assert found.melt(1, {"account_id": "a", "plan": "free"}) == [("a", "plan", "free", None)]
    assert found.melt(2, {"account_id": "a", "created_at": "2026-02-01"})[0][1] == "created_at"


def test_accounts_outside_the_log_keep_their_end_alone() -> None:
    found = rows(logged={"a"})
    record = {"payment_fingerprint": "c-1", "created_at": "2026-01-01", "closed_at": "2026-02-01"}
    assert len(found.melt(1, {"account_id": "a", **record})) == 3
    assert found.melt(2, {"account_id": "b", **record}) == [("b", "closed_at", "2026-02-01T00:00:00Z", None)]
    assert found.melt(3, {"account_id": "c", **record, "closed_at": "NULL"}) == []
    assert list(found.notices()) == []


def test_a_file_of_other_accounts_is_told() -> None:
    found = rows(logged={"acct-1"})
    found.melt(1, {"account_id": "1", "plan": "free"})
    assert "none of its 1 rows is of an account in the log" in next(found.notices())


def test_a_key_hashes_before_the_log_is_asked() -> None:
    hashed = Identifiers("k").hash("account_id", "a")
    found = rows(key="k", logged={hashed})
    assert told(found, {"account_id": "a", "plan": "free"}) == [(hashed, "plan", "free")]
