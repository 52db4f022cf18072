"""What is told of an experiment, as values and as text."""

import pytest

from stillwatch.cases.decisions.asking import planning, progress
from stillwatch.cases.decisions.asking import status as experiments
from stillwatch.cases.decisions.asking.evidence import AskOutcome, AskStanding
from stillwatch.cases.decisions.asking.planning import AskPlan
from stillwatch.cases.decisions.asking.wording import AskQuestion
from stillwatch.cases.queries import serialise
from stillwatch.errors import MissingError


@pytest.fixture
def planned(taken, do, ann):
    return do(ann, planning.plan, 2, AskPlan(AskQuestion.VERIFICATION, "why", most=3), lambda: "seed")


def test_the_stated_rule_and_the_answers_so_far(planned, do, see, ann):
    first = see(experiments.ask_status, 2).asked[0].account_id
    do(ann, progress.record, 2, first, AskOutcome.FAILED, why="No such firm.")
    status = see(experiments.ask_status, 2)
    assert (status.standing, status.bits, status.posterior) == (AskStanding.OPEN, pytest.approx(2), pytest.approx(0.8))
    line = status.asked[0]
    assert (line.outcome, line.why, line.recorded_by, line.worth) == (
        "failed",
        "No such firm.",
        "ann",
        pytest.approx(2),
    )
    assert (status.asked[1].bits, status.asked[1].outcome) == (None, None)
    assert status.honest.strengthened < 0.05
    text = experiments.as_text(status)
    for part in (
        "3 of 3 drawn are asked",
        "+2.00 bits",
        "cleared at -4.32",
        "prior odds of 1 to 1",
        "answer by 2026-03-16",
    ):
        assert part in text
    assert '"standing":"open"' in serialise.as_json(status)


def test_an_outcome_that_waits_for_an_earlier_one_is_told(planned, do, see, ann):
    second = see(experiments.ask_status, 2).asked[1].account_id
    do(ann, progress.record, 2, second, AskOutcome.PASSED, why="x")
    assert "wait for accounts drawn earlier: 1" in experiments.as_text(see(experiments.ask_status, 2))


def test_a_case_without_an_experiment(taken, see):
    with pytest.raises(MissingError, match="nobody was asked"):
        see(experiments.ask_status, 2)
