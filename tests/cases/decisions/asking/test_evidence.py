"""The sequential test: bits, bounds, order of the draw, and the exact chances of a rule."""

from itertools import product
from math import log2
from random import Random

import pytest

from stillwatch.cases.decisions.asking.evidence import AskOutcome, AskRule, AskStanding, expected, weigh
from stillwatch.errors import SettingsError

PASSED, FAILED, SILENT, OBJECTED, REPEATED = AskOutcome


def test_each_outcome_has_its_bits():
    rule = AskRule()
    assert rule.bits(PASSED) == pytest.approx(-2)
    assert rule.bits(FAILED) == pytest.approx(2)
    assert rule.bits(SILENT) == rule.bits(OBJECTED) == rule.bits(REPEATED) == 0
    honest = 0.8 * rule.bits(PASSED) + 0.2 * rule.bits(FAILED)
    assert honest == pytest.approx(-1.2), "an answer of an honest account is worth 1.2 bits"
    other = AskRule(p_pass_honest=0.9, p_pass_campaign=0.5)
    assert other.bits(PASSED) == pytest.approx(log2(0.5 / 0.9))
    assert other.bits(FAILED) == pytest.approx(log2(0.5 / 0.1))


def test_the_bounds_are_stricter_than_those_of_wald():
    rule = AskRule(alpha=0.01, beta=0.1)
    assert rule.upper == pytest.approx(log2(1 / 0.01))
    assert rule.upper > log2((1 - 0.1) / 0.01)
    assert rule.lower == pytest.approx(log2(0.1))
    assert rule.lower < log2(0.1 / (1 - 0.01))


@pytest.mark.parametrize(
    ("outcomes", "standing"),
    [
        ([], AskStanding.OPEN),
        ([PASSED] * 3, AskStanding.CLEARED),
        ([FAILED] * 3, AskStanding.STRENGTHENED),
        ([PASSED, FAILED] * 4, AskStanding.UNDECIDED),
        ([SILENT] * 8, AskStanding.UNDECIDED),
        ([FAILED, *[REPEATED] * 7], AskStanding.UNDECIDED),
        ([PASSED, FAILED, None, FAILED, FAILED, FAILED], AskStanding.OPEN),
        ([OBJECTED, PASSED, PASSED, PASSED], AskStanding.CLEARED),
        ([OBJECTED, *[PASSED, FAILED] * 3, PASSED], AskStanding.OPEN),
    ],
)
def test_standings(outcomes, standing):
    assert weigh(AskRule(), outcomes).standing is standing


def test_silence_alone_never_speaks_against_anybody():
    found = weigh(AskRule(most=500), [SILENT] * 500)
    assert (found.standing, found.bits[-1], found.posterior[-1]) == (AskStanding.UNDECIDED, 0, 0.5)


def test_outcomes_count_in_the_order_of_the_draw():
    first_known_last = weigh(AskRule(), [None, FAILED, FAILED, FAILED])
    assert (first_known_last.standing, first_known_last.n_waiting) == (AskStanding.OPEN, 3)
    assert weigh(AskRule(), [PASSED, FAILED, FAILED, FAILED]).standing is AskStanding.OPEN


def test_nothing_counts_after_a_bound_is_reached():
    found = weigh(AskRule(), [PASSED, PASSED, PASSED, FAILED, FAILED, FAILED, FAILED])
    assert (found.standing, len(found.bits), found.n_failed, found.n_waiting) == (AskStanding.CLEARED, 3, 0, 0)
    assert found.posterior == pytest.approx((0.2, 1 / 17, 1 / 65))


def test_the_prior_moves_the_posterior_and_not_the_standing():
    bold = AskRule(prior_odds=100)
    assert bold.posterior(0) == pytest.approx(100 / 101)
    outcomes = [FAILED, PASSED, FAILED]
    assert weigh(bold, outcomes).standing is weigh(AskRule(), outcomes).standing is AskStanding.OPEN


def test_a_sample_that_nobody_is_left_of_ends_undecided():
    assert weigh(AskRule(), [PASSED], is_all=True).standing is AskStanding.UNDECIDED
    assert weigh(AskRule(), [None], is_all=True).standing is AskStanding.OPEN


@pytest.mark.parametrize(("p_pass", "p_answer"), [(0.8, 1.0), (0.2, 1.0), (0.7, 0.5)])
def test_the_stated_chances_are_those_of_every_course_of_answers(p_pass, p_answer):
    rule = AskRule(most=5)
    chances = {PASSED: p_answer * p_pass, FAILED: p_answer * (1 - p_pass), SILENT: 1 - p_answer}
    shares = dict.fromkeys(AskStanding, 0.0)
    n_asked = 0.0
    for outcomes in product(chances, repeat=5):
        share = 1.0
        for outcome in outcomes:
            share *= chances[outcome]
        found = weigh(rule, list(outcomes))
        shares[found.standing] += share
        n_asked += share * len(found.bits)
    stated = expected(rule, p_pass, p_answer)
    assert stated.cleared == pytest.approx(shares[AskStanding.CLEARED])
    assert stated.strengthened == pytest.approx(shares[AskStanding.STRENGTHENED])
    assert stated.undecided == pytest.approx(shares[AskStanding.UNDECIDED])
    assert stated.n_asked == pytest.approx(n_asked)


@pytest.mark.parametrize("error", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("p_answer", [1.0, 0.3])
@pytest.mark.parametrize(("honest", "campaign"), [(0.8, 0.2), (0.9, 0.6), (0.55, 0.45)])
def test_no_rule_exceeds_its_stated_errors(error, p_answer, honest, campaign):
    rule = AskRule(honest, campaign, alpha=error, beta=error, most=120)
    assert expected(rule, honest, p_answer).strengthened <= error
    assert expected(rule, campaign, p_answer).cleared <= error


def test_a_rule_that_decides_nothing_is_refused():
    for wrong in (
        {"p_pass_honest": 0.2, "p_pass_campaign": 0.8}, {"p_pass_honest": 0.5, "p_pass_campaign": 0.5},
        {"alpha": 0.0}, {"beta": 1.0},
    ):  # fmt: skip
        with pytest.raises(SettingsError, match="must pass more often"):
            AskRule(**wrong)
    for wrong in ({"most": 0}, {"prior_odds": 0.0}):
        with pytest.raises(SettingsError, match="at least one account"):
            AskRule(**wrong)


def test_simulated_errors_are_within_the_stated_ones():
    rule, chance = AskRule(), Random(5)
    wrong = sum(
        weigh(rule, [PASSED if chance.random() < 0.8 else FAILED for _ in range(8)]).standing
        is AskStanding.STRENGTHENED
        for _ in range(4_000)
    )
    assert wrong / 4_000 <= rule.alpha
