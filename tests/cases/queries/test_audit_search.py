import pytest

from stillwatch.cases.queries import audit_search
from stillwatch.cases.queries.audit_search import AuditFilter, noted, search
from stillwatch.errors import InputError, MissingError
from stillwatch.signing.hash_chain import Head


def found(see, **asked):
    return [entry.subject for entry in see(search, AuditFilter(**asked)).entries]


@pytest.fixture
def log(note, clock):
    for number in range(1, 7):
        note(f"case/{number}", "case.view" if number % 2 else "case.close", why="x")
        clock.advance(hours=1)


def test_the_newest_comes_first_in_pages_that_say_whether_more_follow(log, see):
    first = see(search, AuditFilter(count=4))
    assert [e.seq for e in first.entries] == [6, 5, 4, 3]
    assert (first.total, first.has_more) == (6, True)
    last = see(search, AuditFilter(count=4, before=3))
    assert ([e.seq for e in last.entries], last.total, last.has_more) == ([2, 1], 6, False)
    assert not see(search, AuditFilter(count=6)).has_more


def test_by_who_what_about_what_and_when(log, see, clock):
    assert found(see, action="case.close") == ["case/6", "case/4", "case/2"]
    assert found(see, subject=" case/3 ") == ["case/3"]
    assert found(see, actor="nobody") == found(see, actor="an") == []
    assert len(found(see, actor="ana")) == 6
    # the first entry is of 2 March 2026, 08:15:30.25
    assert found(see, until="2026-03-02T08:15:30.25") == []
    assert found(see, until="2026-03-02T09") == ["case/1"]
    assert found(see, since="2026-03-02T12:15", until="2026-03-02T13:15:31", action="case.view") == ["case/5"]
    assert see(audit_search.actions) == ["case.close", "case.view"]


def test_one_entry(log, see):
    assert see(audit_search.entry_of, 2).subject == "case/2"
    for number in (0, 7, 10**12):
        with pytest.raises(MissingError):
            see(audit_search.entry_of, number)


def test_a_head_is_read_as_it_was_shown():
    assert noted("  ") is None
    assert noted(f" 12:{'ab' * 32} ") == Head(12, "ab" * 32)
    for text in ("12", "12:ab", f"-1:{'a' * 64}", f"1:{'A' * 64}", f"{'9' * 16}:{'a' * 64}", f"\u0661:{'a' * 64}"):
        with pytest.raises(InputError):
            noted(text)
