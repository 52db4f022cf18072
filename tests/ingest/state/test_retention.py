import random
from datetime import date, timedelta

import pytest

from stillwatch.ingest.state.retention import first_kept_day, outlier

START = date(2026, 3, 1)


def _days(*numbers: int) -> set[date]:
    return {START + timedelta(days=number) for number in numbers}


@pytest.mark.parametrize(
    ("days", "keep", "first"),
    [
        ([], 3, None),
        ([0], 3, None),
        (range(10), 0, None),
        (range(10), 3, 6),
        (range(10), 1, 8),
        (range(3), 30, -28),
        ([0, 1, 40], 30, -29),
        ([0, 1, 40, 41], 30, 11),
        ([0, 30], 30, 0),
    ],
)
def test_the_first_day_to_keep(days: list[int], keep: int, first: int | None) -> None:
    expected = None if first is None else START + timedelta(days=first)
    assert first_kept_day(_days(*days), keep) == expected


def test_one_row_of_next_year_costs_nothing_and_is_told() -> None:
    days = _days(*range(10))
    wrong = date(2099, 12, 31)
    assert first_kept_day({*days, wrong}, 3) == first_kept_day(days, 3)
    assert outlier({*days, wrong}, 3) == wrong
    assert outlier(days, 3) is None
    assert outlier({*days, wrong}, 0) is None
    assert outlier({wrong}, 3) is None


def test_more_days_never_move_it_back() -> None:
    drawn = random.Random(4)
    for _ in range(50):
        order = [drawn.randrange(120) for _ in range(40)]
        found = [first_kept_day(_days(*order[:n]), 7) or date.min for n in range(len(order) + 1)]
        assert found == sorted(found)
