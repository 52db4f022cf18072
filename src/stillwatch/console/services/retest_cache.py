"""Keeps the input of retests in memory: an analyst who removes one member usually removes another one next."""

from collections.abc import Collection
from threading import Lock

from stillwatch.campaigns import FirstKey, Remainder
from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.queries.retest_input import grounds
from stillwatch.settings import CampaignsSettings

__all__ = ["RetestCache"]

_KEPT = 4
"""Number of cached inputs. The input of a campaign with 25,000 members takes 30 MB."""


class RetestCache:
    """Reads the retest input of each sighting once, since a sighting never changes.

    It runs one retest at a time: a campaign of 25,000 members takes 200 MB during the test.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str | None], FirstKey] = {}
        self._lock = Lock()

    def of(self, look: Look, case_id: int) -> FirstKey:
        """Return the retest input of the case as its last scan left it. Raises ``MissingError`` where the scan left
        none.
        """
        asked = case_id, case_of(look, case_id).last_scan
        with self._lock:
            found = self._kept.pop(asked, None)
            if found is None:
                left = grounds(look, case_id)
                found = FirstKey(left.members, left.bonds, left.everywhere)
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[asked] = found
            return found

    def without(self, key: FirstKey, removed: Collection[str], rules: CampaignsSettings) -> Remainder:
        """Return the result of the test of *key* without the members *removed*."""
        with self._lock:
            return key.without(removed, rules)
