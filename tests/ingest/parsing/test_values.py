import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from stillwatch.ingest.parsing import values


def micros(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-02T08:15:30Z",
        "2026-03-02T08:15:30+00:00",
        "2026-03-02 08:15:30",
        "2026-03-02 08:15:30 UTC",
        "2026-03-02T10:15:30.000+02:00",
        1772439330,
        1772439330.0,
        1772439330_000,
        1772439330_000_000,
        1772439330_000_000_000,
        "1772439330",
        "1772439330000000000",
        Decimal(1772439330),
        datetime(2026, 3, 2, 8, 15, 30),  # noqa: DTZ001 - a database hands out naive times
        datetime(2026, 3, 2, 10, 15, 30, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_instant_reads_every_spelling_of_one_moment(value: object) -> None:
    assert values.instant(value) == micros(2026, 3, 2, 8, 15, 30)


def test_instant_keeps_microseconds() -> None:
    assert values.instant("2026-03-02T08:15:30.123456789Z") % 1_000_000 == 123456
    assert values.instant("1772439330250000123") % 1_000_000 == 250000


@pytest.mark.parametrize("value", [0, 1, 10**30, -5, 1e300, float("inf"), float("nan"), "9" * 90])
def test_instant_outside_of_the_range_is_zero(value: object) -> None:
    assert values.instant(value) == 0


@pytest.mark.parametrize("value", ["yesterday", "", True, None, [], "2026-13-01", "1e400"])
def test_instant_refuses_what_is_no_time(value: object) -> None:
    with pytest.raises(ValueError, match=r"not a time|could not convert"):
        values.instant(value)


def test_instant_of_year_9999_is_out_of_range_not_an_error() -> None:
    assert values.instant("9999-12-31T23:59:59Z") >= values.LATEST


@pytest.mark.parametrize(("value", "read"), [(3, 3), (3.0, 3), ("3", 3), ("3.0", 3), ("", None), (math.nan, None)])
def test_whole(value: object, read: int | None) -> None:
    assert values.whole(value) == read


@pytest.mark.parametrize("value", [3.5, "three", True, [], "inf"])
def test_whole_refuses(value: object) -> None:
    with pytest.raises((ValueError, OverflowError)):
        values.whole(value)


def test_number_drops_what_is_not_finite() -> None:
    assert values.number("0.5") == 0.5
    assert values.number(math.inf) is None
    with pytest.raises(ValueError, match="not a number"):
        values.number(True)


@pytest.mark.parametrize(("value", "read"), [(True, True), (0, False), ("TRUE", True), ("f", False), ("", None)])
def test_flag(value: object, read: bool | None) -> None:
    assert values.flag(value) is read


def test_flag_refuses_numbers_beside_zero_and_one() -> None:
    with pytest.raises(ValueError, match="not a truth value"):
        values.flag(2)


def test_text_takes_bytes_and_whole_numbers_alone() -> None:
    assert values.text(b"a") == "a"
    assert values.text(12) == "12"
    for value in (b"\xff", 1.5, True, {}):
        with pytest.raises(ValueError, match=r"not text|codec"):
            values.text(value)


def test_binary_reads_base64() -> None:
    assert values.binary("AAE=") == b"\x00\x01"
    with pytest.raises(ValueError, match="not base64"):
        values.binary("no base64!")


def test_unfold_leaves_text_that_is_not_json() -> None:
    assert values.unfold('{"a": 1}') == {"a": 1}
    assert values.unfold("[draft] hello") == "[draft] hello"
    assert values.mapping("[1]") == {}


def test_first_passes_over_what_says_nothing() -> None:
    assert values.first(None, "", "-", [], {}, 0, 1) == 0
    assert values.first(None) is None


def test_numbers_of_64_bits() -> None:
    assert values.signed64(-(2**63)) == -(2**63)
    assert values.signed64("12") == 12
    assert values.signed64(f" {2**62 + 1} ") == 2**62 + 1, "text is not rounded to a float"
    assert values.signed64("-7.0") == -7
    assert values.signed64("") is None
    for wrong in (2**63, -(2**63) - 1, 1.5, True, "x", [1]):
        with pytest.raises(ValueError, match="not"):
            values.signed64(wrong)


def test_lists_of_digests() -> None:
    assert values.digests([]) == []
    assert values.digests("[1, -2]") == [1, -2]
    for wrong in (7, "7", "x", {}, [1.0], [True], [None], ["1"], [2**63], [[1]]):
        with pytest.raises(ValueError, match="not"):
            values.digests(wrong)


@pytest.mark.parametrize(
    "nothing", ["NULL", "null", "\\N", "N/A", "n/a", "#N/A", "NaN", "None", "nil", "<NA>", "[NULL]", "-"]
)
def test_spellings_of_nothing(nothing: str) -> None:
    assert values.is_nothing(f" {nothing} ")
    assert values.whole(nothing) is values.number(nothing) is values.flag(nothing) is values.moment(nothing) is None
    assert values.first(nothing, "a") == "a"
    assert values.filled(nothing, "a") == nothing, "a person can write it"


def test_words_that_hold_a_spelling_of_nothing_are_values() -> None:
    for word in ("nullable", "none of them", "NA", "0", "nilsson"):
        assert not values.is_nothing(word)
        assert values.first(word) == word


def test_filled_passes_over_what_is_empty() -> None:
    assert values.filled(None, "", [], {}, 0, 1) == 0
    assert values.filled(None, []) is None


def test_numbers_of_spreadsheets() -> None:
    assert values.whole("1,234,567") == 1_234_567
    assert values.number("0,7") == 0.7
    with pytest.raises(ValueError, match="could not convert"):
        values.whole("1,23")


def test_times_in_objects() -> None:
    moment = values.instant("2026-03-02T08:15:30.250Z")
    for told in (
        {"$date": "2026-03-02T08:15:30.250Z"},
        {"$date": {"$numberLong": "1772439330250"}},
        {"$date": 1772439330250},
        {"seconds": 1772439330, "nanos": 250_000_000},
        {"_seconds": "1772439330", "_nanoseconds": 250_000_000},
    ):
        assert values.instant(told) == moment
    for other in ({}, {"a": 1}, {"$date": {}}):
        with pytest.raises(ValueError, match="not a time"):
            values.instant(other)
    assert values.instant(date(2026, 3, 2)) == values.instant("2026-03-02")
