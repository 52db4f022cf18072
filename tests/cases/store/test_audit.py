import json
import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stillwatch.cases import Actor, Desk, Permission
from stillwatch.cases.store import audit
from stillwatch.cases.store.schema import AuditEntry
from stillwatch.errors import EngineError, InputError, SettingsError
from stillwatch.signing import hash_chain, keys
from stillwatch.signing.hash_chain import (
    FIRST,
    ChainEntry,
    ChainFault,
    Head,
    canonical,
    head_statement,
    is_signature,
    link,
)

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
AT = datetime(2026, 3, 2, 8, 15, 30, 250_000, tzinfo=UTC)
COLUMNS = [column.name for column in sa.inspect(AuditEntry).columns]


def entries(
    n: int, key: Ed25519PrivateKey = KEY, why: str = "p\u0159\u00edli\u0161 \u6728 \U0001f600"
) -> list[ChainEntry]:
    made: list[ChainEntry] = []
    head = Head(0, FIRST)
    for number in range(1, n + 1):
        words = {"at": audit.stamp(AT), "actor": "Zo\u00eb", "action": "judge", "subject": f"case/{number}"}
        made.append(
            link(key, head, details={"why": why, "accounts": ["a", "\u00e5"], "n": number, "old": None}, **words)
        )
        head = Head(number, made[-1].digest)
    return made


def exported(n: int, key: Ed25519PrivateKey = KEY, **words: str) -> list[bytes]:
    """Return the lines of a file; that the database writes such a file is tested over both databases below."""
    made = entries(n, key, **words)
    last = Head(n, made[-1].digest) if made else Head(0, FIRST)
    header = {"format": "stillwatch-audit", "version": 1, "public_key": keys.public_hex(key)}
    lines: list[dict[str, Any]] = [header | {"signature": key.sign(canonical(header).encode()).hex()}]
    lines += [{name: getattr(entry, name) for name in COLUMNS} for entry in made]
    lines += [{"entries": last.seq, "head": last.digest, "signature": key.sign(head_statement(last)).hex()}]
    return [canonical(line).encode() + b"\n" for line in lines]


WHOLE = exported(12)


def place(data: bytes | list[bytes]) -> int | None:
    """Return the line that is said to be wrong; 0 where the file is said to be no log, nothing where all is well."""
    lines = data.splitlines(keepends=True) if isinstance(data, bytes) else data
    lines = b"".join(lines).split(b"\n")
    lines = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    try:
        fault = audit.verify_file(lines)
    except InputError:
        return 0
    return fault.place if fault else None


def lines_of(data: bytes) -> list[int]:
    """Return for each byte the line, from 1, in which it stands."""
    found, line = [], 1
    for byte in data:
        found.append(line)
        line += byte == 10
    return found


def missed(data: bytes, flips: Callable[[int, int], list[int]]) -> list[tuple[int, int, int | None]]:
    """Return the changes of one byte that are not found in their line; a header may be no header any more."""
    wrong = []
    for at, line in enumerate(lines_of(data)):
        for value in flips(at, data[at]):
            found = place(data[:at] + bytes([value]) + data[at + 1 :])
            if found != line and not (line == 1 and found == 0):
                wrong.append((at, value, found))
    return wrong


def test_a_log_as_it_was_written_has_no_fault() -> None:
    assert place(WHOLE) is None
    assert place(exported(0)) is None
    last = json.loads(WHOLE[-1])
    assert audit.verify_file(WHOLE, public_key=keys.public_hex(KEY), known=Head(12, last["head"])) is None


