"""What a look may spend, ids that last, and a folder that a killed scan leaves as it was."""

import shutil
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats import norm

from stillwatch.campaigns import Detection, Scanned, follow, history, lineage, scanned
from stillwatch.campaigns.coordination import LEAST_P
from stillwatch.campaigns.history import require_history, share, spent
from stillwatch.engine import DuckDBEngine
from stillwatch.errors import EngineError, InputError
from stillwatch.settings import CampaignsSettings
from stillwatch.statistics import focused_q_values
from stillwatch.tables import (
    ACTIVITY,
    ATTRIBUTES,
    BONDS,
    CAMPAIGNS,
    EVENTS,
    GROUNDS,
    LINEAGE,
    LOOKS,
    MEMBERS,
    PROFILES,
    TRACKS,
)  # fmt: skip

SETTINGS = CampaignsSettings()
START = datetime(2026, 2, 25, tzinfo=UTC)
STRONG = 1e-12


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with DuckDBEngine(tmp_path_factory.mktemp("history"), threads=1) as engine:
        yield engine


def accounts(first, last):
    return [f"a{i:04d}" for i in range(first, last)]


def detection(*groups, n_tested=10):
    """Return a detection of groups (members, q) whose ids are C-new-0, C-new-1, …; q is what each would have alone."""
    campaigns, members, bonds = [], [], []
    p_values = np.array([q / n_tested for _, q in groups])
    for i, ((names, _), q) in enumerate(zip(groups, focused_q_values(p_values, n_tested).tolist(), strict=True)):
        row = dict.fromkeys(("n_exchanges", "output_tokens", "first_at", "last_at"), 0)
        dials = dict.fromkeys(("coordination", "p_group"), 0.9)
        lists = {name: [] for name in ("capabilities", "reasons", "innocent_readings")}
        own = {"campaign_id": f"C-new-{i}", "n_accounts": len(names), "q_value": q, "severity": "review", "rank": i + 1}
        own |= {"accountability": "unknown"}
        campaigns.append({**row, **dials, **lists, **own})
        members += [{"campaign_id": own["campaign_id"], "account_id": a, "p_member": 0.9, "reasons": []} for a in names]
        shared = {"signal": "s", "family": "identity", "hub": "h", "bits": 1.0}
        bonds += [{"campaign_id": own["campaign_id"], "account_id": a, **shared} for a in names[:2]]
    return Detection(
        pa.Table.from_pylist(campaigns, schema=CAMPAIGNS.schema),
        pa.Table.from_pylist(members, schema=MEMBERS.schema),
        pa.Table.from_pylist(bonds, schema=BONDS.schema),
        GROUNDS.schema.empty_table(),
        {"n_groups_tested": n_tested, "n_groups_coordinated": len(groups)},
        {},
        {row["campaign_id"]: float(p) for row, p in zip(campaigns, p_values, strict=True)},
    )


class Days:
    """A history fed day by day; every look is of another log, in which *present* accounts were active."""

    def __init__(self, folder, engine):
        self.folder, self.engine, self.day = folder, engine, 0

    def look(self, *groups, present=None, day=None, settings=SETTINGS, n_exchanges=1):
        self.day = self.day + 1 if day is None else day
        names = present or [account for group, _ in groups for account in group]
        activity = self.engine.query(
            "SELECT account_id FROM t", t=pa.table({"account_id": pa.array(names, pa.string())})
        )
        row = {
            "first_at": START,
            "last_at": START + timedelta(days=self.day),
            "n_accounts": len(names),
            "n_exchanges": n_exchanges,
        }
        what = Scanned(activity, f"day-{self.day}", row)
        return follow(self.folder, detection(*groups), what, engine=self.engine, settings=settings)

    def table(self, name):
        return pq.read_table(max(self.folder.glob("look-*")) / f"{name}.parquet", partitioning=None)


@pytest.fixture
def days(tmp_path, engine):
    return Days(tmp_path / "history", engine)


def ids(followed):
    return followed.detection.campaigns.column("campaign_id").to_pylist()


def told(followed):
    return [(e["event"], e["campaign_id"], e["other_id"], e["n_new"]) for e in followed.look["events"]]


