"""Computes the topic of every prompt and the profile of every account in one pass over all content vectors.

Vectors are most of the data that a scan keeps of a log, so they are read once for both results.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from stillwatch.engine import Engine, Frame, Streaming
from stillwatch.features.profiles import Sums
from stillwatch.features.topics import Topics, places
from stillwatch.tables import PLACES, PROFILES

__all__ = ["gather"]

_MOST_ACCOUNTS = 65_536
"""Accounts whose sums (4 KB each) one stream in a separate process keeps before it sends them on."""
_GATHERED = pa.schema({field.name: field.type for table in (PLACES, PROFILES) for field in table.schema})
"""A row is the place of a prompt, or the partial profile of an account and half; the latter has no hash or topic."""


def gather(engine: Engine, prints: Frame, topics: Topics) -> tuple[Frame, Frame]:
    """Return the places of the prompts in *prints* (schema ``tables.PLACES``), and the profiles of their accounts.

    The profiles (schema ``tables.PROFILES``) are merged, and sorted by account and half.
    """
    vectors = engine.query(
        "SELECT account_id, prompt_hash, n_words, capability, vector FROM prints WHERE vector IS NOT NULL",
        prints=prints,
    )
    gathering = _Gathering(topics)
    gathered = engine.map(vectors, Streaming(gathering), _GATHERED)
    placed = engine.query(f"SELECT {', '.join(PLACES.names)} FROM gathered WHERE n IS NULL", gathered=gathered)
    parts = engine.query(f"SELECT {', '.join(PROFILES.names)} FROM gathered WHERE n IS NOT NULL", gathered=gathered)
    sums = gathering.here or Sums()
    for batch in engine.arrow(parts):
        sums.add_parts(batch)
    return placed, engine.write("profiles", sums.rows(), PROFILES.schema)


class _Gathering:
    """Yields the places of the prompts in a stream of batches, and adds the sums of their accounts to *here*.

    A copy in another process has no access to *here*. It yields its sums as rows, whenever it holds the maximum number
    of accounts, so an account can have several partial profiles. In the driver's process all sums stay in memory.
    """

    def __init__(self, topics: Topics) -> None:
        self._placed = places(topics)
        self.here: Sums | None = Sums()

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"here": None}

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        sums = self.here if self.here is not None else Sums()
        for batch in batches:
            sums.add(batch)
            yield _widened(self._placed(batch))
            if self.here is None and len(sums) >= _MOST_ACCOUNTS:
                yield from map(_widened, sums.rows())
                sums = Sums()
        if self.here is None:
            yield from map(_widened, sums.rows())


def _widened(rows: pa.RecordBatch) -> pa.RecordBatch:
    found = dict(zip(rows.schema.names, rows.columns, strict=True))
    columns = [found.get(field.name, pa.nulls(len(rows), field.type)) for field in _GATHERED]
    return pa.RecordBatch.from_arrays(columns, schema=_GATHERED)