@cache
def _is_signature(public_key: str, signature: object, statement: bytes) -> bool:
    return is_signature(keys.public_key(public_key), signature, statement)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember which signatures are right, for a test that checks the same ones thousands of times."""
    for module in (audit, hash_chain):
        monkeypatch.setattr(
            module, "is_signature", lambda key, *rest: _is_signature(key.public_bytes_raw().hex(), *rest)
        )


def test_any_byte_changed_is_found_in_its_line(quick: None) -> None:
    assert missed(b"".join(WHOLE), lambda at, byte: [byte ^ 0x20 if at % 2 else byte ^ 0x01]) == []
    assert missed(b"".join(exported(1)), lambda _, byte: [byte ^ 0x20, byte ^ 0x80]) == []


def test_where_the_header_is_one_no_more_is_the_only_place_without_a_fault() -> None:
    with pytest.raises(InputError, match=r"line 1: not an exported audit log\. Make one with") as error:
        audit.verify_file([WHOLE[0].replace(b"stillwatch-audit", b"stillwatch-andit"), *WHOLE[1:]])
    assert error.value.exit_code == 3
    assert place([]) == 0
    # A key that is another, and yet one, is still a header.
    made = keys.public_hex(OTHER).encode()
    assert place([WHOLE[0].replace(keys.public_hex(KEY).encode(), made), *WHOLE[1:]]) == 1
    assert place([exported(0)[0].replace(keys.public_hex(KEY).encode(), made), *exported(0)[1:]]) == 1


@pytest.mark.slow
def test_any_byte_changed_to_any_other_is_found_in_its_line(quick: None) -> None:
    assert missed(b"".join(WHOLE), lambda _, byte: [byte ^ bit for bit in (1, 2, 4, 8, 16, 32, 64, 128)]) == []
    assert missed(b"".join(exported(2)), lambda _, byte: [value for value in range(256) if value != byte]) == []


def test_the_header_is_what_it_was_to_the_letter() -> None:
    key = keys.public_hex(KEY)
    letter = next(at for at, c in enumerate(key) if c.isalpha())
    for other in (
        key.upper(),
        key[:letter] + key[letter].upper() + key[letter + 1 :],
        key[2:],
        "",
        "x" * 64,
        f" {key}",
    ):
        assert place([WHOLE[0].replace(key.encode(), other.encode()), *WHOLE[1:]]) == 1, other
    for old, new in ((b'"version":1', b'"version":1.0'), (b'"version":1', b'"version":true'), (b"{", b'{"a":1,')):
        assert place([WHOLE[0].replace(old, new), *WHOLE[1:]]) == 1, new


def test_the_footer_is_what_it_was_to_the_letter() -> None:
    footer = json.loads(WHOLE[-1])
    for change in (
        {"entries": 12.0}, {"entries": True}, {"entries": 11}, {"entries": None}, {"head": FIRST},
        {"signature": footer["signature"].upper()}, {"signature": footer["signature"] + " "}, {"signature": None},
        {"signature": 7}, {"signature": ""}, {"more": 1},
    ):  # fmt: skip
        assert place([*WHOLE[:-1], canonical({**footer, **change}).encode() + b"\n"]) == 14, change


def test_any_line_removed_is_found_at_the_first_that_no_longer_fits() -> None:
    assert place(WHOLE[1:]) == 0
    assert [place(WHOLE[:n] + WHOLE[n + 1 :]) for n in range(1, 14)] == list(range(2, 15))


def test_any_two_lines_swapped_are_found_at_the_first() -> None:
    for n in range(14):
        for m in range(n + 1, 14):
            lines = list(WHOLE)
            lines[n], lines[m] = lines[m], lines[n]
            assert place(lines) == (n + 1 if n else 0), (n, m)


def test_any_line_repeated_is_found_at_its_second() -> None:
    for n in range(14):
        assert place(WHOLE[: n + 1] + WHOLE[n:]) == n + 2
        assert place([*WHOLE[: n + 1], WHOLE[n - 1], *WHOLE[n + 1 :]]) == n + 2


@pytest.mark.parametrize(
    "line", [b"\n", b" ", b"{}\n", b"null\n", WHOLE[3], WHOLE[-1], WHOLE[0], b"\x00", b"[" * 100_000]
)
def test_what_stands_after_the_footer_is_found(line: bytes) -> None:
    assert place([*WHOLE, line]) == 15


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.slow)])
def test_a_log_cut_off_anywhere_is_found(quick: None, step: int) -> None:
    data = b"".join(WHOLE)
    lines = lines_of(data)
    # At the ends of lines it is hardest to tell.
    ends = {near for at, byte in enumerate(data) if byte == 10 for near in (at - 1, at, at + 1)} - {len(data)}
    for at in sorted({*range(0, len(data), step), *ends}):
        line = lines[at]
        assert place(data[:at]) in ((0, 1) if line == 1 else (line,)), at


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000, b'{"a":' * 100_000, b"1" * 10_000, b"\xff\xfe", b"\xef\xbb\xbf{}", b"NaN", b'{"seq":NaN}', b"{}", b"[]",
        b'{"entries":{},"head":[],"signature":{}}', b'{"a":"\\ud800"}', b'{"seq":1,"seq":1}',
    ],
)  # fmt: skip
def test_a_line_that_is_anything_at_all_is_found_in_its_place(line: bytes) -> None:
    assert place([line + b"\n", *WHOLE]) == 0
    assert place([*WHOLE[:5], line + b"\n", *WHOLE[6:]]) == 6


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("value", [None, 7, 1.0, True, "", [], {}, "\ud7ff", "x" * 1_000])
def test_any_other_value_in_any_field_is_found_in_its_line(name: str, value: Any) -> None:
    found = json.loads(WHOLE[5]) | {name: value}
    assert place([*WHOLE[:5], canonical(found).encode() + b"\n", *WHOLE[6:]]) == 6


def test_a_field_of_another_name_is_found_in_its_line() -> None:
    assert place([*WHOLE[:5], WHOLE[5].replace(b'"actor"', b'"actos"'), *WHOLE[6:]]) == 6


def test_who_signs_with_another_key_is_found_by_the_key_that_one_knows() -> None:
    forged = exported(12, OTHER)
    assert audit.verify_file(forged) is None
    fault = audit.verify_file(forged, public_key=keys.public_hex(KEY))
    assert fault == ChainFault(1, "the log is signed with another key than the given one")
    assert audit.verify_file([WHOLE[0], *forged[1:]]) == ChainFault(
        2, "the entry is not signed with the key of this log"
    )


def test_who_has_the_key_is_found_by_a_head_kept_elsewhere() -> None:
    kept = Head(5, entries(12)[4].digest)
    rewritten = exported(12, why="better")
    assert audit.verify_file(rewritten) is None
    found = audit.verify_file(rewritten, known=kept)
    assert found == ChainFault(6, "this entry differs from the head that was kept elsewhere")
    assert audit.verify_file(exported(3), known=kept) == ChainFault(
        5, "entries are missing at the end: the head that was kept elsewhere has 5"
    )


def test_a_moment_is_written_in_utc_to_the_microsecond() -> None:
    assert audit.stamp(AT.astimezone(timezone(timedelta(hours=5, minutes=30)))) == "2026-03-02T08:15:30.250000Z"
    assert audit.stamp(datetime(2026, 3, 2, tzinfo=UTC)) == "2026-03-02T00:00:00.000000Z"
    with pytest.raises(ValueError, match="without a time zone"):
        audit.stamp(datetime(2026, 3, 2))  # noqa: DTZ001


# Over both databases.


@pytest.fixture
def written(desk: Desk, note: Callable[..., int]) -> Desk:
    for n in range(8):
        note(f"case/{n}", why="Zo\u00eb \u6728", accounts=["a", "b"])
    return desk


@pytest.fixture
def check(written: Desk) -> Callable[..., int | None]:
    def checked(**arguments: Any) -> int | None:
        with written.database.reading() as link:
            fault = audit.verify_database(link, **arguments)
        return fault.place if fault else None

    return checked


def test_what_is_exported_is_the_log(written: Desk, check: Any) -> None:
    assert check(public_key=written.public_key()) is None
    lines = [line.encode() + b"\n" for line in written.export_audit()]
    assert len(lines) == 10
    assert place(lines) is None
    assert audit.verify_file(lines, public_key=written.public_key()) is None
    assert json.loads(lines[3])["at"] == "2026-03-02T08:15:30.250000Z"
    assert json.loads(json.loads(lines[3])["details"]) == {"accounts": ["a", "b"], "why": "Zo\u00eb \u6728"}


@pytest.mark.parametrize("column", COLUMNS)
def test_any_column_changed_is_found_at_its_entry(store: Any, check: Any, column: str) -> None:
    new = ":new" if column != "seq" else "99"
    store.run(f"UPDATE audit SET {column} = {new} WHERE seq = 4", **({} if column == "seq" else {"new": "x"}))
    assert check() == 4
    store.run(f"UPDATE audit SET {column} = {new} WHERE seq = 1", **({} if column == "seq" else {"new": ""})) if (
        column != "seq"
    ) else None
    assert check() == (1 if column != "seq" else 4)


@pytest.mark.parametrize("column", ["at", "actor", "subject", "details", "previous", "digest", "signature"])
def test_a_letter_of_another_case_or_a_blank_more_is_found(store: Any, check: Any, column: str) -> None:
    for change in (f"{column} || ' '", f"' ' || {column}", f"upper({column}) || lower('')"):
        with store.raw() as link:
            before = link.execute(sa.text(f"SELECT {column} FROM audit WHERE seq = 4")).scalar_one()
            link.execute(sa.text(f"UPDATE audit SET {column} = {change} WHERE seq = 4"))
            after = link.execute(sa.text(f"SELECT {column} FROM audit WHERE seq = 4")).scalar_one()
        assert check() == (None if before == after else 4), change
        store.run(f"UPDATE audit SET {column} = :before WHERE seq = 4", before=before)
        assert check() is None


@pytest.mark.parametrize("seq", range(1, 9))
def test_any_row_deleted_is_found_in_its_place(store: Any, check: Any, seq: int) -> None:
    store.run("DELETE FROM audit WHERE seq = :seq", seq=seq)
    assert check() == seq


def test_all_rows_deleted_are_found(store: Any, check: Any) -> None:
    store.run("DELETE FROM audit")
    assert check() == 1


def test_rows_swapped_or_moved_up_are_found_at_the_first(store: Any, check: Any) -> None:
    for old, new in ((3, -1), (6, 3), (-1, 6)):
        store.run("UPDATE audit SET seq = :new WHERE seq = :old", old=old, new=new)
    assert check() == 3
    store.run("DELETE FROM audit WHERE seq = 2")
    store.run("UPDATE audit SET seq = -seq")
    store.run("UPDATE audit SET seq = -seq - CASE WHEN seq < -2 THEN 1 ELSE 0 END")
    assert check() == 2


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("seq = 7", 8), ("seq = 9", 9), ("seq = 0", 1), ("seq = -1", 1), (f"digest = '{FIRST}'", 9), ("digest = ''", 9),
        (f"public_key = '{keys.public_hex(OTHER)}'", 1), ("public_key = upper(public_key)", 1),
        ("public_key = 'x'", 1), ("public_key = ''", 1), ('"only" = 2', 1),
    ],
)  # fmt: skip
def test_a_head_that_was_changed_is_found(store: Any, check: Any, change: str, found: int) -> None:
    store.run(f"UPDATE audit_head SET {change}")
    assert check() == found


def test_a_second_head_changes_nothing(store: Any, check: Any, note: Any) -> None:
    store.run("INSERT INTO audit_head (\"only\", seq, digest, public_key) VALUES (0, 3, 'x', 'y'), (2, 3, 'x', 'y')")
    assert check() is None
    assert note() == 9
    assert check() is None


def test_a_log_without_its_head_is_not_begun_again(store: Any, written: Desk, check: Any, note: Any) -> None:
    store.run("DELETE FROM audit_head")
    assert check() == 1
    for use in (note, store.desk):
        with pytest.raises(EngineError, match="the audit log has lost its head"):
            use()


def test_bytes_that_are_no_text_are_found_at_their_entry(store: Any, check: Any) -> None:
    if not store.is_sqlite:
        pytest.skip("PostgreSQL keeps what a column is declared as")
    for column in ("at", "actor", "action", "subject", "details", "previous", "digest", "signature"):
        with store.raw() as link:
            before = link.execute(sa.text(f"SELECT {column} FROM audit WHERE seq = 4")).scalar_one()
        for value in ("x'00ff'", "CAST(x'ff00' AS TEXT)", f"CAST({column} AS BLOB)", "7", "'a' || char(0)"):
            store.run(f"UPDATE audit SET {column} = {value} WHERE seq = 4")
            assert check() == 4, (column, value)
        store.run(f"UPDATE audit SET {column} = :before WHERE seq = 4", before=before)
        assert check() is None
    for change, found in (("seq = x'00'", 9), ("seq = 'many'", 9), ("digest = x'00'", 9), ("public_key = x'00'", 1)):
        store.run(f"UPDATE audit_head SET {change}")
        assert check() == found


def test_a_log_chained_again_without_the_key_is_found(store: Any, written: Desk, check: Any) -> None:
    forged = entries(8, OTHER)
    with store.raw() as connection:
        for entry in forged[3:]:
            connection.execute(sa.update(AuditEntry).where(AuditEntry.seq == entry.seq).values(actor="nobody"))
        connection.execute(sa.text("DELETE FROM audit"))
        connection.execute(sa.insert(AuditEntry), [{n: getattr(e, n) for n in COLUMNS} for e in forged])
        connection.execute(sa.text("UPDATE audit_head SET digest = :digest"), {"digest": forged[-1].digest})
    assert check() == 1
    store.run("UPDATE audit_head SET public_key = :key", key=keys.public_hex(OTHER))
    assert check() is None
    assert check(public_key=written.public_key()) == 1
    with pytest.raises(SettingsError, match="signed with another key"):
        store.desk()


def test_a_log_written_again_with_the_key_is_found_by_a_head_kept_elsewhere(
    store: Any, written: Desk, check: Any
) -> None:
    with written.database.reading() as link:
        kept = audit.head(link)
    forged = entries(9, keys.read(store.key))
    with store.raw() as connection:
        connection.execute(sa.text("DELETE FROM audit"))
        connection.execute(sa.insert(AuditEntry), [{n: getattr(e, n) for n in COLUMNS} for e in forged])
        connection.execute(sa.text("UPDATE audit_head SET seq = 9, digest = :digest"), {"digest": forged[-1].digest})
    assert check(public_key=written.public_key()) is None
    assert check(known=kept) == 8


def test_entries_about_one_subject_and_the_newest_come_oldest_first(written: Desk, note: Any) -> None:
    note("case/3")
    with written.database.reading() as link:
        assert [e.seq for e in audit.entries(link)] == list(range(1, 10))
        assert [e.seq for e in audit.entries(link, newest=3)] == [7, 8, 9]
        assert [e.seq for e in audit.entries(link, about="case/3")] == [4, 9]
        assert [e.seq for e in audit.entries(link, newest=1, about="case/3")] == [9]
        # How the log is read says nothing of how the next query is.
        assert "yield_per" not in link.get_execution_options()


@pytest.fixture
def writer(desk: Desk, analyst: Actor) -> Iterator[threading.Event]:
    """Write entries in another thread as long as the test runs; the event is set after each."""
    wrote, stop = threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            with desk.work(analyst, Permission.VIEW) as work:
                for _ in range(3):
                    work.record("case.view", "case/1")
            wrote.set()

    thread = threading.Thread(target=write)
    thread.start()
    yield wrote
    stop.set()
    thread.join()


def test_a_log_is_exported_and_checked_as_of_one_moment_while_others_write(
    desk: Desk, note: Any, writer: threading.Event
) -> None:
    for _ in range(5):
        lines = []
        for line in desk.export_audit():
            lines.append(line.encode() + b"\n")
            writer.clear()
            if len(lines) == 1:
                assert writer.wait(60)
        assert place(lines) is None
        with desk.database.reading() as link:
            head = audit.head(link)
            writer.clear()
            assert writer.wait(60)
            assert audit.verify_database(link) is None
            assert audit.head(link) == head


def test_changes_by_chance_never_pass_and_never_crash() -> None:
    draw = random.Random(5)
    data = b"".join(WHOLE)
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(draw.randint(1, 4)):
            at = draw.randrange(len(changed))
            kind = draw.randrange(3)
            if kind == 0:
                del changed[at : at + draw.randint(1, 300)]
            elif kind == 1:
                changed[at:at] = draw.randbytes(draw.randint(1, 3))
            else:
                start = draw.randrange(len(changed))
                changed[at:at] = changed[start : start + draw.randint(1, 900)]
        assert bytes(changed) == data or place(bytes(changed)) is not None
