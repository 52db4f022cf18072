"""Counts exchanges per time bucket, with the same buckets for each campaign and for all other accounts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["EVERYBODY_ELSE", "Counts", "Timeline", "lay"]

EVERYBODY_ELSE = ""
"""The campaign id of the exchanges outside every campaign."""
_HOUR_S, _DAY_S, _WEEK_S = 3600, 86_400, 7 * 86_400
_MAX_BUCKETS = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Counts per bucket and campaign. Bucket *i* starts ``start_s + i * width_s`` seconds after 1970, in UTC."""

    start_s: int
    width_s: int
    n_buckets: int
    counts: dict[str, Counts]

    def of(self, campaign_id: str) -> Counts:
        """Return the exchanges per bucket of one campaign; zeros where it has none."""
        return self.counts.get(campaign_id, np.zeros(self.n_buckets, dtype=np.int64))

    def at(self, bucket: float) -> datetime:
        """Return the start of a bucket."""
        # Not fromtimestamp, which fails outside the range of years of the platform's C library.
        return _EPOCH + timedelta(seconds=self.start_s + bucket * self.width_s)

    @property
    def unit(self) -> str:
        """Return the width as words: hour, day, week or a number of weeks."""
        named = {_HOUR_S: "hour", _DAY_S: "day", _WEEK_S: "week"}
        return named.get(self.width_s, f"{self.width_s // _WEEK_S} weeks")


def lay(table: pa.Table) -> Timeline | None:
    """Return the rows of ``tables.TIMELINE`` in at most 2,000 buckets; ``None`` where there is no row."""
    table = table.drop_null()
    if table.num_rows == 0:
        return None
    seconds = np.asarray(table["at"].cast(pa.int64())) // 1_000_000
    width = _width(seconds)
    buckets = seconds // width
    first, n_buckets = int(buckets.min()), int(buckets.max() - buckets.min()) + 1
    exchanges = np.asarray(table["n_exchanges"]).astype(np.int64)
    owners = table["campaign_id"].combine_chunks().dictionary_encode()
    owner = np.asarray(owners.indices)
    counts: dict[str, Counts] = {}
    for index, campaign_id in enumerate(owners.dictionary.to_pylist()):
        line = np.zeros(n_buckets, dtype=np.int64)
        np.add.at(line, buckets[owner == index] - first, exchanges[owner == index])
        counts[campaign_id] = line
    return Timeline(first * width, width, n_buckets, counts)


def _width(seconds: Counts) -> int:
    """Return the smallest bucket width in seconds that the data have and that gives at most 2,000 buckets."""
    starts = np.unique(seconds)
    own = _DAY_S if np.all(starts % _DAY_S == 0) else _HOUR_S
    span = int(starts[-1] - starts[0])
    width = own
    for wider in (_DAY_S, _WEEK_S):
        if span // width >= _MAX_BUCKETS and wider > width:
            width = wider
    while span // width >= _MAX_BUCKETS:
        width *= 2
    return width
