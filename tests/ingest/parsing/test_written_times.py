from datetime import UTC, datetime, timedelta

import pytest

from stillwatch.ingest.parsing.written_times import UnclearDate, of_text, serial_day


def micros(*parts: int, micro: int = 0) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1_000_000 + micro


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02 08:15:30,000",
        "2026-03-02T08:15:30+0000",
        "2026-03-02 08:15:30 +0000",
        "2026-03-02 08:15:30.000 +00:00",
        "2026-03-02 08:15:30 +0000 UTC m=+0.031",
        "2026-03-02 00:15:30 -0800",
        "2026-03-02T09:15:30+01:00[Europe/Berlin]",
        "2026-03-02T08:15:30Z[UTC]",
        "2026-03-02-08.15.30.000000",
        "2026-3-2 8:15:30",
        "2026/03/02 08:15:30",
        "20260302T081530Z",
        "20260302081530",
        "02/Mar/2026:08:15:30 +0000",
        "[02/Mar/2026:09:15:30 +0100]",
        "02-MAR-26 08.15.30.000000 AM",
        "Mon, 02 Mar 2026 08:15:30 GMT",
        "Mon, 2 Mar 2026 03:15:30 -0500 (EST)",
        "Mon Mar  2 08:15:30 2026",
        "Mon Mar 02 09:15:30 CET 2026",
        "Mon Mar 02 2026 09:15:30 GMT+0100 (Central European Standard Time)",
        "Mar 2, 2026 @ 08:15:30.000",
        "March 2, 2026 at 8:15:30 AM UTC",
        "2 March 2026 08:15:30",
        "/Date(1772439330000)/",
        "\\/Date(1772439330000+0100)\\/",
        "1772439330",
        "1772439330,0",
        "1.77243933E9",
    ],
)
def test_spellings_of_one_moment(written: str) -> None:
    assert of_text(written) == micros(2026, 3, 2, 8, 15, 30)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("3/15/2026, 8:15:30 PM", (2026, 3, 15, 20, 15, 30)),
        ("15/03/2026 12:05 AM", (2026, 3, 15, 0, 5)),
        ("05/05/2026", (2026, 5, 5)),
        ("01.02.2026", (2026, 2, 1)),
        ("Feb 1, 2026", (2026, 2, 1)),
        ("2026/02/01", (2026, 2, 1)),
        ("20260201", (2026, 2, 1)),
        ("2001010112030", (2033, 5, 29, 20, 8, 32)),
    ],
)
def test_dates_and_halves_of_a_day(written: str, moment: tuple[int, ...]) -> None:
    assert of_text(written) // 1_000_000 == micros(*moment) // 1_000_000


@pytest.mark.parametrize("written", ["03/04/2026", "3-4-2026 08:15", "12/11/2026, 8:15 PM"])
def test_a_date_that_can_be_read_in_two_ways_is_none(written: str) -> None:
    with pytest.raises(UnclearDate):
        of_text(written)


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "2026-02-30",
        "0000-00-00 00:00:00",
        "2026-03-02 08:15:30 CST",  # in America and in China
        "2026-03-02 25:15",
        "3/15/2026 13:15 PM",
        "Mar 2 08:15:30",
        "1.77244E+12",  # a spreadsheet rounded it to hours
        "2026-03-02" + " " * 200 + "x",
    ],
)
def test_what_is_no_time_is_an_error(written: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        of_text(written)


def test_fractions_are_cut_to_microseconds() -> None:
    assert of_text("2026-03-02 08:15:30.123456789 UTC") == micros(2026, 3, 2, 8, 15, 30, micro=123456)


def test_days_of_a_spreadsheet() -> None:
    for days, passed in ((46054, timedelta()), (46054.75, timedelta(hours=18))):
        assert serial_day(str(days)) == micros(2026, 2, 1) + int(passed.total_seconds()) * 1_000_000
    for other in ("20000", "1772439330", "x", ""):
        assert serial_day(other) is None
