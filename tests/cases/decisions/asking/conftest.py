"""An experiment on case 2, which is at review with 62 accounts."""

import pytest

from stillwatch.cases.decisions.asking import planning, progress
from stillwatch.cases.decisions.asking import status as experiments
from stillwatch.cases.decisions.asking.evidence import AskOutcome
from stillwatch.cases.decisions.asking.planning import AskPlan
from stillwatch.cases.decisions.asking.wording import AskQuestion


def wanted(**more):
    return AskPlan(AskQuestion.RECIPIENT, "Who receives the work?", **more)


@pytest.fixture
def asking(taken, do, see, ann):
    """Start an experiment of at most three accounts, which needs no second person; return what drives it."""

    class Asking:
        planned = do(ann, planning.plan, 2, wanted(most=3), lambda: "a seed")

        @staticmethod
        def status():
            return see(experiments.ask_status, 2)

        def accounts(self):
            return [line.account_id for line in self.status().asked]

        def answer(self, place, outcome=AskOutcome.PASSED, by=ann, **more):
            more.setdefault("why", "Checked by mail.")
            return do(by, progress.record, 2, self.accounts()[place - 1], outcome, **more)

    return Asking()
