"""A snapshot that would deny too many on one person's word is held back."""

import pytest

from stillwatch.enforcement.publishing.breadth import Breadth, Traffic, breadth, require_narrow
from stillwatch.enforcement.snapshot.account_index import AccountIndex
from stillwatch.errors import PolicyError

DENIED = AccountIndex.build([(0, ["a", "b"]), (1, ["b"])])


def test_the_shares_are_of_accounts_and_of_requests():
    found = breadth(DENIED, Traffic({"a": 50, "b": 20, "c": 20, "d": 10}, 0))
    assert found == Breadth(2, 0.5, 0.7)
    assert found.widest == 0.7


def test_where_nobody_counted_requests_the_accounts_are_compared():
    assert breadth(DENIED, Traffic(None, 400)) == Breadth(2, 0.005, None)


@pytest.mark.parametrize("traffic", [Traffic(None, 0), Traffic({}, 0), Traffic({"a": 0}, 0)])
def test_without_anything_to_compare_with_it_is_all(traffic):
    assert breadth(DENIED, traffic).widest == 1
    assert breadth(AccountIndex.build([]), traffic).widest == 0


def test_what_is_too_wide_is_refused_with_its_figures():
    require_narrow(Breadth(2, 0.02, 0.01), 0.02)
    with pytest.raises(PolicyError, match=r"2 accounts, 3.0% of the requests .* at most 2.0%"):
        require_narrow(Breadth(2, 0.01, 0.03), 0.02)
    with pytest.raises(PolicyError, match=r"of the accounts"):
        require_narrow(Breadth(2, 0.05, None), 0.02)
