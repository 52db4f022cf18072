"""Finds the client's address among proxy hops, normalises it, and warns when one address dominates the log."""

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Dominance", "Hops", "normalise"]

_PLAIN = r"^(25[0-5]|2[0-4]\d|1?[1-9]\d|1\d\d|\d)(\.(25[0-5]|2[0-4]\d|1?[1-9]\d|1\d\d|\d)){3}$"
_INSIDE = (
    r"^(10\.|127\.|0\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)"
    r"|^(::1?$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)"
)
_FORWARDED = re.compile(r'for\s*=\s*"?([^";,\s]+)', re.IGNORECASE)
_LEAST = 20
_COUNTERS = 1_000
_NAME = 39
"""Longest text of an address. Longer values are hashes, whose last characters identify them well enough."""


@functools.lru_cache(maxsize=65_536)
def normalise(text: str) -> str | None:
    """Return the address in *text* in canonical form, without port, brackets or zone; None where there is none.

    An IPv4 address mapped into IPv6 is returned as IPv4.
    """
    address = _parsed(text)
    return None if address is None else str(address)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].split("]", 1)[0]
    elif text.count(":") == 1:
        text = text.split(":", 1)[0]
    text = text.split("%", 1)[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


class Hops:
    """Finds the client in a chain of addresses, given the networks of the provider's own proxies (CIDR)."""

    def __init__(self, trusted: Sequence[str] = ()) -> None:
        self._trusted = [ip_network(text, strict=False) for text in trusted]
        self._client = functools.lru_cache(maxsize=65_536)(self._find)

    def client(self, chain: str) -> str | None:
        """Return the last hop of *chain* outside the trusted networks, or the first hop where all are trusted.

        *chain* is one address, an ``X-Forwarded-For`` list or an RFC 7239 ``Forwarded`` value. Each proxy appends the
        address that called it, so the chain is read from the right. An entry that is not an address ends the search,
        because entries to its left come from an unknown sender. None where there is no address.
        """
        return self._client(chain)[0]

    def place(self, chain: str) -> tuple[int, int]:
        """Return the number of the hop of *chain* that is the client, from 1 on the left, and the number of hops.

        The first number is 0 where there is no address.
        """
        return self._client(chain)[1:]

    def _find(self, chain: str) -> tuple[str | None, int, int]:
        parts = [p for p in (_FORWARDED.findall(chain) if "=" in chain else chain.split(",")) if p.strip()]
        found: IPv4Address | IPv6Address | None = None
        number = len(parts) + 1
        for part in reversed(parts):
            address = _parsed(part)
            if address is None:
                break
            found, number = address, number - 1
            if not any(address in network for network in self._trusted):
                break
        return (None, 0, len(parts)) if found is None else (str(found), number, len(parts))

    def column(self, values: pa.Array) -> pa.Array:
        """Return the client address of every chain in a string column; null where there is no address."""
        if not self._trusted:
            plain = pc.match_substring_regex(values, _PLAIN)
            if pc.all(plain, skip_nulls=True).as_py() is not False:
                return values
        encoded = values.dictionary_encode()
        clients = pa.array([None if v is None else self.client(v) for v in encoded.dictionary.to_pylist()], pa.string())
        return clients.take(encoded.indices)


class Dominance:
    """Detects that one client address, or private addresses, carry more than *share* of the exchanges.

    Keeps at most a thousand counters for any number of addresses (Misra and Gries, "Finding repeated elements", 1982).
    A count is too low by at most a thousandth of the rows.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._counts: Counter[str] = Counter()
        self._inside = 0
        self._rows = 0

    def add(self, addresses: pa.Array, called: pa.Array) -> None:
        """Count a column of addresses under the names *called*: the address or its hash; nulls do not count."""
        addresses = addresses.drop_null()
        if not len(addresses):
            return
        self._rows += len(addresses)
        self._inside += pc.sum(pc.match_substring_regex(addresses, _INSIDE)).as_py() or 0
        for entry in pc.value_counts(called.drop_null()).to_pylist():
            self._counts[entry["values"][-_NAME:]] += entry["counts"]
        self._thin()

    def state(self) -> dict[str, Any]:
        """Return the counts as plain values for :meth:`merge`."""
        return {"rows": self._rows, "inside": self._inside, "counts": dict(self._counts)}

    def merge(self, state: Mapping[str, Any]) -> None:
        """Add the counts of another instance. The error bound stays that of one instance over all rows.

        (Agarwal et al., "Mergeable summaries", 2012.)
        """
        self._rows += state["rows"]
        self._inside += state["inside"]
        self._counts.update(state["counts"])
        self._thin()

    def _thin(self) -> None:
        if len(self._counts) > _COUNTERS:
            kept = self._counts.most_common(_COUNTERS + 1)
            floor = kept[-1][1]
            self._counts = Counter({address: n - floor for address, n in kept if n > floor})

    def notices(self) -> list[str]:
        """Return the warnings with their remedy, without the address; none for fewer than 20 addresses."""
        if self._rows < _LEAST:
            return []
        most = max(self._counts.values(), default=0) / self._rows
        inside = self._inside / self._rows
        found = []
        if most > self._share:
            found.append(f"One client address carries {most:.0%} of the exchanges that have one. {_REMEDY}")
        if inside > self._share:
            share = f"{inside:.0%} of the exchanges that have one"
            found.append(f"Private or unspecified client addresses carry {share}. {_REMEDY}")
        return found


_REMEDY = (
    "It is probably your own proxy: name its network in the setting ingest.trusted_hops, "
    "and add X-Forwarded-For to the log."
)
