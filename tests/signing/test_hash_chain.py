from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stillwatch.signing.hash_chain import (
    FIRST,
    ChainEntry,
    ChainFault,
    Head,
    canonical,
    head_statement,
    is_signature,
    link,
    verify,
)

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
PUBLIC = KEY.public_key()


def log(n: int, key: Ed25519PrivateKey = KEY, **changes: Any) -> list[ChainEntry]:
    entries: list[ChainEntry] = []
    head = Head(0, FIRST)
    for number in range(1, n + 1):
        what = {"at": "2026-03-02T08:15:30.250000Z", "actor": "Zo\u00eb \u6728", "action": "judge", "subject": "case/1"}
        entries.append(link(key, head, details={"number": number}, **(what | changes)))
        head = Head(number, entries[-1].digest)
    return entries


def end(entries: list[ChainEntry]) -> Head:
    return Head(entries[-1].seq, entries[-1].digest)


def place(entries: list[ChainEntry], **arguments: Any) -> int | None:
    fault = verify(entries, PUBLIC, **arguments)
    return fault.place if fault else None


def test_a_log_as_it_was_written_has_no_fault() -> None:
    entries = log(12)
    assert verify(entries, PUBLIC, head=end(entries), known=end(entries[:5])) is None
    assert verify([], PUBLIC, head=Head(0, FIRST), known=Head(0, FIRST)) is None


def test_the_digest_is_as_the_documentation_says() -> None:
    (entry,) = log(1)
    assert entry.covered().decode() == (
        '{"action":"judge","actor":"Zo\u00eb \u6728","at":"2026-03-02T08:15:30.250000Z","details":"{\\"number\\":1}",'
        f'"previous":"{FIRST}","seq":1,"subject":"case/1"}}'
    )


@pytest.mark.parametrize(
    "name", ["seq", "at", "actor", "action", "subject", "details", "previous", "digest", "signature"]
)
@pytest.mark.parametrize(
    "changed", [lambda v: v * 2, lambda v: None, lambda v: b"x", lambda v: 7, lambda v: "\ud800", str]
)
def test_any_other_value_in_any_field_is_found_where_it_stands(name: str, changed: Any) -> None:
    entries = log(5)
    value = changed(getattr(entries[2], name))
    entries[2] = replace(entries[2], **{name: value})
    assert place(entries) == (None if entries == log(5) else 3)


@pytest.mark.parametrize("spelt", [str.upper, lambda s: f" {s}", lambda s: f"{s[:2]} {s[2:]}", lambda s: f"{s}\n"])
def test_what_decodes_to_the_same_bytes_is_not_the_same(spelt: Any) -> None:
    for name in ("digest", "signature", "previous"):
        entries = log(5)
        entries[2] = replace(entries[2], **{name: spelt(getattr(entries[2], name))})
        assert place(entries) == 3, name


def test_removed_swapped_and_repeated_entries_are_found_at_the_first_that_no_longer_fits() -> None:
    whole = log(6)
    head = end(whole)
    for n in range(6):
        assert place(whole[:n] + whole[n + 1 :], head=head) == n + 1
        assert place(whole[: n + 1] + whole[n:], head=head) == n + 2
        for m in range(n + 1, 6):
            swapped = list(whole)
            swapped[n], swapped[m] = swapped[m], swapped[n]
            assert place(swapped, head=head) == n + 1


def test_an_end_that_was_cut_off_is_found_by_the_head() -> None:
    whole = log(6)
    for n in range(6):
        assert place(whole[:n]) is None
        assert place(whole[:n], head=end(whole)) == n + 1
        assert place(whole[:n], known=end(whole)) == n + 1


def test_an_end_that_the_head_does_not_know_is_found() -> None:
    whole = log(6)
    assert place(whole, head=end(whole[:4])) == 5
    assert place(whole, head=Head(6, FIRST)) == 7
    assert place(whole, head=Head(-3, FIRST)) == 1
    assert place(whole, head=Head("six", FIRST)) == 7  # type: ignore[arg-type]


def test_who_lacks_the_key_cannot_chain_again() -> None:
    whole = log(6)
    forged = whole[:3] + [replace(e) for e in log(6, OTHER, actor="nobody")[3:]]
    assert place(forged) == 4
    relinked = [link(OTHER, end(whole[:3]), at="x", actor="nobody", action="judge", subject="case/1", details={})]
    assert verify(whole[:3] + relinked, PUBLIC) == ChainFault(4, "the entry is not signed with the key of this log")


def test_who_has_the_key_is_found_by_a_head_kept_elsewhere() -> None:
    kept = end(log(6)[:4])
    rewritten = log(6, actor="nobody")
    assert place(rewritten, head=end(rewritten)) is None
    assert verify(rewritten, PUBLIC, known=kept) == ChainFault(
        4, "this entry differs from the head that was kept elsewhere"
    )


def test_no_entry_can_pass_for_a_head() -> None:
    (entry,) = log(1)
    statement = head_statement(end([entry]))
    assert is_signature(PUBLIC, KEY.sign(statement).hex(), statement)
    assert not is_signature(PUBLIC, entry.signature, statement)
    assert not is_signature(PUBLIC, None, statement)


def test_what_has_no_one_text_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"p": float("nan")})
    with pytest.raises(UnicodeEncodeError):
        link(KEY, Head(0, FIRST), at="x", actor="a", action="b", subject="c", details={"why": "\ud800"})