def test_looks_in_a_row_spend_the_rate_and_no_more():
    assert [share(looks) for looks in (1, 2, 14)] == pytest.approx([1, 1 / 2, 1 / 14])
    for looks in (1, 7, 14):
        assert [spent(t, looks) for t in range(1, looks + 1)] == pytest.approx(
            [t * share(looks) for t in range(1, looks + 1)]
        )
        assert spent(looks, looks) == spent(10**9, looks) == 1, "older looks no longer count"
    assert LEAST_P / share(SETTINGS.looks) < SETTINGS.false_discovery_rate, "the strongest evidence still stands"


def test_a_new_campaign_must_stand_at_the_level_of_its_look(days):
    """0.004 stands in one of two looks (0.01/2) and not in one of three; which look it is does not matter."""
    two, three = (CampaignsSettings(looks=looks) for looks in (2, 3))
    first = days.look((accounts(0, 10), 0.004), settings=two)
    assert first.detection.campaigns.column("q_value").to_pylist() == pytest.approx([0.008])
    assert first.look["level"] == pytest.approx(0.01 / 2)
    second = days.look((accounts(50, 60), 0.004), settings=three)
    assert ids(second) == []
    assert len(second.detection.members) == len(second.detection.bonds) == 0
    assert second.look["level"] == pytest.approx(0.01 / 3)
    assert len(ids(days.look((accounts(50, 60), 0.004), settings=two))) == 1


def test_every_look_says_what_it_and_those_before_it_spent(days):
    told = [days.look(present=accounts(0, 10), settings=CampaignsSettings(looks=3)).look for _ in range(5)]
    assert [look["share"] for look in told] == pytest.approx([1 / 3] * 5)
    assert [look["spent"] for look in told] == pytest.approx([1 / 3, 2 / 3, 1, 1, 1])


def q_values(followed):
    return dict(zip(ids(followed), followed.detection.campaigns["q_value"].to_pylist(), strict=True))


def test_a_known_campaign_keeps_the_q_value_of_its_first_report(days):
    first = {"C-new-0": pytest.approx(SETTINGS.looks * 1e-5)}
    for q in (1e-5, 0.009, 1e-9):
        assert q_values(days.look((accounts(0, 10), q))) == first
        assert days.table("lineage").column("q_value").to_pylist() == [pytest.approx(SETTINGS.looks * 1e-5)]
    assert q_values(days.look(present=accounts(0, 10))) == {}, "it stays as long as detection reports its group"
    assert q_values(days.look((accounts(0, 10), 0.009))) == first


def test_a_stricter_rate_counts_for_earlier_campaigns_too(days):
    """What was reported at a looser rate is not known at a stricter one: it is tested as new groups are."""
    days.look((accounts(0, 10), 0.001))
    stricter = CampaignsSettings(false_discovery_rate=0.001)
    assert ids(days.look((accounts(0, 10), 0.001), settings=stricter)) == []
    again = days.look((accounts(0, 10), 1e-5), settings=stricter)
    assert q_values(again) == {"C-new-0": pytest.approx(SETTINGS.looks * 1e-5)}
    assert told(again) == [("returned", "C-new-0", None, 0)]


def test_new_groups_are_ranked_among_themselves(days):
    """Two of one look lift each other, as in any scan; a known campaign lifts nobody."""
    days.look((accounts(0, 10), STRONG))
    weak, weaker = 0.0012, 0.0024
    known, one, two = (accounts(0, 10), STRONG), (accounts(20, 30), weaker), (accounts(40, 50), weak)
    assert ids(days.look(known, one)) == ["C-new-0"]
    both = days.look(one, known, two)
    first, kept, second = ids(both)
    assert kept == "C-new-0"
    assert len({first, kept, second}) == 3
    assert q_values(both) == {
        kept: pytest.approx(SETTINGS.looks * STRONG),
        first: pytest.approx(SETTINGS.looks * weaker / 2),
        second: pytest.approx(SETTINGS.looks * weak),
    }
    assert both.detection.campaigns.column("rank").to_pylist() == [1, 2, 3]
    assert both.detection.p_values == pytest.approx({kept: STRONG / 10, first: weaker / 10, second: weak / 10})
    again = days.look(one, known, two, day=days.day)
    assert again.detection.campaigns.equals(both.detection.campaigns)
    assert again.look == both.look


def test_who_is_not_reported_has_no_place_in_the_queue(days):
    days.look((accounts(0, 10), STRONG))
    found = days.look((accounts(20, 30), 0.009), (accounts(0, 10), STRONG), (accounts(40, 50), STRONG))
    assert found.detection.campaigns.column("rank").to_pylist() == [1, 2]
    assert ids(found)[0] == "C-new-0"
    assert set(found.detection.p_values) == set(ids(found))


