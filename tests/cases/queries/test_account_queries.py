from datetime import timedelta

from stillwatch.cases.decisions import actions, allowances, appeals, import_scan, judgements, labels
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.allowances import AllowanceKind
from stillwatch.cases.decisions.appeals import AppealOutcome
from stillwatch.cases.decisions.verdict import Standing, Verdict
from stillwatch.cases.queries import account_queries


def test_one_account_in_every_place(confirmed, ann, ben, leo, do, see, clock):
    account = confirmed[0]
    second = do(ben, import_scan.open_by_hand, "A tip", [account, "x"], "They said so.")
    do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "why", accounts=[account], dry_run=False))
    do(actions.SCHEDULE, actions.carry_out, 1)
    label = do(ann, labels.label_account, account, "pupil", "why")
    do(ann, labels.withdraw_label, label, "why")
    do(ben, appeals.receive, 1, [account], "We are a class.")
    do(leo, appeals.answer, 1, {account: AppealOutcome.OVERTURNED}, "They are.")
    do(leo, allowances.allow, AllowanceKind.RESEARCH, "A school", [account, "y"], "x", clock.now + timedelta(days=9))
    found = see(account_queries.whereabouts, account)
    # what the appeal found in one case holds in the other, too
    assert [(x.case_id, x.standing) for x in found.cases] == [(second, Standing.INNOCENT), (2, Standing.INNOCENT)]
    assert [(x["verdict"], x["appeal_id"]) for x in found.judgements] == [("innocent", 1), ("confirmed", None)]
    assert [(x["name"], x["withdrawn_at"]) for x in found.labels] == [("pupil", clock.now)]
    assert [(x["action_id"], x["arm"], x["undone_at"]) for x in found.actions] == [(1, "treated", clock.now)]
    assert [(x["appeal_id"], x["outcome"]) for x in found.appeals] == [(1, "overturned")]
    assert [x["kind"] for x in found.notices] == ["overturned", "limited"]
    assert [x["holder"] for x in found.allowances] == ["A school"]


def test_what_others_have_is_not_its_own(confirmed, ann, do, see):
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "x", accounts=confirmed[1:2])
    found = see(account_queries.whereabouts, confirmed[0])
    assert [x["why"] for x in found.judgements] == ["Each has its part of the list."]
    nobody = see(account_queries.whereabouts, "nobody")
    assert not any((nobody.cases, nobody.judgements, nobody.labels, nobody.actions, nobody.notices))
