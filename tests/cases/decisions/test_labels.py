from datetime import timedelta

import pytest
import sqlalchemy as sa

from stillwatch.cases.decisions import labels
from stillwatch.cases.decisions.labels import assign
from stillwatch.cases.store.schema import AuditEntry, Case
from stillwatch.errors import InputError, MissingError


def test_a_label_says_who_when_why_and_until_when(taken, ann, do, see, clock):
    number = do(ann, labels.label_case, 2, "press", "A reporter asked.", clock.now + timedelta(days=2))
    do(ann, labels.label_account, "acct_20c4d8_00000", "red team", "They told us.")
    found = see(labels.labels_of, case_id=2)
    assert [(x.label_id, x.name, x.why, x.by, x.at) for x in found] == [
        (number, "press", "A reporter asked.", "ann", clock.now)
    ]
    assert [x.name for x in see(labels.labels_of, account="acct_20c4d8_00000")] == ["red team"]
    clock.advance(days=2)
    assert see(labels.labels_of, case_id=2) == []


def test_a_withdrawn_label_no_longer_counts(taken, ann, ben, do, see):
    number = do(ann, labels.label_case, 1, "press", "why")
    do(ben, labels.withdraw_label, number, "A mistake.")
    assert see(labels.labels_of, case_id=1) == []
    with pytest.raises(InputError, match="no such label"):
        do(ben, labels.withdraw_label, number, "Again.")


def test_what_cannot_be_labelled_is_refused(taken, ann, do, clock):
    for what, subject in ((labels.label_case, 9), (labels.label_account, "nobody")):
        with pytest.raises(InputError) as error:
            do(ann, what, subject, "press", "why")
        assert "nobody" not in str(error.value)
    with pytest.raises(InputError, match="end has already passed"):
        do(ann, labels.label_case, 1, "press", "why", clock.now)


def test_what_a_label_is_on(taken, do, see, ann):
    account, case = "acct_20c4d8_00000", 2
    do(ann, labels.label_account, account, "a", "why")
    do(ann, labels.label_case, case, "b", "why")
    assert (see(labels.subject_of, 1), see(labels.subject_of, 2)) == ((account, None), (None, case))
    with pytest.raises(MissingError):
        see(labels.subject_of, 3)


def test_a_case_is_given_to_a_person_and_taken_back(taken, ann, do, see):
    do(ann, assign, 1, " ben ")
    assert see(lambda look: look.session.get_one(Case, 1).assigned_to) == "ben"
    do(ann, assign, 1, None)
    assert see(lambda look: look.session.get_one(Case, 1).assigned_to) is None
    entries = sa.select(AuditEntry.details).where(AuditEntry.action == "case assigned").order_by(AuditEntry.seq)
    assert see(lambda look: look.session.scalars(entries).all()) == ['{"to":"ben"}', '{"to":null}']


def test_only_a_case_that_exists_and_a_name_that_fits(taken, ann, do):
    with pytest.raises(MissingError):
        do(ann, assign, 99, "ben")
    with pytest.raises(InputError):
        do(ann, assign, 1, " ")
