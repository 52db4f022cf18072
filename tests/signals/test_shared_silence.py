"""Silence: the same odd days off, not the same weekend and not the hours of a time zone."""

import random


def _days(account, days, hour=9, month=3):
    return [{"account_id": account, "at": f"2026-{month:02d}-{day:02d}T{hour:02d}:00:00+00:00"} for day in days]


ODD = (1, 2, 4, 5, 8, 9, 11, 12)


def test_few_days_and_few_gaps_say_nothing(find):
    for days in ((1, 2, 4, 6, 9), (1, 2, 3, 5, 6, 7, 8)):
        assert find("shared_silence", exchanges=_days("a", days) + _days("b", days)) == []


def test_hours_do_not_count(find):
    assert find("shared_silence", exchanges=_days("a", ODD, 1) + _days("b", ODD, 22) * 3) == [{"a", "b"}]


def test_the_same_days_of_another_month_are_other_days(find):
    assert find("shared_silence", exchanges=_days("a", ODD) + _days("b", ODD, month=4)) == []


def test_a_weekend_that_everybody_takes_weighs_less_than_odd_days(contrast):
    popular, private = contrast(
        "shared_silence", "exchanges", lambda a, v: _days(a, sorted(random.Random(v).sample(range(1, 29), 10)))
    )
    assert popular < 2
    assert private > 6
