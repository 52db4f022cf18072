import json
import re

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.access import bearer
from stillwatch.cases.decisions import import_scan, judgements
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store import audit
from stillwatch.cases.store.access_schema import SignIn
from stillwatch.cases.store.schema import AuditEntry

ANN = Actor("ann <b>", Role.ANALYST)


@pytest.fixture
def auditor(crowd):
    return crowd.signed_in("auditor")


@pytest.fixture
def known_auditor(crowd, desk):
    """An auditor whose session the log knows, as after a sign-in with a password."""
    browser = crowd.signed_in("auditor")
    with desk.work(Actor("auditor", Role.AUDITOR), Permission.VIEW) as work:
        (row,) = work.session.scalars(sa.select(SignIn))
        session, until = bearer.digest(row.digest), row.expires_at.isoformat()
        work.record("signed in", "user auditor", how="password", session_sha256=session, expires_at=until)
    return browser


@pytest.fixture
def log(desk, clock):
    """Twelve entries of ann's beside those of the people who were added."""
    for n in range(6):
        with desk.work(ANN, Permission.JUDGE) as work:
            case = import_scan.open_by_hand(work, f"Tip {n}", [f"acct_<i>{n}"], "why")
            judgements.judge(work, case, Verdict.UNSURE, "A reason & more", accounts=[f"acct_<i>{n}"])
        clock.pass_by(minutes=10)


def entries(browser, **asked):
    return browser.client.get("/audit.json", params=asked).json()


def test_the_newest_comes_first_and_what_is_asked_for_alone(auditor, log):
    found = entries(auditor)
    numbers = [one["seq"] for one in found["entries"]]
    assert numbers == sorted(numbers, reverse=True)
    assert found["total"] == len(numbers) == int(found["head"].partition(":")[0])
    mine = entries(auditor, actor="ann <b>", action="judged")
    assert [one["subject"] for one in mine["entries"]] == [f"case {n}" for n in range(6, 0, -1)]
    assert (mine["total"], mine["older"]) == (6, None)
    assert entries(auditor, subject="case 3")["total"] == 2
    assert {"case opened", "judged", "user created"} <= set(found["actions"])
    assert re.fullmatch("[0-9a-f]{12}", found["entries"][0]["digest"])


def test_moments_part_the_log(auditor, log):
    # the first case was opened on 1 April at nine, the others ten minutes later each
    assert entries(auditor, actor="ann <b>", since="2026-04-01T09:20")["total"] == 8
    assert entries(auditor, actor="ann <b>", since="2026-04-01T09:15", until="2026-04-01T09:30")["total"] == 2
    assert entries(auditor, since="2026-04-02")["total"] == entries(auditor, until="2026-04-01")["total"] == 0
    assert auditor.client.get("/audit.json", params={"since": "yesterday"}).status_code == 422


def test_pages_neither_overlap_nor_miss_and_stay_when_entries_are_added(auditor, log, monkeypatch, desk):
    monkeypatch.setattr("stillwatch.console.administration.audit._PAGE", 5)
    whole = entries(auditor)["total"]
    path, seen = "/audit?action=judged", []
    while path:
        page = auditor.client.get(path.replace("/audit", "/audit.json", 1)).json()
        seen += [one["subject"] for one in page["entries"]]
        path = page["older"]
        with desk.work(ANN, Permission.JUDGE) as work:
            judgements.judge(work, 1, Verdict.INNOCENT, "Meanwhile")
    assert seen == [f"case {n}" for n in range(6, 0, -1)]
    assert entries(auditor)["total"] == whole + 2


def test_the_page_escapes_what_people_wrote(auditor, log):
    page = auditor.get("/audit").text
    assert "<bdi>ann &lt;b&gt;</bdi>" in page
    assert 'href="/cases/6"' in page
    judged = entries(auditor, action="judged")["entries"][0]["seq"]
    shown = auditor.get(f"/audit/entry/{judged}").text
    assert "<bdi>acct_&lt;i&gt;5</bdi>" in shown
    assert "A reason &amp; more" in shown
    assert "<i>" not in shown
    assert "No matching entries" in auditor.get("/audit?actor=nobody").text


def test_one_entry_is_shown_whole_with_its_place(auditor, log, desk):
    with desk.look() as look:
        stored = look.session.get(AuditEntry, 3)
        kept = (stored.digest, stored.previous, stored.signature, json.loads(stored.details))
    found = auditor.client.get("/audit/entry/3.json").json()
    assert (found["digest"], found["previous"], found["signature"], found["details"]) == kept
    page = auditor.get("/audit/entry/3").text
    assert 'href="/audit/entry/2" rel="prev"' in page
    assert 'href="/audit/entry/4" rel="next"' in page
    assert auditor.client.get("/audit/entry/999.json").status_code == 404
    assert auditor.client.get("/audit/entry/0.json").status_code == 422


def verify(browser, **fields):
    return browser.client.post(
        "/audit/verify.json", json=fields, headers=browser.headers | {"X-CSRF-Token": browser.csrf}
    )