@pytest.mark.parametrize("n_known", [0, 10, 40])
def test_looks_in_a_row_name_a_false_campaign_no_more_often_than_the_rate(n_known):
    """Of 200 candidates a look *n_known* are known campaigns; the others are nulls with uniform p-values.

    With ``-s`` it prints the figures of docs/why/scoring.md. In the mean they are 1 - (1 - rate/7 * nulls/200)^7.
    """
    random, n_tested, windows, rate = np.random.default_rng(n_known), 200, 3000, SETTINGS.false_discovery_rate
    known = [(accounts(2 * i, 2 * i + 2), LEAST_P * n_tested) for i in range(n_known)]
    state = history._State.of({table.name: table.schema.empty_table() for table in (LOOKS, LINEAGE, TRACKS, EVENTS)})
    present = accounts(0, 2 * n_known)
    first, _ = history._next(state, detection(*known, n_tested=n_tested), 1, present, SETTINGS)
    assert len(first.campaigns) == n_known
    is_false = np.zeros(windows, bool)
    for look in range(SETTINGS.looks):
        nulls = np.sort(np.maximum(random.random((windows, n_tested - n_known)), LEAST_P), axis=1)
        # No ranking gives a null a smaller q-value than one in which every known campaign comes before it.
        ranks = n_known + np.arange(1, nulls.shape[1] + 1)
        for window in np.flatnonzero((nulls * n_tested / ranks <= rate * share(SETTINGS.looks)).any(axis=1)):
            # Detection reports at its plain rate.
            reported = nulls[window, : 1 + np.flatnonzero(nulls[window] * n_tested / ranks <= rate)[-1]]
            new = [(accounts(9000 + 2 * i, 9002 + 2 * i), p * n_tested) for i, p in enumerate(reported)]
            before = history._State([], dict(state.lineage), dict(state.tracks), [])
            found, _ = history._next(before, detection(*known, *new, n_tested=n_tested), look + 2, present, SETTINGS)
            is_false[window] |= len(found.campaigns) > n_known
    print(f"{n_known} known: {is_false.mean():.2%} of {windows} windows")
    assert is_false.mean() <= rate


def test_a_campaign_keeps_its_id_while_it_grows(days):
    assert told(days.look((accounts(0, 5), STRONG))) == [("appeared", "C-new-0", None, 5)]
    assert told(days.look((accounts(900, 905), STRONG), (accounts(0, 9), STRONG))) == [
        ("appeared", days_id := ids_of_new(days), None, 5),
        ("grew", "C-new-0", None, 4),
    ]
    assert days_id != "C-new-0"
    assert told(days.look((accounts(0, 9), STRONG), (accounts(900, 905), STRONG))) == []
    tracks = {row["account_id"]: row for row in days.table("tracks").to_pylist()}
    assert [tracks[a]["first_look"] for a in ("a0000", "a0008", "a0900")] == [1, 2, 2]
    assert {row["last_look"] for row in tracks.values()} == {3}


def ids_of_new(days):
    """The id of the campaign that appeared at the second look, whose own name was taken."""
    (row,) = [row for row in days.table("lineage").to_pylist() if row["first_look"] == 2]
    return row["campaign_id"]


def test_members_and_bonds_go_by_the_lasting_id(days):
    days.look((accounts(0, 10), STRONG))
    after = days.look((accounts(500, 520), STRONG), (accounts(5, 15), STRONG)).detection
    known, own = "C-new-0", next(i for i in after.campaigns["campaign_id"].to_pylist() if i != "C-new-0")
    for table in (after.members, after.bonds):
        assert {r["campaign_id"] for r in table.to_pylist() if r["account_id"] < "a0100"} == {known}
        assert {r["campaign_id"] for r in table.to_pylist() if r["account_id"] > "a0100"} == {own}
    assert after.campaigns.schema.equals(CAMPAIGNS.schema)
    assert after.members.schema.equals(MEMBERS.schema)


def test_closed_and_replaced_accounts_keep_the_chain(days):
    """Ten accounts a day, half of them replaced each day: in the end nobody of the beginning is left."""
    for day in range(12):
        found = days.look((accounts(5 * day, 5 * day + 10), STRONG))
        assert ids(found) == ["C-new-0"]
    assert len(days.table("tracks")) == 65


