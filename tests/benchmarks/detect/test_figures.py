"""Counts, intervals, and the comparison of a figure with its target."""

import pytest
from detect.figures import NOT_RUN, Share, Target, added, mean_interval, percent, share, spread, tally


@pytest.mark.parametrize(("n", "of"), [(0, 10), (10, 10), (1, 3), (147, 148), (2, 21_010)])
def test_the_interval_is_that_of_wilson(n: int, of: int) -> None:
    assert Share(n, of).rate == n / of
    low, high = Share(n, of).interval()
    for bound in (low, high):
        # by definition, the measured share is 1.96 standard errors of each bound away from that bound
        assert abs(n / of - bound) == pytest.approx(1.959964 * (bound * (1 - bound) / of) ** 0.5, rel=1e-6)
    assert low <= n / of <= high
    assert high > low


def test_a_share_of_nothing_has_the_full_interval() -> None:
    assert (Share(0, 0).rate, Share(0, 0).interval()) == (0.0, (0.0, 1.0))


def test_a_share_is_shown_with_its_counts_and_interval() -> None:
    assert Share(0, 21_010).shown() == "0 of 21,010 (0%–0.01828%)"
    assert Share(1_500, 1_500).shown() == "1,500 of 1,500 (99.74%–100%)"
    assert Share(0, 0).shown() == "–"


def test_counts_add_up() -> None:
    assert share([(1, 4), (2, 5)]) == Share(3, 9)
    assert added([{"above": 1, "of": 4, "any": 2}, {"above": 2, "of": 5, "any": 5}]) == Share(3, 9)
    assert added([{"above": 1, "of": 4, "any": 2}], "any", "above") == Share(2, 1)
    assert tally([True, False, True]) == Share(2, 3)
    assert tally([]) == added([]) == Share(0, 0)


def test_a_mean_over_seeds_has_students_interval() -> None:
    # the 97.5% point of Student's t with two degrees of freedom is 4.302653
    assert mean_interval([1.0, 2.0, 3.0]) == pytest.approx((2.0, 2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5))
    assert mean_interval([4.0, 4.0]) == (4.0, 4.0, 4.0)
    assert mean_interval([7.0]) == (7.0, float("-inf"), float("inf"))


def test_small_shares_keep_their_figures() -> None:
    assert [percent(v) for v in (1e-4, 0.0, 1.0, 0.99321)] == ["0.01%", "0%", "100%", "99.32%"]
    assert spread([12.0]) == "12"
    assert spread([1_200.0, 1_000.0, 1_100.0]) == "1,100 (1,000–1,200)"


def test_a_minimum_share() -> None:
    assert Target.at_least("w", "accounts", Share(99, 100), 0.99, "0 of 9") == Target(
        "w", "accounts", "99% (99 of 100)", "94.55%–99.82%", "≥ 99%", "met", "0 of 9"
    )
    assert Target.at_least("w", "accounts", Share(120, 200), 0.9).outcome == "short by 30 points"
    assert Target.at_least("w", "accounts", Share(147, 150), 0.99).outcome == "short by 1 points"
    assert Target.at_least("w", "accounts", Share(989, 1_000), 0.99).outcome == "short by 0.1 points"


def test_a_maximum_share() -> None:
    assert Target.at_most("w", "honest", Share(2, 20_000), 1e-4) == Target(
        "w", "honest", "0.01% (2 of 20,000)", "0.002742%–0.03646%", "≤ 0.01%", "met"
    )
    assert Target.at_most("w", "honest", Share(5, 20_000), 1e-4).outcome == "short by 0.015 points"
    assert Target.at_most("w", "honest", Share(0, 9), 0.0).required == "none"
    assert Target.at_most("w", "honest", Share(1, 100_000), 0.0).outcome == "short by 0.001 points"


@pytest.mark.parametrize("make", [Target.at_least, Target.at_most])
def test_nothing_to_count_is_not_met(make) -> None:
    assert make("w", "x", Share(0, 0), 0.5).outcome == make("w", "x", Share(0, 0), 0.5).measured == NOT_RUN
    ran = make("w", "x", Share(0, 0), 0.5, "0 of 20,000")
    assert (ran.measured, ran.outcome, ran.false_positives) == ("nothing to count", "–", "0 of 20,000")


def test_the_worst_seed_counts() -> None:
    def days(values: list[float], of: int) -> tuple[str, str, str]:
        target = Target.of_values("w", "days", values, 7, " days", of=of)
        assert target.required == "≤ 7 days"
        return target.measured, target.interval, target.outcome

    assert days([3, 7, 2], 3) == ("7 days at worst", "2–7 days, mean 4", "met")
    assert days([3, 9.5], 2) == ("9.5 days at worst", "3–9.5 days, mean 6.25", "short by 2.5 days")
    assert days([1], 3) == ("never in 2 of 3 seeds", "1–1 days, mean 1", "short: missing in 2 of 3 seeds")
    assert days([], 2) == ("never in 2 of 2 seeds", "–", "short: missing in 2 of 2 seeds")
    assert days([], 0) == (NOT_RUN, "", NOT_RUN)
