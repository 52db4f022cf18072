"""Computes digests of JSON values that do not depend on the order of keys."""

from decimal import Decimal
from hashlib import blake2b

import orjson

from stillwatch.ingest.parsing.values import Loose

__all__ = ["digest"]


def digest(value: Loose) -> str:
    """Return the BLAKE2b digest (128 bits, 32 hexadecimal digits) of a JSON value.

    Raises ``TypeError`` where the value is nested too deeply or holds a type that JSON does not have.
    """
    written = orjson.dumps(value, default=_as_text, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return blake2b(written, digest_size=16).hexdigest()


def _as_text(value: Loose) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no digest of a {type(value).__name__}")
