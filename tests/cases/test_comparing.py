import pytest

from stillwatch import scan_folder
from stillwatch.cases import comparing, taking
from stillwatch.errors import InputError


def test_what_is_new_gone_changed_and_the_same(taken, do, see, lea, make_scan, three, tmp_path):
    three[0].n_accounts, three[2].severity = 420, "review"
    do(lea, taking.take, scan_folder.read(make_scan(tmp_path / "b", [three[0], three[2]])), "second")
    assert [(scan.number, scan.name) for scan in see(comparing.scans)] == [(2, "second"), (1, "first")]
    found = see(comparing.compare, 1, 2)
    assert [(c.case_id, c.kind) for c in found] == [(1, "changed"), (2, "gone"), (3, "new")]
    assert (found[0].before["n_accounts"], found[0].after["n_accounts"]) == (400, 420)
    assert [c.kind for c in see(comparing.compare, 1, 1)] == ["same", "same"]
    assert [c.kind for c in see(comparing.compare, 2, 1)] == ["changed", "new", "gone"]


def test_a_scan_that_is_not_there(see):
    with pytest.raises(InputError, match="no such scan"):
        see(comparing.compare, 1, 2)
