import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import import_scan
from stillwatch.tables import scan_folder

LEA = Actor("lea", Role.LEAD)


@pytest.fixture
def viewer(crowd):
    return crowd.signed_in("viewer")


@pytest.fixture
def take(desk, make_scan, tmp_path):
    def take(name, campaigns):
        with desk.work(LEA, Permission.JUDGE) as work:
            return import_scan.take(work, scan_folder.read(make_scan(tmp_path / name, campaigns)), f"{name} <b>")

    return take


@pytest.fixture
def two(take, three):
    take("first", three)
    three[0].n_accounts, three[2].severity = 420, "review"
    take("second", [three[0], three[2]])


def test_the_list_has_every_scan_the_newest_first(viewer, two):
    found = viewer.client.get("/scans.json").json()["scans"]
    assert [(one["number"], one["name"], one["n_campaigns"]) for one in found] == [
        (2, "second <b>", 2),
        (1, "first <b>", 3),
    ]
    page = viewer.get("/scans").text
    assert "second &lt;b&gt;" in page
    assert '<option value="1" selected>' in page
    assert '<option value="2" selected>' in page


def test_one_scan_and_the_cases_it_saw(viewer, two):
    found = viewer.client.get("/scans/1.json").json()
    assert [(one["case_id"], one["severity"], one["event"]) for one in found["cases"]] == [
        (1, "urgent", "appeared"),
        (2, "review", "appeared"),
    ]
    assert (found["n_aside"], found["earlier"], found["later"]) == (1, None, 2)
    assert found["false_discovery_rate"] == 0.01
    second = viewer.client.get("/scans/2.json").json()
    assert [(one["case_id"], one["n_joined"]) for one in second["cases"]] == [(1, 20), (3, 12)]
    page = viewer.get("/scans/2").text
    assert 'href="/scans/compare?before=1&amp;after=2"' in page
    assert 'href="/cases/1"' in page
    assert "1 campaign of this scan was below the severity of a case" in viewer.get("/scans/1").text
    assert viewer.get("/scans/9").status_code == 404
    assert viewer.get("/scans/x").status_code == 422


def test_groups_that_stay_unopened_are_told_of(crowd, desk, scan, monkeypatch):
    monkeypatch.setattr(desk, "settings", desk.settings.model_copy(update={"open_per_day": 1}))
    with desk.work(Actor("lea", Role.LEAD), Permission.JUDGE) as work:
        import_scan.take(work, scan_folder.read(scan), "first")
    browser = crowd.signed_in("viewer")
    found = browser.get("/scans/1.json").json()
    assert (found["n_unopened"], found["n_aside"]) == (1, 1)
    assert [(one["rank"], one["accountability"], one["p_group"]) for one in found["cases"]] == [(1, "concealed", 0.94)]
    page = browser.get("/scans/1").text
    assert "1 group stays unopened." in page
    assert "cases.open_per_day" in page


def test_two_scans_side_by_side_the_last_two_where_none_is_named(viewer, two):
    found = viewer.client.get("/scans/compare.json").json()
    assert (found["before"]["number"], found["after"]["number"]) == (1, 2)
    assert found["counts"] == {"new": 1, "changed": 1, "gone": 1, "same": 0}
    rows = {row["case_id"]: row for row in found["changes"]}
    changed = rows[1]
    assert (changed["kind"], changed["n_joined"], changed["n_left"]) == ("changed", 20, 0)
    assert (changed["before"]["n_accounts"], changed["after"]["n_accounts"]) == (400, 420)
    assert set(changed["differs"]) == {"n_accounts", "n_exchanges"}
    assert (rows[2]["kind"], rows[2]["after"], rows[3]["before"]) == ("gone", None, None)
    page = viewer.get("/scans/compare").text
    assert "400 → 420" in page
    assert "20, 0" in page
    assert '<h2 id="gone">Gone (1)</h2>' in page
    assert "Coordination" in page


def test_any_two_can_be_named_in_either_order(viewer, two):
    found = viewer.client.get("/scans/compare.json", params={"before": 2, "after": 1}).json()
    assert {row["case_id"]: row["kind"] for row in found["changes"]} == {1: "changed", 2: "new", 3: "gone"}
    assert [row["n_left"] for row in found["changes"] if row["case_id"] == 1] == [20]
    same = viewer.client.get("/scans/compare.json", params={"before": 2, "after": 2}).json()
    assert same["counts"]["same"] == 2
    assert "<details>" in viewer.get("/scans/compare?before=2&after=2").text
    assert viewer.get("/scans/compare?before=1&after=9").status_code == 404


def test_without_two_scans_there_is_nothing_to_compare(viewer, take, three):
    assert "No scans" in viewer.get("/scans").text
    assert "No scans to compare" in viewer.get("/scans/compare").text
    take("first", three)
    assert "No scans to compare" in viewer.get("/scans/compare").text
    assert viewer.client.get("/scans/compare.json").json()["before"] is None
    assert "Compare</button>" not in viewer.get("/scans").text


def test_many_cases_come_in_pages(viewer, two, monkeypatch):
    monkeypatch.setattr("stillwatch.console.cases.scans._PAGE", 1)
    first = viewer.client.get("/scans/1.json").json()
    assert ([one["case_id"] for one in first["cases"]], first["total"]) == ([1], 2)
    second = viewer.client.get(first["next_page"].replace("/scans/1", "/scans/1.json")).json()
    assert ([one["case_id"] for one in second["cases"]], second["next_page"]) == ([2], None)
    assert "1–1 of 2 cases." in viewer.get("/scans/1").text
    asked = {"before": 2, "after": 2}
    same = viewer.client.get("/scans/compare.json", params=asked).json()
    assert ([row["case_id"] for row in same["changes"]], same["counts"]["same"]) == ([1], 2)
    path = same["more"]["same"]
    rest = viewer.client.get(path.replace("compare", "compare.json")).json()
    assert ([row["case_id"] for row in rest["changes"]], rest["more"], rest["kind"]) == ([3], {}, "same")
    page = viewer.get(path).text
    assert "<details open>" in page
    assert "Show all changes" in page
    assert 'id="new"' not in page
