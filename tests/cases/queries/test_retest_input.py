import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from stillwatch.cases.decisions import import_scan, judgements
from stillwatch.cases.decisions.verdict import Standing, Verdict
from stillwatch.cases.queries import retest_input
from stillwatch.cases.queries.case_queries import Which
from stillwatch.cases.store.schema import Sighting
from stillwatch.errors import InputError, MissingError
from stillwatch.tables import GROUNDS, scan_folder


def test_the_last_scan_leaves_what_its_tests_can_be_made_again_from(taken, see):
    found = see(retest_input.grounds, 2)
    assert found.members.num_rows == 62
    assert set(found.members.column("campaign_id").to_pylist()) == {"cmp-20c4d8"}
    assert set(found.bonds.column("campaign_id").to_pylist()) == {"cmp-20c4d8"}
    assert found.everywhere["n_units"] == 10_474


def test_only_the_last_scan_does(taken, do, lea, see, tmp_path, make_scan):
    """What accounts asked is kept of one scan: the next one's takes its place."""
    later = make_scan(tmp_path / "later", grounds=False, n_rejects=13)
    do(lea, import_scan.take, scan_folder.read(later), "second")
    with pytest.raises(MissingError, match="no scan stored"):
        see(retest_input.grounds, 2)
    assert see(lambda look: look.session.execute(_stored(2)).all()) == [(None,), (None,)]


def test_a_scan_that_left_none_of_the_campaign_left_nothing(do, lea, see, tmp_path, make_scan):
    folder = make_scan(tmp_path / "odd")
    pq.write_table(GROUNDS.schema.empty_table(), folder / "grounds.parquet")
    do(lea, import_scan.take, scan_folder.read(folder), "odd")
    with pytest.raises(MissingError, match="no scan stored"):
        see(retest_input.grounds, 2)


def test_what_the_innocent_asked_is_not_kept(taken, ben, do, see):
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A class.")
    do(ben, judgements.close, 2, "It is a class.")
    with pytest.raises(MissingError, match="no scan stored"):
        see(retest_input.grounds, 2)
    assert see(retest_input.grounds, 1).members.num_rows == 400


def test_nor_is_it_when_the_next_scan_sees_them_again(taken, ben, do, lea, see, tmp_path, make_scan):
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A class.")
    do(ben, judgements.close, 2, "It is a class.")
    do(lea, import_scan.take, scan_folder.read(make_scan(tmp_path / "later", n_rejects=13)), "second")
    with pytest.raises(MissingError, match="no scan stored"):
        see(retest_input.grounds, 2)
    assert see(lambda look: look.session.execute(_stored(2)).all()) == [(None,), (None,)]
    assert see(retest_input.grounds, 1).members.num_rows == 400


def _stored(case_id):
    return sa.select(Sighting.grounds).where(Sighting.case_id == case_id)


def test_a_case_that_no_scan_opened_has_none(do, ben, see):
    number = do(ben, import_scan.open_by_hand, "A tip", ["x"], "They said so.")
    with pytest.raises(MissingError):
        see(retest_input.grounds, number)
    with pytest.raises(MissingError, match="no such case"):
        see(retest_input.grounds, 99)


def test_members_are_named_by_themselves_by_standing_and_by_membership(confirmed, do, ben, see):
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A class.", accounts=confirmed[:2])
    innocent = Which(standing=Standing.INNOCENT)
    assert see(retest_input.named, 2, [], None, 0.0) == set()
    assert see(retest_input.named, 2, confirmed[4:5], None, 0.0) == {confirmed[4]}
    assert see(retest_input.named, 2, ["acct_20c4d8_00040"], Which(standing=Standing.CONFIRMED), 0.0) >= {
        *confirmed[2:],
        "acct_20c4d8_00040",
    }
    assert not see(retest_input.named, 2, [], innocent, 0.0) & set(confirmed[2:])
    unsure = see(retest_input.named, 2, [], None, 0.95)
    assert 0 < len(unsure) < 62
    with pytest.raises(InputError, match="no members of the case"):
        see(retest_input.named, 2, ["nobody"], None, 0.0)
