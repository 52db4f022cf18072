"""What was on the screen: the scan, and the number and the digest of the accounts that a decision is made on.

A page shows it with the accounts, and the decision carries it back as text. Where the scan or the accounts have changed
meanwhile, the decision is refused: a person decides about what they looked at, and about nothing else.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

import sqlalchemy as sa

from stillwatch.cases.access.desk import Fact, Look
from stillwatch.cases.store.schema import CaseMember, ImportedScan
from stillwatch.errors import ChangedError, InputError

__all__ = [
    "SEEN_FORM",
    "Compared",
    "SeenGroup",
    "all_members",
    "joined_since",
    "require_seen",
    "scan_number",
    "seen_of",
]

SEEN_FORM = "SCAN:COUNT:DIGEST"
"""The form of the text that a page shows and a decision carries."""
_NO_SCAN = "-"
_SHORT = 16
_FORM = re.compile(r"(-|[0-9a-f]{16}):([0-9]{1,9}):([0-9a-f]{64})")


class Compared(StrEnum):
    """What must be as it was on the screen.

    A decision that names its accounts one by one compares the scan alone; one that frees accounts, the accounts alone.
    """

    ALL = "all"
    SCAN = "scan"
    ACCOUNTS = "accounts"


@dataclass(frozen=True, slots=True)
class SeenGroup:
    """The first digits of the scan (null for a case without one), the number of accounts, and their SHA-256."""

    scan: str | None
    n_accounts: int
    accounts_sha256: str

    def __str__(self) -> str:
        return f"{self.scan or _NO_SCAN}:{self.n_accounts}:{self.accounts_sha256}"

    def facts(self) -> dict[str, Fact]:
        """Return the fields by which an audit entry names it."""
        return {"scan": self.scan, "n_seen": self.n_accounts, "seen_sha256": self.accounts_sha256}


def seen_of(scan_id: str | None, accounts: Collection[str]) -> SeenGroup:
    """Return what a page about *accounts* of the scan *scan_id* shows."""
    digest = sha256("\n".join(sorted(accounts)).encode()).hexdigest()
    return SeenGroup(scan_id[:_SHORT] if scan_id else None, len(accounts), digest)


def all_members(look: Look, case_id: int) -> set[str]:
    """Return all members of a case, those that the last scan no longer reports included."""
    return set(look.session.scalars(sa.select(CaseMember.account_id).where(CaseMember.case_id == case_id)))


def require_seen(
    look: Look,
    case_id: int,
    carried: str,
    now: SeenGroup,
    accounts: Collection[str],
    *,
    compared: Compared = Compared.ALL,
) -> None:
    """Raise ``ChangedError`` where *carried*, the text that a decision came with, differs from *now*.

    *accounts* are those that the decision is about now; they say who joined. *compared* is what must be the same. An
    empty text is not compared. Raises ``InputError`` for text of another form.
    """
    if not carried:
        return
    before = _parsed(carried)
    is_same = {
        Compared.ALL: before == now,
        Compared.SCAN: before.scan == now.scan,
        Compared.ACCOUNTS: before.accounts_sha256 == now.accounts_sha256,
    }
    if is_same[compared]:
        return
    raise ChangedError(
        _what(look, case_id, before, now, None if compared is Compared.SCAN else accounts),
        where=f"case {case_id}",
        remedy="Nothing was saved. Look at what is new, and decide again.",
    )


def joined_since(look: Look, case_id: int, carried: str) -> set[str]:
    """Return the members of a case that scans after the one in *carried* added; none for text that names no scan."""
    try:
        before = _parsed(carried)
    except InputError:
        return set()
    return _joined(look, case_id, before)


def scan_number(look: Look, carried: str) -> int | None:
    """Return the number of the scan that *carried* names; null where it names none or a scan that is not known."""
    try:
        before = _parsed(carried)
    except InputError:
        return None
    if before.scan is None:
        return None
    query = sa.select(ImportedScan.number).where(ImportedScan.scan_id.startswith(before.scan))
    return look.session.scalar(query.limit(1))


def _parsed(text: str) -> SeenGroup:
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise InputError(
            f"not what a page showed; its form is {SEEN_FORM}", where="seen", remedy="Send what the page shows now."
        )
    return SeenGroup(None if found[1] == _NO_SCAN else found[1], int(found[2]), found[3])


def _joined(look: Look, case_id: int, before: SeenGroup) -> set[str]:
    query = sa.select(CaseMember.account_id).where(CaseMember.case_id == case_id, CaseMember.first_scan.is_not(None))
    if before.scan is not None:
        number = sa.select(ImportedScan.number).where(ImportedScan.scan_id.startswith(before.scan)).scalar_subquery()
        later = sa.select(ImportedScan.scan_id).where(ImportedScan.number > number)
        query = query.where(CaseMember.first_scan.in_(later))
    return set(look.session.scalars(query))


def _what(look: Look, case_id: int, before: SeenGroup, now: SeenGroup, accounts: Collection[str] | None) -> str:
    """Return what has changed, in the words of a sentence. Without *accounts* only who joined the case counts."""
    known = _joined(look, case_id, before) if before.scan != now.scan else set()
    if accounts is None:
        joined, left = len(known), 0
    else:
        more = now.n_accounts - before.n_accounts
        joined = max(len(known.intersection(accounts)), more)
        left = joined - more
    words = [f"{n:,} {what}" for n, what in ((joined, "joined"), (left, "left")) if n > 0]
    if words:
        return f"{' and '.join(words)} since you looked"
    if accounts is not None and before.accounts_sha256 != now.accounts_sha256:
        return "the accounts have changed since you looked"
    return "a newer scan has reported these accounts since you looked"
