from dataclasses import replace

import pyarrow.compute as pc
import pytest

from stillwatch.cases.decisions import import_scan
from stillwatch.cases.queries import scan_diff
from stillwatch.errors import InputError
from stillwatch.tables import scan_folder


def test_what_is_new_gone_changed_and_the_same(taken, do, see, lea, make_scan, three, tmp_path):
    three[0].n_accounts, three[2].severity = 420, "review"
    do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "b", [three[0], three[2]])), "second")
    assert [(scan.number, scan.name) for scan in see(scan_diff.scans)] == [(2, "second"), (1, "first")]
    found = see(scan_diff.compare, 1, 2)
    assert [(c.case_id, c.kind) for c in found] == [(1, "changed"), (2, "gone"), (3, "new")]
    assert (found[0].before["n_accounts"], found[0].after["n_accounts"]) == (400, 420)
    assert [c.kind for c in see(scan_diff.compare, 1, 1)] == ["same", "same"]
    assert [c.kind for c in see(scan_diff.compare, 2, 1)] == ["changed", "new", "gone"]


def test_a_scan_that_is_not_there(see):
    with pytest.raises(InputError, match="no such scan"):
        see(scan_diff.compare, 1, 2)


def test_what_changed_is_named_with_both_values(taken, do, see, lea, make_scan, three, tmp_path):
    three[1].answers = (0.82, 0.9, "unknown")
    do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "b", three)), "second")
    same, changed = see(scan_diff.compare, 1, 2)
    assert (same.kind, same.differences) == ("same", {})
    assert (changed.kind, changed.differences) == ("changed", {"p_group": (0.77, 0.9)})


def test_who_joined_and_left_is_told_where_both_sightings_are_known(taken, do, see, lea, make_scan, three, tmp_path):
    three[0].n_accounts, three[1].n_accounts = 420, 60
    do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "b", three)), "second")
    three[0].n_accounts = 410
    do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "c", three[:1])), "third")

    def moved(before, after):
        return [(c.case_id, c.n_joined, c.n_left) for c in see(scan_diff.compare, before, after)]

    assert moved(1, 2) == [(1, 20, 0), (2, 0, 2)]
    assert moved(2, 1) == [(1, 0, 20), (2, 2, 0)]
    # between the first and the third lies another sighting; and who is new or gone neither joined nor left
    assert moved(1, 3) == [(1, None, None), (2, None, None)]
    assert moved(2, 3) == [(1, 0, 10), (2, None, None)]
    assert moved(2, 2) == [(1, None, None), (2, None, None)]


def test_a_case_that_changed_in_members_alone_has_changed(taken, do, see, lea, make_scan, three, tmp_path):
    moved = scan_folder.read(make_scan(tmp_path / "b", three))
    names = pc.replace_substring(moved.members["account_id"], "acct_20c4d8_00000", "acct_new")
    index = moved.members.schema.get_field_index("account_id")
    moved = replace(moved, members=moved.members.set_column(index, "account_id", names))
    do(lea, import_scan.take, moved, "second")
    found = {c.case_id: c for c in see(scan_diff.compare, 1, 2)}
    assert (found[2].kind, found[2].n_joined, found[2].n_left) == ("changed", 1, 1)
    assert found[2].differences == {}


def test_what_one_scan_saw(taken, see):
    scan = see(scan_diff.scan_of, 1)
    found = see(scan_diff.seen_by, scan)
    assert [(one.case_id, one.event, one.campaign["n_accounts"]) for one in found] == [
        (1, "appeared", 400),
        (2, "appeared", 62),
    ]
