from datetime import UTC, datetime

from stillwatch.cases.replay.ledger import Difference, digest_of, logged, moment, same_moment, unlike
from stillwatch.signing.hash_chain import ChainEntry

AT = datetime(2026, 3, 2, 8, 15, 30, 250_000, tzinfo=UTC)


def test_an_entry_is_read_by_the_parts_of_its_subject():
    told = logged(ChainEntry(1, "2026-03-02T08:15:30.250000Z", "ann", "judged", "case 12", '{"n":1}', "", "", ""))
    assert (told.kind, told.number, told.details) == ("case", 12, {"n": 1})
    assert logged(ChainEntry(1, "", "", "", "audit log", "{}", "", "", "")).number == 0


def test_times_are_compared_in_the_form_of_the_log():
    assert moment(AT) == "2026-03-02T08:15:30.250000Z"
    assert moment(None) is None
    assert same_moment(AT, AT.isoformat())
    assert not same_moment(AT, None)
    assert not same_moment(None, AT.isoformat())
    assert same_moment(None, None)


def test_only_what_differs_is_a_difference():
    assert list(unlike("case 1", 4, role=(1, 1), dry_run=(True, False))) == [
        Difference("case 1", "dry run differs from the log", 4)
    ]
    assert digest_of(["b", "a"]) == digest_of({"a", "b"})
