"""Turns checked columns into staged batches, and writes the rows that do not fit to the rejects."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.ingest.rows.client_addresses import Dominance, Hops
from stillwatch.ingest.rows.conformance import Conformed
from stillwatch.ingest.rows.identifiers import Identifiers
from stillwatch.ingest.rows.outcomes.rejects import RejectSink
from stillwatch.ingest.rows.row_buffer import Refused
from stillwatch.settings import IngestSettings
from stillwatch.tables import STAGED

__all__ = ["ChainCallback", "RowStager"]

ChainCallback = Callable[[pa.Array], None]
"""Gets the column of addresses of the next batch as the log holds it: one address or a chain of them per row."""


class RowStager:
    """Completes batches: finds and counts client addresses, hashes identifiers, separates rejects.

    *chains* is called before each batch is returned.
    """

    def __init__(self, settings: IngestSettings, rejects: RejectSink, chains: ChainCallback | None = None) -> None:
        self._hops = Hops(settings.trusted_hops)
        self._identifiers = Identifiers(settings.identifier_key.get_secret_value())
        self._dominance = Dominance(settings.dominant_address_share)
        self._rejects, self._chains = rejects, chains

    def finish(
        self, sources: pa.Array, positions: pa.Array, conformed: Conformed, refused: Sequence[Refused] = ()
    ) -> pa.RecordBatch:
        """Return the rows without a fault, with the columns of ``tables.STAGED``; add the others to the rejects.

        *sources* and *positions* say where each row comes from. *refused* are rows that were rejected before. Rejects
        are added source by source, in order of position.
        """
        self._reject(sources, positions, conformed.faults, refused)
        columns = conformed.columns
        if conformed.faults:
            keep = np.ones(len(positions), bool)
            keep[list(conformed.faults)] = False
            mask = pa.array(keep)
            sources, positions = sources.filter(mask), positions.filter(mask)
            columns = {name: array.filter(mask) for name, array in columns.items()}
        columns = dict(columns)
        if self._chains is not None:
            self._chains(columns["client_ip"])
        columns["client_ip"] = self._hops.column(columns["client_ip"])
        addresses = columns["client_ip"]
        columns = self._identifiers.apply(columns)
        # A state stores these counts beside its rows, so they use the same hashed addresses as the rows.
        self._dominance.add(addresses, columns["client_ip"])
        return pa.RecordBatch.from_arrays([*columns.values(), sources, positions], schema=STAGED.schema)

    def _reject(
        self, sources: pa.Array, positions: pa.Array, faults: Mapping[int, str], refused: Sequence[Refused]
    ) -> None:
        found = [(sources[index].as_py(), positions[index].as_py(), reason) for index, reason in faults.items()]
        if not found and not refused:
            return
        names = dict.fromkeys([*pc.unique(sources).to_pylist(), *(source for source, _, _ in refused)])
        order = {name: number for number, name in enumerate(names)}
        for reject in sorted([*refused, *found], key=lambda reject: (order[reject[0]], reject[1])):
            self._rejects.add(*reject)

    def state(self) -> dict[str, Any]:
        """Return the counts of addresses as plain values for :meth:`merge`."""
        return self._dominance.state()

    def merge(self, state: Mapping[str, Any]) -> None:
        """Add the counts of another instance."""
        self._dominance.merge(state)

    def notices(self) -> list[str]:
        """Return the warnings for the operator about the addresses read so far."""
        return self._dominance.notices()
