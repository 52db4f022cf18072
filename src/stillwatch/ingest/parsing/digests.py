"""Stable digests of JSON values: the same content gives the same digest, whatever the order of its keys."""

from decimal import Decimal
from hashlib import blake2b

import orjson

from stillwatch.ingest.parsing.values import Loose

__all__ = ["digest"]


def digest(value: Loose) -> str:
    """Return 32 hexadecimal digits for a JSON value; raises ``TypeError`` where it is nested too deeply."""
    written = orjson.dumps(value, default=_spelt, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return blake2b(written, digest_size=16).hexdigest()


def _spelt(value: Loose) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no digest of a {type(value).__name__}")
