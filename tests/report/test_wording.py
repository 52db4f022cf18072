from datetime import UTC, datetime, timedelta, timezone

import pytest

from stillwatch.cases.decisions.chances import GroupChances
from stillwatch.report import wording


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999_499, "999,499"), (999_999, "1 million"), (1_234_567, "1.23 million"), (28_800_000, "28.8 million"),
     (999_999_999, "1 billion"), (3_000_000_000_000, "3 trillion")],
)  # fmt: skip
def test_amounts_are_read_aloud(number, text):
    assert wording.amount(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0"), (0.00012, "1.2e-04"), (0.0481, "0.048"), (0.5, "0.5"), (55.8, "55.8"), (412.4, "412"), (99.96, "100"),
     (1000.0, "1,000"), (2_500_000.0, "2.5 million"), (float("nan"), "not known"), (float("inf"), "not known")],
)  # fmt: skip
def test_measures_keep_three_digits_and_no_exponent_where_one_can_do_without(number, text):
    assert wording.measure(number) == text


@pytest.mark.parametrize(
    ("q", "text"),
    [(6.2e-5, "0.000062"), (0.0061, "0.0061"), (0.2, "0.2"), (1.0, "1"), (0.0, "under 0.000001"),
     (1e-300, "under 0.000001"), (float("nan"), "not known")],
)  # fmt: skip
def test_q_values_are_fractions_with_a_floor(q, text):
    assert wording.q_value(q) == text


def test_a_share_is_never_rounded_to_nothing_or_to_all():
    assert [wording.share(x) for x in (0.0, 0.001, 0.43, 0.999, 1.0)] == [
        "0%",
        "under 1%",
        "43%",
        "over 99%",
        "100%",
    ]


def test_rates_keep_small_percentages():
    assert [wording.rate(x) for x in (0.01, 0.005, 0.0001)] == ["1%", "0.5%", "0.01%"]


@pytest.mark.parametrize(
    ("observed", "expected", "text"),
    [(412, 0.8, "520 times as much"), (80, 0, "none expected"), (0, 0, "as expected"), (10, 10.1, "as expected"),
     (1, 4, "25% of what was expected"), (float("nan"), 1, "not known")],
)  # fmt: skip
def test_ratio_says_more_less_or_as_expected(observed, expected, text):
    assert wording.ratio(observed, expected) == text


def test_likelihoods_rise_with_the_probability():
    words = [wording.likelihood(x / 100) for x in range(101)]
    assert words[0] == "unlikely"
    assert words[-1] == "very likely"
    assert len(dict.fromkeys(words)) == 5
    assert wording.likelihood(float("nan")) == "not known"


def test_the_chances_of_an_action_are_sentences():
    some = wording.group_chances(GroupChances(0.4, 0.9, 2.06, 1))
    assert "by the last scan alone: 40.0% to 90.0%" in some
    assert "About 2.1 of these accounts are expected not to be. For 1 account no probability is known." in some
    assert "alone: 40.0%. " in wording.group_chances(GroupChances(0.4, 0.4, 0.6, 0))
    assert "alone: 85.0%. " in wording.group_chances(GroupChances(0.84998, 0.85, 0.6, 0)), "not 85.0% to 85.0%"
    assert "stated no probability" in wording.group_chances(GroupChances(None, None, 0.0, 2))


def test_a_probability_has_one_place_and_is_never_rounded_to_nothing_or_to_all():
    told = [wording.probability(x) for x in (0.0, 0.0004, 0.5, 0.9499, 0.9995, 1.0, float("nan"))]
    assert told == ["0.0%", "under 0.1%", "50.0%", "95.0%", "over 99.9%", "100.0%", "not known"]


def test_period_does_not_repeat_itself():
    first = datetime(2026, 3, 1, tzinfo=UTC)
    assert wording.period(first, first) == "1 March 2026"
    assert wording.period(first, datetime(2026, 3, 30, tzinfo=UTC)) == "1–30 March 2026"
    assert wording.period(first, datetime(2026, 4, 2, tzinfo=UTC)) == "1 March – 2 April 2026"
    assert wording.period(first, datetime(2027, 3, 1, tzinfo=UTC)) == "1 March 2026 – 1 March 2027"


def test_times_are_told_in_utc():
    late = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=5)))
    assert wording.day(late) == "28 February 2026"
    assert wording.tick(late) == "28 Feb"


def test_names_become_words():
    assert wording.title("shared_payment") == "Shared payment"
    assert wording.title("shared_ip") == "Shared IP address"
    assert wording.plural(1, "account") == "1 account"
    assert wording.plural(1204, "account") == "1,204 accounts"
