"""Keeps prepared retests in memory: an analyst who removes one member usually removes another one next."""

from collections.abc import Callable, Collection
from threading import Lock

from stillwatch.campaigns import prepare_retest
from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.queries.retest_input import grounds
from stillwatch.model import Retest
from stillwatch.settings import CampaignsSettings

__all__ = ["RetestCache"]

Retester = Callable[[Collection[str], CampaignsSettings], Retest]
"""Tests one campaign without some of its accounts."""

_KEPT = 4
"""Number of cached retests. The retest of a campaign with 25,000 members takes 30 MB."""


class RetestCache:
    """Prepares the retest of each sighting once, since a sighting never changes.

    It runs one retest at a time: a campaign of 25,000 members takes 200 MB during the test.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str | None], Retester] = {}
        self._lock = Lock()

    def of(self, look: Look, case_id: int) -> Retester:
        """Return the retest of the case on its last scan. Raises ``MissingError`` where the scan left no data."""
        asked = case_id, case_of(look, case_id).last_scan
        with self._lock:
            found = self._kept.pop(asked, None)
            if found is None:
                left = grounds(look, case_id)
                found = prepare_retest(left.members, left.bonds, left.everywhere)
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[asked] = found
            return found

    def without(self, retest: Retester, removed: Collection[str], rules: CampaignsSettings) -> Retest:
        """Return the result of *retest* without the members *removed*."""
        with self._lock:
            return retest(removed, rules)
