import pytest
import sqlalchemy as sa

from stillwatch.cases.decisions import import_scan
from stillwatch.cases.queries import shared_values
from stillwatch.cases.queries.shared_values import SharedValueFilter
from stillwatch.cases.store.parquet_column import load, store
from stillwatch.cases.store.schema import Sighting
from stillwatch.errors import MissingError
from stillwatch.tables import BONDS

ALL = {"most_accounts": 1000, "most_values": 1000}


def test_who_shares_what_with_whom(taken, see):
    found = see(shared_values.shared_values_of, 2, SharedValueFilter(), **ALL)
    assert {value.signal for value in found.values} == {"distribution_twin", "client_fingerprint", "signup_burst"}
    assert (found.n_accounts, found.n_values) == (len(found.accounts), len(found.values))
    holders = {value.number: 0 for value in found.values}
    for account, value in found.pairs:
        assert 0 <= account < len(found.accounts)
        holders[found.values[value].number] += 1
    assert holders == {value.number: value.n_members for value in found.values}
    assert all(value.n_holders == value.n_members for value in found.values)


def test_what_says_most_of_most_members_comes_first(taken, see):
    found = see(shared_values.shared_values_of, 1, SharedValueFilter(), **ALL)
    weights = [value.bits * value.n_members for value in found.values]
    assert weights == sorted(weights, reverse=True)
    assert [value.number for value in found.values] == list(range(1, len(found.values) + 1))


def test_a_choice_narrows_it_and_numbers_stay(taken, see):
    whole = see(shared_values.shared_values_of, 1, SharedValueFilter(), **ALL)
    card = next(value for value in whole.values if value.signal == "shared_payment")
    one = see(shared_values.shared_values_of, 1, SharedValueFilter(value=card.number), **ALL)
    assert len(one.accounts) == card.n_members
    assert card in one.values
    mine = see(shared_values.shared_values_of, 1, SharedValueFilter(account=one.accounts[0]), **ALL)
    assert card in mine.values
    assert one.accounts[0] in mine.accounts
    cards = see(shared_values.shared_values_of, 1, SharedValueFilter(signal="shared_payment"), **ALL)
    assert {value.signal for value in cards.values} == {"shared_payment"}
    for nothing in (
        SharedValueFilter(signal="no_such"),
        SharedValueFilter(account="nobody"),
        SharedValueFilter(value=10**6),
    ):
        assert see(shared_values.shared_values_of, 1, nothing, **ALL).pairs == ()


def test_only_so_much_is_returned_and_the_rest_is_counted(taken, see):
    whole = see(shared_values.shared_values_of, 1, SharedValueFilter(), **ALL)
    few = see(shared_values.shared_values_of, 1, SharedValueFilter(), most_accounts=10, most_values=5)
    assert (len(few.accounts), len(few.values)) == (10, 5)
    assert few.values == whole.values[:5]
    assert (few.n_values, few.n_accounts) == (whole.n_values, whole.n_accounts)
    assert {account for account, _ in few.pairs} <= set(range(10))


def test_whoever_is_asked_about_is_never_cut_off(taken, see):
    last = see(shared_values.shared_values_of, 1, SharedValueFilter(signal="shared_frame"), **ALL).accounts[-1]
    found = see(shared_values.shared_values_of, 1, SharedValueFilter(account=last), most_accounts=3, most_values=5)
    assert found.accounts[0] == last
    assert len(found.accounts) == 3


def test_what_an_earlier_version_kept_is_read(taken, see, desk):
    with desk.database.writing() as link:
        for case_id, kept in link.execute(sa.select(Sighting.case_id, Sighting.bonds)).all():
            old = store(load(kept, BONDS).drop_columns(["n_holders"]))
            link.execute(sa.update(Sighting).where(Sighting.case_id == case_id).values(bonds=old))
    found = see(shared_values.shared_values_of, 1, SharedValueFilter(), **ALL)
    assert found.values
    assert {value.n_holders for value in found.values} == {None}


def test_a_case_that_no_scan_stands_behind_shares_nothing(do, ben, see):
    number = do(ben, import_scan.open_by_hand, "A tip", ["x"], "They said so.")
    assert see(shared_values.shared_values_of, number, SharedValueFilter(), **ALL) == shared_values.SharedValues(
        (), (), (), 0, 0
    )
    with pytest.raises(MissingError):
        see(shared_values.shared_values_of, 99, SharedValueFilter(), **ALL)
