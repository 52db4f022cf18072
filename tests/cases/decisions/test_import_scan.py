import dataclasses

import pyarrow as pa
import pytest

from stillwatch.cases import Permission
from stillwatch.cases.decisions import import_scan, judgements
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.queries import case_queries, scan_diff
from stillwatch.cases.queries.queue import QueueFilter, queue
from stillwatch.cases.store import audit
from stillwatch.errors import InputError
from stillwatch.tables import LINEAGE, scan_folder


def test_a_scan_opens_cases_for_what_a_person_should_look_at(taken, see, desk):
    assert (taken.is_new, taken.opened, taken.updated, taken.n_aside) == (True, (1, 2), (), 1)
    shown = see(case_queries.show, 1)
    assert (shown.case.campaign_id, shown.case.severity, shown.case.n_accounts) == ("cmp-7f3a91", "urgent", 400)
    assert (shown.campaign["accountability"], shown.case.rank) == ("concealed", 1)
    assert shown.case.p_group == pytest.approx(0.94)
    assert shown.timeline.num_rows > 0
    assert shown.background.num_rows == 720
    assert set(shown.bonds.column("campaign_id").to_pylist()) == {"cmp-7f3a91"}
    assert [(e.event, e.n_accounts) for e in shown.events] == [("appeared", 400)]
    with desk.look() as look:
        assert [e.action for e in audit.entries(look.session.connection())] == ["scan taken"]


def test_the_same_scan_again_changes_nothing(taken, do, see, scan, desk, lea):
    with desk.work(lea, Permission.VIEW) as work:
        again = import_scan.take(work, scan_folder.read(scan), "again")
        work.record("test", "nothing")
    assert (again.is_new, again.scan_id) == (False, taken.scan_id)
    assert see(queue, QueueFilter()).total == 2


def test_a_campaign_that_grows_adds_to_its_case(taken, do, see, tmp_path, make_scan, three, lea):
    three[1].n_accounts = 70
    grown = do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "b", three[1:2])), "second")
    assert (grown.opened, grown.updated, grown.gone) == ((), (2,), (1,))
    shown = see(case_queries.show, 2)
    assert [(e.event, e.n_accounts, e.n_joined, e.n_left) for e in shown.events] == [
        ("appeared", 62, 62, 0),
        ("grew", 70, 8, 0),
    ]
    assert [e.event for e in see(case_queries.show, 1).events] == ["appeared", "not seen"]
    assert see(case_queries.show, 1).case.n_accounts == 400


def test_a_member_that_is_no_longer_named_stays(taken, do, see, tmp_path, make_scan, three, lea):
    three[1].n_accounts = 50
    do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "b", three[1:2])), "second")
    found = see(case_queries.members, 2, case_queries.Which(count=100))
    assert (found.total, sum(m.is_seen for m in found.rows)) == (62, 50)
    assert see(case_queries.show, 2).events[-1].n_left == 12


def test_a_closed_case_that_accounts_join_is_opened_again(confirmed, do, see, tmp_path, make_scan, three, lea, ann):
    do(ann, judgements.close, 2, "Done.")
    do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "b", three[1:2], n_rejects=1)), "the same")
    assert see(case_queries.show, 2).case.state == "closed"
    three[1].n_accounts = 63
    do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "c", three[1:2])), "one more")
    shown = see(case_queries.show, 2)
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
    do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "b", three)), "second", lineage)
    assert see(case_queries.show, 2).case.merged_into == 1
    assert see(case_queries.show, 3).case.split_from == 1


def test_a_case_by_hand(do, see, ann):
    number = do(ann, import_scan.open_by_hand, "A tip", ["b", "a", "a"], "A partner named them.")
    found = see(case_queries.members, number, case_queries.Which())
    assert [m.account_id for m in found.rows] == ["a", "b"]
    assert see(case_queries.show, number).campaign == {}
    do(ann, judgements.judge, number, Verdict.UNSURE, "Cannot tell.", accounts=["a"])
    with pytest.raises(InputError, match="no accounts"):
        do(ann, import_scan.open_by_hand, "A tip", [], "why")


def crowd(described, n, severity="review"):
    """Return *n* campaigns of one kind; the first has the best rank."""
    return [
        described(f"cmp-{i:02}", 12, 5, 9, (0.9, 0.8, "unknown"), severity, 1e-4, {"chat": 1.0}, {"shared_frame": 1.0})
        for i in range(n)
    ]


def unopened(look, number):
    return scan_diff.n_unopened(look, scan_diff.scan_of(look, number))


@pytest.fixture
def two_per_day(desk, monkeypatch):
    monkeypatch.setattr(desk, "settings", desk.settings.model_copy(update={"open_per_day": 2}))


def test_an_import_opens_the_best_ranks_and_counts_the_rest(two_per_day, do, see, tmp_path, make_scan, described, lea):
    five = scan_folder.read(make_scan(tmp_path / "five", crowd(described, 5)))
    shuffled = dataclasses.replace(five, campaigns=five.campaigns.take([4, 1, 3, 0, 2]))
    taken = do(lea, import_scan.take, shuffled, "five")
    assert (taken.opened, taken.n_unopened, taken.n_aside) == ((1, 2), 3, 0)
    assert [case.campaign_id for case in see(queue, QueueFilter()).rows] == ["cmp-00", "cmp-01"]
    assert see(unopened, 1) == 3


def test_a_second_import_of_the_same_scan_opens_the_next(
    two_per_day, do, see, tmp_path, make_scan, described, lea
):  # fmt: skip
    five = scan_folder.read(make_scan(tmp_path / "five", crowd(described, 5)))
    first = do(lea, import_scan.take, five, "five")
    again = do(lea, import_scan.take, five, "five")
    assert (again.is_new, again.opened, again.updated, again.n_unopened) == (False, (3, 4), (), 1)
    last = do(lea, import_scan.take, five, "five")
    assert (last.opened, last.n_unopened, last.scan_id) == ((5,), 0, first.scan_id)
    assert see(unopened, 1) == 0
    assert [len(see(case_queries.show, case_id).events) for case_id in range(1, 6)] == [1] * 5


def test_the_next_scan_opens_what_it_finds_again(two_per_day, do, see, tmp_path, make_scan, described, lea):
    do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "a", crowd(described, 3))), "a")
    later = scan_folder.read(make_scan(tmp_path / "b", crowd(described, 3), n_rejects=7))
    taken = do(lea, import_scan.take, later, "b")
    assert (taken.updated, taken.opened, taken.n_unopened) == ((1, 2), (3,), 0)
    assert see(unopened, 1) == 0, "the next scan opened it, so the first leaves none"


def test_what_is_below_the_severity_of_a_case_does_not_wait(
    two_per_day, do, tmp_path, make_scan, described, lea
):  # fmt: skip
    watched = scan_folder.read(make_scan(tmp_path / "w", crowd(described, 4, "watch")))
    taken = do(lea, import_scan.take, watched, "watched")
    assert (taken.opened, taken.n_unopened, taken.n_aside) == ((), 0, 4)


def test_a_row_without_a_rank_opens_last(two_per_day, do, see, tmp_path, make_scan, described, lea):
    read = scan_folder.read(make_scan(tmp_path / "r", crowd(described, 3)))
    ranks = pa.array([None, 2, 3], pa.int64())
    at = read.campaigns.schema.get_field_index("rank")
    odd = dataclasses.replace(read, campaigns=read.campaigns.set_column(at, "rank", ranks))
    do(lea, import_scan.take, odd, "odd")
    assert [case.campaign_id for case in see(queue, QueueFilter()).rows] == ["cmp-01", "cmp-02"]
