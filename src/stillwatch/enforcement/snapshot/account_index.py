"""Which rules apply to an account: sorted digests of account ids, which a file holds as they are in memory."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

__all__ = ["ENTRY", "AccountIndex", "account_digest"]

ENTRY = np.dtype([("high", "<u8"), ("low", "<u8"), ("rule", "<u4")])
"""One account under one rule: the 128 bits of the digest of its id, and the position of the rule. 20 bytes."""
_SIZE = 16


def account_digest(account_id: str) -> bytes:
    """Return the 16 bytes by which an account is found (BLAKE2b, RFC 7693).

    The digest keeps the file small and quick to search. It is no secret: ids can be guessed and tried.
    """
    return blake2b(account_id.encode("utf-8", "surrogatepass"), digest_size=_SIZE, person=b"stillwatch").digest()


@dataclass(frozen=True, slots=True)
class AccountIndex:
    """Entries sorted by digest and rule. ``high`` is a copy of their first column, which a search walks through."""

    entries: npt.NDArray[np.void]
    high: npt.NDArray[np.uint64]

    @staticmethod
    def build(accounts: Iterable[tuple[int, Iterable[str]]]) -> "AccountIndex":
        """Return the index of *accounts*: pairs of the position of a rule and the ids of its accounts."""
        return AccountIndex.of_pairs((rule, account) for rule, ids in accounts for account in ids)

    @staticmethod
    def of_pairs(pairs: Iterable[tuple[int, str]]) -> "AccountIndex":
        """Return the index of *pairs* of the position of a rule and the id of one of its accounts, in any order."""
        rules, digests = array("I"), bytearray()
        for rule, account in pairs:
            rules.append(rule)
            digests += account_digest(account)
        halves = np.frombuffer(digests, "<u8").reshape(-1, 2)
        entries = np.empty(len(halves), ENTRY)
        entries["high"], entries["low"], entries["rule"] = halves[:, 0], halves[:, 1], rules
        return AccountIndex.over(entries[np.lexsort((entries["rule"], entries["low"], entries["high"]))])

    @staticmethod
    def over(entries: npt.NDArray[np.void]) -> "AccountIndex":
        """Return the index over sorted *entries*."""
        return AccountIndex(entries, np.ascontiguousarray(entries["high"]))

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def n_accounts(self) -> int:
        """Return the number of different accounts."""
        if not len(self):
            return 0
        changes = (self.high[1:] != self.high[:-1]) | (self.entries["low"][1:] != self.entries["low"][:-1])
        return 1 + int(changes.sum())

    def of_rules(self, rules: Collection[int]) -> "AccountIndex":
        """Return the entries of *rules* alone."""
        return AccountIndex.over(self.entries[np.isin(self.entries["rule"], list(rules))])

    def moved(self, places: Sequence[int]) -> "AccountIndex":
        """Return the entries with each rule at its new place in *places*; those of a rule at -1 are left out."""
        new = np.asarray(places, np.int64)[self.entries["rule"]] if len(self) else np.empty(0, np.int64)
        entries = self.entries[new >= 0].copy()
        entries["rule"] = new[new >= 0]
        return AccountIndex.over(entries[np.lexsort((entries["rule"], entries["low"], entries["high"]))])

    def shared_with(self, other: "AccountIndex") -> "AccountIndex":
        """Return the entries that *other* holds as well: the same account under the same rule."""
        mine, theirs = (np.ascontiguousarray(one.entries).view(f"V{ENTRY.itemsize}") for one in (self, other))
        return AccountIndex.over(self.entries[np.isin(mine, theirs)])

    def is_sorted(self) -> bool:
        """Return whether a search in the index can be trusted."""
        high, low = self.high, self.entries["low"]
        return bool(((high[1:] > high[:-1]) | ((high[1:] == high[:-1]) & (low[1:] >= low[:-1]))).all())

    def rules_of(self, account_id: str) -> list[int]:
        """Return the positions of the rules for an account, none for most accounts."""
        if not len(self):
            return []
        digest = account_digest(account_id)
        high, low = int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")
        return list(self._at(np.uint64(high), low))

    def _at(self, high: np.uint64, low: int) -> Iterator[int]:
        start = int(self.high.searchsorted(high))
        for place in range(start, len(self.high)):
            if self.high[place] != high:
                return
            if self.entries["low"][place] == low:
                yield int(self.entries["rule"][place])
