from datetime import timedelta

import pyarrow as pa
import pytest

from stillwatch.cases.decisions import judgements
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.queries import precision
from stillwatch.model import Severity
from stillwatch.tables import JUDGED


def test_settled_accounts_are_given_back(confirmed, ben, do, see):
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A class.", accounts=["acct_20c4d8_00060"])
    do(ben, judgements.judge, 2, Verdict.UNSURE, "Cannot tell.", accounts=["acct_20c4d8_00061"])
    table = see(precision.judged)
    assert table.schema == JUDGED.schema
    found = {row["account_id"]: row["verdict"] for row in table.to_pylist()}
    assert found == dict.fromkeys(confirmed, "confirmed") | {"acct_20c4d8_00060": "innocent"}
    assert set(table.column("campaign_id").to_pylist()) == {"cmp-20c4d8"}
    assert all(0.5 <= p < 1 for p in table.column("p_member").to_pylist())


def test_a_decision_is_as_old_as_the_last_answer_that_says_so(confirmed, ben, lea, do, see, clock):
    """What was said of the campaign since, or confirms the account, makes an innocent one no younger."""
    pupil = "acct_20c4d8_00060"
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A class.", accounts=[pupil])
    first = clock.now
    clock.now += timedelta(days=2)
    do(lea, judgements.judge, 2, Verdict.CONFIRMED, "A campaign all the same.")
    do(lea, judgements.judge, 2, Verdict.UNSURE, "Cannot tell.", accounts=[pupil])
    found = {row["account_id"]: row for row in see(precision.judged).to_pylist()}
    assert found[pupil]["decided_at"] == first
    assert found[pupil]["expires_at"] is None
    assert found[confirmed[0]]["decided_at"] == clock.now


def test_a_decision_ends_with_the_last_of_its_answers(taken, ben, lea, do, see, clock):
    ends = clock.now + timedelta(days=30)
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A class.", accounts=["acct_20c4d8_00060"], expires_at=ends)
    (row,) = see(precision.judged).to_pylist()
    assert row["expires_at"] == ends
    do(lea, judgements.judge, 2, Verdict.INNOCENT, "For good.", accounts=["acct_20c4d8_00060"])
    (row,) = see(precision.judged).to_pylist()
    assert row["expires_at"] is None


def test_membership_is_held_against_what_people_found_in_campaigns_that_are_real(confirmed, ann, do, see):
    do(ann, judgements.judge, 1, Verdict.INNOCENT, "A class, all of it.")
    rows = [("confirmed", 0.995)] * 99 + [("innocent", 0.995)] + [("innocent", 0.6), ("confirmed", 0.7)]
    rows = [{"account_id": "a", "case_id": 2, "verdict": v, "p_member": p} for v, p in rows]
    rows.append({"account_id": "b", "case_id": 2, "verdict": "innocent", "p_member": None})
    rows += [{"account_id": "c", "case_id": 1, "verdict": "innocent", "p_member": 0.995}] * 50
    low, high = see(precision.calibration, pa.Table.from_pylist(rows))
    assert (high.n_confirmed, high.n_settled, high.n_campaigns) == (99, 100, 1)
    assert high.stated == pytest.approx(0.995)
    assert high.least < 0.99 < high.most
    assert (low.low, low.high, low.n_settled) == (0.5, 0.8, 2)
    assert see(precision.calibration, JUDGED.schema.empty_table()) == []


def test_precision_is_of_what_people_settled(taken, ann, do, see):
    do(ann, judgements.judge, 1, Verdict.CONFIRMED, "why")
    do(ann, judgements.judge, 2, Verdict.INNOCENT, "why")
    urgent, review, watch = see(precision.precision)
    assert (urgent.severity, urgent.n_confirmed, urgent.n_settled, urgent.n_open) == (Severity.URGENT, 1, 1, 0)
    assert (urgent.low, urgent.high) == (pytest.approx(0.025), 1.0)
    assert (review.n_confirmed, review.n_settled) == (0, 1)
    assert (watch.n_settled, watch.low, watch.high) == (0, 0.0, 1.0)