def test_members_that_no_log_has_any_more_do_not_count_against_a_campaign(days):
    days.look((accounts(0, 100), STRONG))
    log = accounts(90, 200)
    assert ids(days.look((log, STRONG), present=log)) == ["C-new-0"]


def test_a_split_names_its_origin_and_a_merger_what_it_took_up(days):
    days.look((accounts(0, 100), STRONG))
    parted = days.look((accounts(40, 100), STRONG), (accounts(0, 40), STRONG))
    kept, new = ids(parted)
    assert kept == "C-new-0"
    assert ("split", new, "C-new-0", 40) in told(parted)
    merged = days.look((accounts(0, 100), STRONG))
    assert ids(merged) == ["C-new-0"]
    assert ("merged", "C-new-0", new, 0) in told(merged)
    assert told(days.look((accounts(0, 100), STRONG))) == []
    assert lineage(days.folder).equals(days.table("lineage"))
    rows = {row["campaign_id"]: row for row in lineage(days.folder).to_pylist()}
    assert rows[new]["split_from"] == rows[new]["merged_into"] == "C-new-0"


def test_a_part_that_split_off_must_stand_on_its_own(days):
    days.look((accounts(0, 100), STRONG))
    assert ids(days.look((accounts(40, 100), 0.009), (accounts(0, 40), 0.009))) == ["C-new-0"]


def test_a_campaign_that_vanishes_is_gone_once_and_gets_its_id_back(days):
    days.look((accounts(0, 10), STRONG))
    assert told(days.look(present=accounts(0, 10))) == [("gone", "C-new-0", None, 0)]
    assert told(days.look(present=accounts(0, 10))) == []
    assert told(days.look((accounts(4, 20), STRONG))) == [("returned", "C-new-0", None, 10)]


def test_the_same_look_again_spends_nothing_and_says_the_same(days):
    days.look((accounts(0, 10), STRONG))
    once = days.look((accounts(0, 15), 1e-5))
    before = {path: path.read_bytes() for path in days.folder.rglob("*.parquet")}
    again = days.look((accounts(0, 15), 1e-5), day=2)
    assert again.look == once.look
    assert again.detection.campaigns.equals(once.detection.campaigns)
    days.look((accounts(0, 15), 1e-5), day=3)
    early = days.look((accounts(0, 10), STRONG), day=1)
    assert early.look["number"] == 1
    assert early.detection.campaigns["q_value"][0].as_py() == pytest.approx(SETTINGS.looks * STRONG)
    assert {path: path.read_bytes() for path in before} == before
    assert days.table("looks").column("look").to_pylist() == [1, 2, 3]


def test_a_kill_while_a_look_is_written_leaves_the_history_as_it_was(days, monkeypatch):
    days.look((accounts(0, 10), STRONG))
    with monkeypatch.context() as patched:
        patched.setattr(pq, "write_table", _killed_after(2))
        with pytest.raises(KeyboardInterrupt):
            days.look((accounts(0, 15), STRONG))
    assert sorted(p.name for p in days.folder.iterdir()) == ["look-000001", "look-000002.part"]
    assert days.look((accounts(0, 15), STRONG), day=2).look["number"] == 2
    assert sorted(p.name for p in days.folder.iterdir()) == ["look-000001", "look-000002"]


def _killed_after(count):
    written = []
    write = pq.write_table

    def killed(table, sink):
        if len(written) == count:
            raise KeyboardInterrupt
        written.append(table)
        write(table, sink)

    return killed


def test_the_tables_of_a_look_have_their_schemas(days):
    days.look((accounts(0, 10), STRONG))
    days.look((accounts(0, 12), STRONG))
    for table in (LOOKS, LINEAGE, TRACKS, EVENTS):
        assert days.table(table.name).schema.equals(table.schema), table.name
    last = days.table("looks").to_pylist()[-1]
    assert (last["look"], last["n_campaigns"], last["n_groups_tested"], last["n_accounts"]) == (2, 1, 10, 12)


def test_a_broken_history_names_the_file(days):
    days.look((accounts(0, 10), STRONG))
    broken = days.folder / "look-000001" / "tracks.parquet"
    broken.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match=r"tracks\.parquet"):
        days.look((accounts(0, 10), STRONG))
    broken.unlink()
    with pytest.raises(InputError, match=r"tracks\.parquet"):
        days.look((accounts(0, 10), STRONG))


