"""Replaces identifiers by keyed hashes during ingest, so that no later step can identify a person."""

from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from ipaddress import ip_address, ip_network

import pyarrow as pa

__all__ = ["CLEAR_ATTRIBUTES", "Identifiers"]

_EXCHANGE_COLUMNS = ("account_id", "organization_id", "conversation_id")
CLEAR_ATTRIBUTES = frozenset(
    {"created_at", "closed_at", "verified_at", "email_domain", "declared_country", "verification", "plan", "status"}
)
"""Attributes that identify nobody and are never hashed."""


class Identifiers:
    """Hashes identifiers with *key*; an empty key leaves all values unchanged.

    The hash is keyed BLAKE2b (RFC 7693) with 128 bits, in hexadecimal. It differs per column, so that equal values in
    two columns get different hashes. A column has the same hash in logs and in the accounts file, so they still join.
    """

    def __init__(self, key: str) -> None:
        # BLAKE2b takes at most 64 bytes of key; a longer secret is hashed first, so that all of its bytes count.
        secret = key.encode()
        self._key = secret if len(secret) <= 64 else blake2b(secret).digest()

    def __bool__(self) -> bool:
        return bool(self._key)

    def hash(self, column: str, value: str) -> str:
        """Return 32 hexadecimal digits for *value* of *column*."""
        person = blake2b(column.encode(), digest_size=16).digest()
        return blake2b(value.encode(), key=self._key, person=person, digest_size=16).hexdigest()

    def address(self, value: str) -> str:
        """Return ``h:<prefix>.<address>``: the hash of the /24 or /48 network, and the hash of the address."""
        address = ip_address(value)
        prefix = ip_network(f"{value}/{24 if address.version == 4 else 48}", strict=False)
        return f"h:{self.hash('client_prefix', str(prefix))}.{self.hash('client_ip', value)}"

    def attribute(self, name: str, value: str) -> str:
        """Return *value* hashed, unless *name* is in ``CLEAR_ATTRIBUTES``."""
        return value if not self or name in CLEAR_ATTRIBUTES else self.hash(name, value)

    def apply(self, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        """Return *columns* of exchanges with every identifier hashed."""
        if not self:
            return columns
        hashed = dict(columns)
        for name in _EXCHANGE_COLUMNS:
            hashed[name] = _mapped(columns[name], partial(self.hash, name))
        hashed["client_ip"] = _mapped(columns["client_ip"], self.address)
        return hashed


def _mapped(values: pa.Array, function: Callable[[str], str]) -> pa.Array:
    encoded = values.dictionary_encode()
    replaced = [None if value is None else function(value) for value in encoded.dictionary.to_pylist()]
    return pa.array(replaced, pa.string()).take(encoded.indices)
