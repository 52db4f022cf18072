import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import import_scan, judgements
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.queries.precision import UNSAID
from stillwatch.tables import scan_folder

LEA = Actor("lea", Role.LEAD)


@pytest.fixture
def judged(desk, scan):
    with desk.work(LEA, Permission.JUDGE) as work:
        import_scan.take(work, scan_folder.read(scan), "first")
        judgements.judge(work, 1, Verdict.CONFIRMED, "why")


def test_shares_stand_with_their_interval_and_what_they_do_not_say(crowd, judged):
    viewer = crowd.signed_in("viewer")
    found = viewer.client.get("/precision.json").json()
    urgent = found["judged"][0]
    assert (urgent["severity"], urgent["n_confirmed"], urgent["n_settled"], urgent["n_open"]) == ("urgent", 1, 1, 0)
    # one of one: exactly 0.025 to 1
    assert urgent["low"] == pytest.approx(0.025)
    assert urgent["high"] == 1.0
    assert found["unsaid"] == list(UNSAID)
    page = viewer.get("/precision").text
    assert "As people judged it" in page
    assert ">2–100%<" in page or ">3–100%<" in page
    assert "nothing is known" in page
    assert all(text in page for text in UNSAID)


def test_without_cases_nothing_is_claimed(crowd):
    page = crowd.signed_in("viewer").get("/precision").text
    assert page.count("nothing is known") == 3
    assert "100%" not in page
