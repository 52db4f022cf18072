import math
import random

import pytest

from stillwatch.report import graph
from stillwatch.report.graph import Bond


def bonds(*groups):
    return [Bond(f"a{i:03d}", "s", "content", f"hub-{n}", 4.0) for n, group in enumerate(groups) for i in group]


def drawn(rows, max_accounts=150, p=None):
    return graph.draw(rows, p or {}, max_accounts)


def test_a_value_that_all_share_is_in_the_middle_and_one_that_few_share_is_near_them():
    picture = drawn(bonds(range(100), range(10, 14)))
    whole, few = picture.hubs
    assert (whole.n_accounts, few.n_accounts) == (100, 4)
    assert math.hypot(whole.x, whole.y) < 5
    near = [s for s in picture.spots if s.account_id in {"a010", "a011", "a012", "a013"}]
    assert max(math.dist((s.x, s.y), (few.x, few.y)) for s in near) < 120


def test_accounts_that_share_a_rare_value_stand_side_by_side():
    picture = drawn(bonds(range(60), (3, 41, 57), (7, 22)))
    order = [s.account_id for s in picture.spots]
    for group in (("a003", "a041", "a057"), ("a007", "a022")):
        places = sorted(order.index(a) for a in group)
        assert places[-1] - places[0] == len(group) - 1


def test_values_of_one_member_bind_nobody():
    assert drawn(bonds((1,), (2,))) is None
    assert drawn([]) is None
    picture = drawn(bonds((1, 2), (3,)))
    assert (len(picture.spots), picture.n_accounts, picture.n_hubs) == (2, 2, 1)


def test_the_surest_members_are_drawn_first_and_the_rest_is_counted():
    p = {f"a{i:03d}": i / 400 for i in range(400)}
    picture = drawn(bonds(range(400)), max_accounts=20, p=p)
    assert {s.account_id for s in picture.spots} == {f"a{i:03d}" for i in range(380, 400)}
    assert (picture.n_accounts, picture.hubs[0].n_accounts, picture.hubs[0].n_drawn) == (400, 400, 20)


def test_equal_members_are_taken_by_evidence_then_by_name():
    rows = [Bond(a, "s", "content", "h", bits) for a, bits in (("a", 1.0), ("b", 1.0), ("c", 1.0), ("d", 9.0))]
    assert {s.account_id for s in drawn(rows, max_accounts=2).spots} == {"a", "d"}


def test_the_picture_does_not_depend_on_the_order_of_rows():
    rows = bonds(range(80), range(0, 80, 7), range(5, 40), range(5, 40))
    shuffled = rows.copy()
    random.Random(3).shuffle(shuffled)
    assert drawn(rows) == drawn(shuffled)


def test_values_shared_by_the_same_accounts_do_not_lie_on_one_another():
    picture = drawn(bonds(*[range(30)] * 20))
    spots = [(h.x, h.y) for h in picture.hubs]
    closest = min(math.dist(p, q) for i, p in enumerate(spots) for q in spots[:i])
    assert closest > 25
    assert max(math.hypot(*p) for p in spots) < 300


def test_many_values_are_capped_and_counted():
    picture = drawn(bonds(*[(i, i + 1) for i in range(200)]))
    assert len(picture.hubs) == 48
    assert picture.n_hubs == 200


def test_kinds_count_the_values_of_each_signal():
    rows = bonds(range(10), (1, 2, 3)) + [Bond(f"a{i:03d}", "pay", "identity", "x", 5.0) for i in (4, 5)]
    picture = drawn(rows)
    assert [(k.number, k.signal, k.n_values, k.fewest, k.most) for k in picture.kinds] == [
        (1, "s", 2, 3, 10),
        (2, "pay", 1, 2, 2),
    ]
    assert {h.number for h in picture.hubs if h.signal == "pay"} == {2}


@pytest.mark.parametrize("text", [repr, str])
def test_a_bond_does_not_print_its_hub(text):
    assert "hub-0" not in text(bonds((1, 2))[0])
