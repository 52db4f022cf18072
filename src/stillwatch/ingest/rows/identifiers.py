"""Replaces identifiers by keyed hashes on the way in, so that nothing behind this room can name a person."""

from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from ipaddress import ip_address, ip_network

import pyarrow as pa

__all__ = ["CLEAR_ATTRIBUTES", "Identifiers"]

_EXCHANGE_COLUMNS = ("account_id", "organization_id", "conversation_id")
CLEAR_ATTRIBUTES = frozenset(
    {"created_at", "closed_at", "email_domain", "declared_country", "verification", "plan", "status"}
)


class Identifiers:
    """Hashes with *key*; an empty key leaves everything as it is.

    The hash is BLAKE2b with 128 bits in hexadecimal, keyed, and separate per column, so that equal values in
    two columns do not show. One column has one hash in logs and in the accounts file, so that both still
    meet.
    """

    def __init__(self, key: str) -> None:
        # BLAKE2b takes 64 bytes of key; a longer secret is folded, so that all of it counts.
        secret = key.encode()
        self._key = secret if len(secret) <= 64 else blake2b(secret).digest()

    def __bool__(self) -> bool:
        return bool(self._key)

    def hash(self, column: str, value: str) -> str:
        """Return 32 hexadecimal digits for *value* of *column*."""
        person = blake2b(column.encode(), digest_size=16).digest()
        return blake2b(value.encode(), key=self._key, person=person, digest_size=16).hexdigest()

    def address(self, value: str) -> str:
        """Return ``h:<prefix>.<address>``: the hash of its /24 or /48 and that of the address itself."""
        address = ip_address(value)
        prefix = ip_network(f"{value}/{24 if address.version == 4 else 48}", strict=False)
        return f"h:{self.hash('client_prefix', str(prefix))}.{self.hash('client_ip', value)}"

    def attribute(self, name: str, value: str) -> str:
        """Return *value* as it may go on: hashed, unless *name* is known to be impersonal."""
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
