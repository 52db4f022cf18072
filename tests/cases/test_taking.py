import pyarrow as pa
import pytest

from stillwatch import scan_folder
from stillwatch.cases import Permission, audit, judging, showing, taking
from stillwatch.cases.judgement import Verdict
from stillwatch.cases.queue import Wanted, queue
from stillwatch.errors import InputError
from stillwatch.tables import LINEAGE


def test_a_scan_opens_cases_for_what_a_person_should_look_at(taken, see, desk):
    assert (taken.is_new, taken.opened, taken.updated, taken.n_aside) == (True, (1, 2), (), 1)
    shown = see(showing.show, 1)
    assert (shown.case.campaign_id, shown.case.severity, shown.case.n_accounts) == ("cmp-7f3a91", "urgent", 400)
    assert shown.campaign["harvest"] == pytest.approx(0.91)
    assert shown.timeline.num_rows > 0
    assert shown.background.num_rows == 720
    assert set(shown.bonds.column("campaign_id").to_pylist()) == {"cmp-7f3a91"}
    assert [(e.event, e.n_accounts) for e in shown.events] == [("appeared", 400)]
    with desk.look() as look:
        assert [e.action for e in audit.entries(look.session.connection())] == ["scan taken"]


def test_the_same_scan_again_changes_nothing(taken, do, see, scan, desk, lea):
    with desk.work(lea, Permission.VIEW) as work:
        again = taking.take(work, scan_folder.read(scan), "again")
        work.record("test", "nothing")
    assert (again.is_new, again.scan_id) == (False, taken.scan_id)
    assert see(queue, Wanted()).total == 2


def test_a_campaign_that_grows_adds_to_its_case(taken, do, see, tmp_path, make_scan, three, lea):
    three[1].n_accounts = 70
    grown = do(lea, taking.take, scan_folder.read(make_scan(tmp_path / "b", three[1:2])), "second")
    assert (grown.opened, grown.updated, grown.gone) == ((), (2,), (1,))
    shown = see(showing.show, 2)
    assert [(e.event, e.n_accounts, e.n_joined, e.n_left) for e in shown.events] == [
        ("appeared", 62, 62, 0),
        ("grew", 70, 8, 0),
    ]
    assert [e.event for e in see(showing.show, 1).events] == ["appeared", "not seen"]
    assert see(showing.show, 1).case.n_accounts == 400


def test_a_member_that_is_no_longer_named_stays(taken, do, see, tmp_path, make_scan, three, lea):
    three[1].n_accounts = 50
    do(lea, taking.take, scan_folder.read(make_scan(tmp_path / "b", three[1:2])), "second")
    found = see(showing.members, 2, showing.Which(count=100))
    assert (found.total, sum(m.is_seen for m in found.rows)) == (62, 50)
    assert see(showing.show, 2).events[-1].n_left == 12


def test_a_closed_case_that_accounts_join_is_opened_again(confirmed, do, see, tmp_path, make_scan, three, lea, ann):
    do(ann, judging.close, 2, "Done.")
    do(lea, taking.take, scan_folder.read(make_scan(tmp_path / "b", three[1:2], n_rejects=1)), "the same")
    assert see(showing.show, 2).case.state == "closed"
    three[1].n_accounts = 63
    do(lea, taking.take, scan_folder.read(make_scan(tmp_path / "c", three[1:2])), "one more")
    shown = see(showing.show, 2)
    assert (shown.case.state, shown.events[-1].event) == ("open", "reopened")


def test_splits_and_merges_are_written_down(taken, do, see, tmp_path, make_scan, three, lea):
    row = {"first_look": 1, "last_look": 1, "n_accounts": 5, "q_value": 0.1, "split_from": None, "merged_into": None}
    lineage = pa.Table.from_pylist(
        [
            row | {"campaign_id": "cmp-7f3a91"},
            row | {"campaign_id": "cmp-20c4d8", "merged_into": "cmp-7f3a91"},
            row | {"campaign_id": "cmp-b1190e", "split_from": "cmp-7f3a91"},
        ],
        schema=LINEAGE.schema,
    )
    three[2].severity = "review"
    do(lea, taking.take, scan_folder.read(make_scan(tmp_path / "b", three)), "second", lineage)
    assert see(showing.show, 2).case.merged_into == 1
    assert see(showing.show, 3).case.split_from == 1


def test_a_case_by_hand(do, see, ann):
    number = do(ann, taking.open_by_hand, "A tip", ["b", "a", "a"], "A partner named them.")
    found = see(showing.members, number, showing.Which())
    assert [m.account_id for m in found.rows] == ["a", "b"]
    assert see(showing.show, number).campaign == {}
    do(ann, judging.judge, number, Verdict.UNSURE, "Cannot tell.", accounts=["a"])
    with pytest.raises(InputError, match="no accounts"):
        do(ann, taking.open_by_hand, "A tip", [], "why")