def test_a_whole_log_says_where_it_ends_and_that_it_was_checked(known_auditor, log, desk):
    head = entries(known_auditor)["head"]
    found = verify(known_auditor, known=head).json()
    assert found["differences"] == []
    assert (found["is_whole"], found["head"], found["compared"], found["place"]) == (True, head, True, None)
    assert found["public_key"] == desk.public_key()
    (entry,) = entries(known_auditor, action="audit verified")["entries"]
    assert (entry["actor"], entry["seq"]) == ("auditor", found["entries"] + 1)
    page = known_auditor.post("/audit/verify", known="").text
    assert "The audit log is intact" in page
    assert re.search(r"<code>\d+:[0-9a-f]{64}</code>", page)


def change(desk, sql):
    with desk.database.writing() as link:
        link.execute(sa.text(sql))


def test_a_changed_log_is_told_by_its_place_and_can_still_be_looked_at(auditor, log, desk):
    changes = [
        (17, "DELETE FROM audit WHERE seq = 17"),
        (6, "UPDATE audit SET at = 'never' WHERE seq = 6"),
        (5, "UPDATE audit SET details = 'no json' WHERE seq = 5"),
        (4, "UPDATE audit SET actor = 'eve' WHERE seq = 4"),
    ]
    for number, (place, sql) in enumerate(changes, start=1):
        change(desk, sql)
        answer = auditor.post("/audit/verify", known="")
        assert answer.status_code == 200
        assert "The audit log was changed" in answer.text
        assert f'At entry <a href="/audit/entry/{place}">{place}</a>' in answer.text
        assert entries(auditor, action="audit verified")["total"] == number
        assert auditor.get("/audit").status_code == 200
        assert auditor.get(f"/audit/entry/{place}").status_code in (200, 404)


def test_an_end_that_was_cut_off_is_found_with_a_head_kept_elsewhere(auditor, log, desk):
    head = entries(auditor)["head"]
    with desk.look() as look:
        digest = look.session.get(AuditEntry, 8).digest
    change(desk, "DELETE FROM judgements")
    change(desk, "DELETE FROM audit WHERE seq > 8")
    change(desk, f"UPDATE audit_head SET seq = 8, digest = '{digest}'")
    alone = verify(auditor).json()
    assert (alone["place"], alone["is_whole"]) == (None, False), "the chain is whole, and the tables know more than it"
    assert alone["n_differences"] > 0
    assert "entries are missing at the end" in verify(auditor, known=head).json()["what"]


def test_what_was_changed_in_the_tables_by_hand_is_named_with_its_entry(known_auditor, log, desk):
    change(desk, "UPDATE judgements SET verdict = 'innocent' WHERE judgement_id = 1")
    page = known_auditor.post("/audit/verify", known="").text
    assert "The tables differ from the audit log" in page
    assert "verdict differs from the log" in page
    found = verify(known_auditor).json()
    assert (found["is_whole"], found["place"], found["n_differences"]) == (False, None, 1), found
    assert f'href="/audit/entry/{found["differences"][0]["entry"]}"' in page


def test_a_head_that_is_none_is_said_beside_the_form(auditor):
    answer = auditor.post("/audit/verify", known="12:xyz")
    assert answer.status_code == 422
    form = answer.text[answer.text.index('id="check"') :]
    assert "Not a head." in form
    assert 'value="12:xyz"' in form
    assert entries(auditor, action="audit verified")["total"] == 0


def test_the_file_is_one_that_anybody_can_check_and_its_last_entry_is_its_own(auditor, log, desk):
    answer = auditor.get("/audit/export")
    assert re.fullmatch(r'attachment; filename="stillwatch-audit-\d+.jsonl"', answer.headers["content-disposition"])
    lines = answer.content.splitlines(keepends=True)
    assert audit.verify_file(iter(lines), public_key=desk.public_key()) is None
    assert json.loads(lines[-2])["action"] == "audit exported"
    changed = [line.replace(b"ann", b"eve") for line in lines]
    assert audit.verify_file(iter(changed)).place > 1


def test_the_file_is_what_the_command_writes(auditor, log, desk):
    written = "".join(f"{line}\n" for line in desk.export_audit()).splitlines()
    sent = auditor.get("/audit/export").text.splitlines()
    assert sent[: len(written) - 1] == written[:-1]


def test_a_long_file_comes_in_pieces(auditor, log, monkeypatch):
    monkeypatch.setattr("stillwatch.console.administration.audit._CHUNK", 1_000)
    with auditor.client.stream("GET", "/audit/export") as answer:
        pieces = list(answer.iter_raw())
    assert len(pieces) > 5
    assert all(piece.endswith(b"\n") for piece in pieces)


def test_who_may_not_audit_sees_nothing_of_it(crowd):
    for role in (Role.VIEWER, Role.ANALYST):
        browser = crowd.signed_in(role.value)
        assert [browser.get(path).status_code for path in ("/audit", "/audit/entry/1", "/audit/export")] == [403] * 3
        assert 'href="/audit"' not in browser.get("/").text
