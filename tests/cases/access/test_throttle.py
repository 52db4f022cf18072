from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from stillwatch.cases import Permission, Role
from stillwatch.cases.access import throttle, users
from stillwatch.cases.store.access_schema import Try


def _try(desk, name="anna", address="192.0.2.1", device=None):
    """Try once; return how long to wait in seconds, or nothing where the try was let through."""
    with desk.bookkeeping() as look:
        wait = throttle.take(look, throttle.lanes(look, name, address, device))
        return wait and wait.total_seconds()


def _right(desk, name="anna", address="192.0.2.1", device=None):
    with desk.bookkeeping() as look:
        throttle.forgive(look, throttle.lanes(look, name, address, device))


def _waits(desk, clock, n, **who):
    """Let *n* tries through, waiting as long as is asked; return the waits."""
    waits = []
    while len(waits) < n:
        wait = _try(desk, **who)
        if wait is None:
            waits.append(0.0)
        else:
            waits[-1] = wait
            clock.now += timedelta(seconds=wait)
    return waits


def test_the_first_tries_are_free_and_then_each_waits_twice_as_long_up_to_a_quarter_of_an_hour(desk, clock):
    assert _waits(desk, clock, 17)[:16] == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_a_try_that_is_not_let_through_counts_nothing(desk, clock):
    _waits(desk, clock, 6)
    first = _try(desk)
    assert [_try(desk) for _ in range(20)] == [first] * 20


def test_many_at_once_gain_nothing_for_each_is_counted_before_it_is_checked(desk):
    assert sum(_try(desk) is None for _ in range(50)) == 5


def test_guesses_at_the_same_moment_are_one_after_the_other(desk):
    _try(desk)
    with ThreadPoolExecutor(8) as pool:
        let = list(pool.map(lambda _: _try(desk) is None, range(30)))
    assert sum(let) == 4


def test_spelling_a_name_otherwise_is_the_same_lane(desk):
    assert sum(_try(desk, name=name) is None for name in ["anna", "ANNA", "Anna", "ａｎｎａ"] * 5) == 5


def test_an_address_is_slowed_over_all_names_and_others_are_not(desk):
    let = [_try(desk, name=f"user{n}") is None for n in range(40)]
    assert sum(let) == 20
    assert _try(desk, name="user99", address="198.51.100.7") is None


def test_a_network_of_one_subscriber_is_one_address(desk):
    let = [_try(desk, name=f"u{n}", address=f"2001:db8::{n:x}") is None for n in range(1, 41)]
    assert sum(let) == 20
    assert _try(desk, name="u99", address="2001:db8:0:1::1") is None


def test_success_clears_the_name_and_takes_back_one_try_of_the_address(desk):
    for n in range(18):
        _try(desk, name=f"user{n}")
    _try(desk)
    _right(desk)
    # 18 of the 20 are spent still, so whoever has one account cannot clear the lane between guesses.
    assert sum(_try(desk, name=f"more{n}") is None for n in range(10)) == 2


def test_who_keeps_guessing_cannot_shut_out_the_owner_at_their_usual_browser(desk, clock):
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        person = users.create(work, "anna", display="Anna", role=Role.ADMINISTRATOR)
    with desk.bookkeeping() as look:
        throttle.remember(look, person.user_id, "device-of-anna")
    for _ in range(200):
        wait = _try(desk, address="192.0.2.1")
        clock.now += timedelta(seconds=wait or 0)
    assert _try(desk) is not None or _try(desk) is not None
    # From the very same address, too.
    assert _try(desk, address="192.0.2.1", device="device-of-anna") is None
    assert _try(desk, name="ben", device="device-of-anna") is not None, "it is a lane for one name alone"


def test_a_known_browser_is_slowed_by_its_own_tries(desk, clock):
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        person = users.create(work, "anna", display="Anna", role=Role.ANALYST)
    with desk.bookkeeping() as look:
        throttle.remember(look, person.user_id, "stolen")
    assert sum(_try(desk, device="stolen") is None for _ in range(20)) == 5
    clock.now += timedelta(days=91)
    assert sum(_try(desk, device="stolen") is None for _ in range(10)) == 5
    with desk.look() as look:
        assert look.session.scalar(sa.select(sa.func.count()).select_from(Try)) == 2, "name and address again"


def test_tries_are_forgotten_after_a_day(desk, clock):
    _waits(desk, clock, 12)
    clock.now += timedelta(days=1)
    assert _try(desk) is None
    with desk.look() as look:
        assert {row.count for row in look.session.scalars(sa.select(Try))} == {1}


def test_being_touched_changes_no_count(desk):
    for _ in range(4):
        _try(desk)
        with desk.bookkeeping() as look:
            throttle.touch(look, throttle.lanes(look, "anna", "192.0.2.1", None))
    assert _try(desk) is None
    assert _try(desk) == 1


def test_neither_name_nor_address_stands_in_the_table(desk):
    _try(desk, name="my-secret-password-typed-here", address="192.0.2.77")
    with desk.look() as look:
        lanes = [row.lane for row in look.session.scalars(sa.select(Try))]
    assert all(len(lane) == 64 for lane in lanes)


@pytest.mark.parametrize("address", ["", "testclient", "unix:"])
def test_an_address_that_is_none_is_a_lane_too(desk, address):
    assert _try(desk, address=address) is None
