import pytest

from stillwatch.cases import feedback, judging
from stillwatch.cases.judgement import Verdict
from stillwatch.model import Severity
from stillwatch.tables import JUDGED


def test_settled_accounts_are_given_back(confirmed, ben, do, see):
    do(ben, judging.judge, 2, Verdict.INNOCENT, "A class.", accounts=["acct_20c4d8_00060"])
    do(ben, judging.judge, 2, Verdict.UNSURE, "Cannot tell.", accounts=["acct_20c4d8_00061"])
    table = see(feedback.judged)
    assert table.schema == JUDGED.schema
    found = {row["account_id"]: row["verdict"] for row in table.to_pylist()}
    assert found == dict.fromkeys(confirmed, "confirmed") | {"acct_20c4d8_00060": "innocent"}
    assert set(table.column("campaign_id").to_pylist()) == {"cmp-20c4d8"}


def test_precision_is_of_what_people_settled(taken, ann, do, see):
    do(ann, judging.judge, 1, Verdict.CONFIRMED, "why")
    do(ann, judging.judge, 2, Verdict.INNOCENT, "why")
    urgent, review, watch = see(feedback.precision)
    assert (urgent.severity, urgent.n_confirmed, urgent.n_settled, urgent.n_open) == (Severity.URGENT, 1, 1, 0)
    assert (urgent.low, urgent.high) == (pytest.approx(0.025), 1.0)
    assert (review.n_confirmed, review.n_settled) == (0, 1)
    assert (watch.n_settled, watch.low, watch.high) == (0, 0.0, 1.0)
