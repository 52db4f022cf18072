from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import import_scan, labels
from stillwatch.tables import scan_folder


def test_the_queue_lists_what_waits(crowd, taken):
    page = crowd.signed_in("viewer").get("/cases")
    assert page.status_code == 200
    assert page.text.index("cmp-7f3a91") < page.text.index("cmp-20c4d8")
    facts = crowd.signed_in("viewer").get("/cases.json").json()
    assert [(c["case_id"], c["severity"], c["stands_at"]) for c in facts["cases"]] == [
        (1, "urgent", "open"),
        (2, "review", "open"),
    ]
    assert [(c["rank"], c["p_group"]) for c in facts["cases"]] == [(1, 0.94), (2, 0.77)]
    assert "94.0%" in page.text
    assert (facts["total"], facts["later"], facts["earlier"]) == (2, None, None)


def test_an_empty_queue_says_how_cases_come_about(crowd):
    assert "No open cases" in crowd.signed_in("viewer").get("/cases").text
    assert "No matching cases" in crowd.signed_in("viewer").get("/cases?word=x").text


def test_filters_are_kept_and_odd_ones_refused(crowd, taken):
    browser = crowd.signed_in("viewer")
    found = browser.get("/cases.json?severity=review&word=cmp-&state=all").json()
    assert [c["case_id"] for c in found["cases"]] == [2]
    assert 'value="cmp-&#34;"' in browser.get('/cases?word=cmp-"').text
    for odd in ("state=x", "severity=x", "start=-1", f"word={'x' * 201}"):
        assert browser.get(f"/cases.json?{odd}").status_code == 422, odd


def test_filters_can_be_kept_as_a_view(crowd, taken):
    browser = crowd.signed_in("viewer")
    page = browser.get("/cases?severity=review&state=all").text
    assert 'href="/views?query=state%3Dall%26severity%3Dreview#new"' in page
    assert 'value="state=all&amp;severity=review"' in browser.get("/views?query=state%3Dall%26severity%3Dreview").text


def test_a_long_queue_has_pages(crowd, desk):
    with desk.work(Actor("ann", Role.ANALYST), Permission.JUDGE) as work:
        for number in range(51):
            import_scan.open_by_hand(work, f"Tip {number}", ["a"], "why")
    browser = crowd.signed_in("viewer")
    first = browser.get("/cases.json?state=all").json()
    assert (len(first["cases"]), first["total"], first["later"]) == (50, 51, "/cases?state=all&start=50")
    last = browser.get(first["later"].replace("/cases", "/cases.json")).json()
    assert (len(last["cases"]), last["earlier"]) == (1, "/cases?state=all")


def test_what_people_and_scans_write_is_inert(crowd, desk, scan):
    with desk.work(Actor("ann", Role.ANALYST), Permission.JUDGE) as work:
        import_scan.open_by_hand(work, "<script>alert(1)</script>", ["=cmd|' /C calc'!A0"], "why")
        labels.assign(work, 1, '"><img src=x onerror=alert(1)>')
        import_scan.take(work, scan_folder.read(scan), "<b>scan</b>")
    browser = crowd.signed_in("analyst")
    for path in ("/cases", "/cases/1", "/cases/1/members", "/cases/2"):
        text = browser.get(path).text
        for evil in ("<script>alert", "<img", "<b>scan"):
            assert evil not in text, (path, evil)
