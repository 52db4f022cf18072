"""Describes the terms under which the rows of a state were made; one state holds rows of one set of terms only.

Terms are the settings, keys and code versions that change the rows made from the same log.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b

import pyarrow as pa

from stillwatch.engine import BatchFunction, streamed
from stillwatch.errors import SettingsError
from stillwatch.settings import Settings
from stillwatch.tables import STAGED

__all__ = ["require_same", "terms"]

_READING = 3
"""Increase it when ingest makes other rows from the same log: other defaults, format rules or hashes."""
_SKETCHES = "how texts are sketched"
_VERSION = "the version of Stillwatch"
_PROBE = (
    "Write a unit test for a function that merges two sorted lists, then explain each assertion.",
    "Translate into French, keep the numbers: 3 apples, 14 pears. Reason step by step before you answer!",
    None,
)


def terms(settings: Settings, transform: BatchFunction, schema: pa.Schema) -> dict[str, str]:
    """Return the terms of reading with *settings* and *transform*: readable names to digests; secrets only as digests.

    The term for sketches is a digest of the sketches of fixed probe texts, so every change of sketching changes it.
    """
    ingest = settings.ingest
    return {
        "ingest.identifier_key": _digest(ingest.identifier_key.get_secret_value()),
        "ingest.trusted_hops": _digest(repr(sorted(ingest.trusted_hops))),
        "ingest.max_row_bytes": _digest(repr(ingest.max_row_bytes)),
        "features.sketch_key": _digest(settings.features.sketch_key.get_secret_value()),
        _SKETCHES: _digest(_sketched(transform)),
        _VERSION: _digest(repr((_READING, [(field.name, str(field.type)) for field in schema]))),
    }


def require_same(before: Mapping[str, str], now: Mapping[str, str], folder: str) -> None:
    """Raise ``SettingsError``, with the names of the terms that differ, where *before* and *now* are not equal."""
    differing = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    if not differing:
        return
    named = [name for name in differing if "." in name]
    if named:
        what, remedy = f"another {' and another '.join(named)}", "Set it as it was"
    else:
        what, remedy = f"another version of Stillwatch ({' and '.join(differing)} differ)", "Go back to that version"
    raise SettingsError(
        f"this state was made with {what}",
        where=folder,
        remedy=f"{remedy}, or start a new state in an empty folder and deliver the logs again.",
    )


def _sketched(transform: BatchFunction) -> str:
    given = {
        "exchange_id": "probe", "at": datetime(2026, 3, 2, tzinfo=UTC), "account_id": "probe", "model": "probe",
        "status": "ok", "source": "probe", "position": 1,
    }  # fmt: skip
    rows = [given | {"prompt": text, "system_prompt": text and text[::-1], "completion": text} for text in _PROBE]
    probe = pa.RecordBatch.from_pylist(rows, schema=STAGED.schema)
    return repr([batch.to_pylist() for batch in streamed([probe], transform, 1)])


def _digest(text: str) -> str:
    return blake2b(text.encode(), person=b"state-of-a-scan", digest_size=16).hexdigest()