def test_a_folder_in_the_way_is_an_error_of_infrastructure(tmp_path, engine):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EngineError, match="look"):
        Days(tmp_path / "file", engine).look((accounts(0, 10), STRONG))


def test_a_history_is_checked_before_a_log_is_read_for_it(days, tmp_path):
    require_history(days.folder)
    days.look((accounts(0, 10), STRONG))
    require_history(days.folder)
    (days.folder / "look-000001" / "events.parquet").unlink()
    with pytest.raises(InputError, match=r"events\.parquet: not the table events of a history\. Restore the folder"):
        require_history(days.folder)
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "inside"):
        with pytest.raises(InputError, match=r"file: a history is a folder, and this is a file\. Check --history\."):
            require_history(folder)


def test_a_log_without_exchanges_is_no_look(days):
    days.look((accounts(0, 10), STRONG))
    with pytest.raises(InputError, match="no exchange to look at; the history stays as it was"):
        days.look(n_exchanges=0)
    assert len(days.table("looks")) == 1


def test_going_back_in_time_is_a_look_with_a_notice(days):
    assert days.look((accounts(0, 10), STRONG), day=5).notices == ()
    assert days.look((accounts(0, 10), STRONG), day=6).notices == ()
    (notice,) = days.look((accounts(0, 10), STRONG), day=3).notices
    assert notice.startswith("The log ends before that of the last look did")
    assert days.look((accounts(0, 10), STRONG), day=5).notices == (), "a look that was scanned before is no new one"


def test_a_log_of_other_accounts_is_a_look_with_a_notice_that_names_none(days):
    days.look((accounts(0, 10), STRONG))
    (notice,) = days.look(present=accounts(50, 60)).notices
    assert notice.startswith("None of the 10 accounts that the history names are in the log.")
    assert "a00" not in notice


def test_a_look_whose_forerunner_was_deleted_cannot_be_repeated(days):
    for _ in range(3):
        days.look((accounts(0, 10), STRONG))
    shutil.rmtree(days.folder / "look-000001")
    with pytest.raises(InputError, match="look 2 cannot be repeated without look 1, which was deleted"):
        days.look((accounts(0, 10), STRONG), day=2)
    assert days.look((accounts(0, 10), STRONG), day=3).look["number"] == 3


def test_what_was_scanned_is_told_by_content_not_by_names_or_order(engine, sample):
    def digest(activity, profiles, facts=(), made_with="x"):
        known = pa.Table.from_pylist(list(facts), schema=ATTRIBUTES.schema)
        frames = (engine.query("SELECT * FROM t", t=table) for table in (activity, known))
        activity, attributes = frames
        return scanned(engine, activity=activity, attributes=attributes, profiles=profiles, made_with=made_with)

    one = sample(honest=30)
    plain = digest(one.activity, one.profiles)
    assert plain.row["n_accounts"] == 30
    place = one.activity.schema.get_field_index("account_id")
    renamed = one.activity.set_column(
        place, ACTIVITY.schema.field("account_id"), pa.array([f"z{i}" for i in range(30, 0, -1)])
    )
    assert digest(renamed.take(list(range(29, -1, -1))), one.profiles).digest == plain.digest
    fact = {"account_id": "acct-1", "name": "plan", "value": "pro"}
    others = [
        digest(one.activity.slice(1), one.profiles),
        digest(one.activity, sample(honest=30, seed=2).profiles),
        digest(one.activity, one.profiles, [fact]),
        digest(one.activity, one.profiles, made_with="y"),
        digest(ACTIVITY.schema.empty_table(), PROFILES.schema.empty_table()),
    ]
    assert len({plain.digest, *(other.digest for other in others)}) == 6


def test_scanning_every_day_errs_no_more_often_than_the_rate_in_any_looks_in_a_row():
    """Nulls whose evidence drifts from day to day: at the plain rate two weeks of looks err often, spent they do not."""
    random, days, rate, looks = np.random.default_rng(1), np.arange(1, 366), 0.01, SETTINGS.looks
    drift = np.cumsum(random.normal(size=(4000, len(days))), axis=1) / np.sqrt(days)
    p = norm.sf(drift)
    plain, spent_ = [], []
    for first in range(0, len(days) - looks, looks):
        p_here = p[:, first : first + looks].min(axis=1)
        plain.append((p_here <= rate).mean())
        spent_.append((p_here / share(looks) <= rate).mean())
    assert plain[0] > 3 * rate
    assert max(spent_) <= rate
