import pytest
import sqlalchemy as sa

from stillwatch.cases.decisions.assignment import assign
from stillwatch.cases.store.schema import AuditEntry, Case
from stillwatch.errors import InputError, MissingError


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
