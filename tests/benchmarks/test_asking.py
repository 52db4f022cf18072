"""The benchmark of experiments: it runs the product's rule, and its kinds are what they say."""

import asking
import numpy as np
import pytest

from stillwatch.cases.decisions.asking.evidence import AskOutcome, AskRule, AskStanding, expected

PASSED, FAILED = AskOutcome.PASSED, AskOutcome.FAILED


def test_batches_are_asked_to_their_end():
    assert asking.run(AskRule(), [PASSED] * 8) == (AskStanding.CLEARED, 4)
    assert asking.run(AskRule(), [PASSED, FAILED] * 4) == (AskStanding.UNDECIDED, 8)
    assert asking.run(AskRule(most=3), [FAILED] * 3) == (AskStanding.STRENGTHENED, 3)


def test_measured_shares_are_those_that_a_plan_states():
    rule, kind = AskRule(), asking.KINDS[0]
    found = asking.measure(rule, kind, 4_000, np.random.default_rng(3))
    stated = expected(rule, 0.8)
    assert found.wrong == pytest.approx(stated.strengthened, abs=0.01)
    assert found.right == pytest.approx(stated.cleared, abs=0.025)
    assert found.wrong + found.right + found.undecided == pytest.approx(1)
    assert found.n_asked >= stated.n_asked


def test_every_kind_runs_and_honest_ones_are_told_from_campaigns():
    rng = np.random.default_rng(4)
    found = {kind.name: asking.measure(AskRule(), kind, 50, rng) for kind in asking.KINDS}
    assert len(found) == len(asking.KINDS)
    assert {kind.is_campaign for kind in asking.KINDS} == {True, False}
    assert found["honest, one person answers for all"].undecided == 0
    assert found["honest, the same, entered as repeated"].undecided == 1
