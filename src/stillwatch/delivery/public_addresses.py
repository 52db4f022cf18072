"""Tells public internet addresses from addresses in private or special networks."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

__all__ = ["is_public", "literal"]

_TRANSLATED = ip_network("64:ff9b::/96")
_METADATA = frozenset({ip_address("168.63.129.16")})
"""Globally routable by its number, but Azure uses it for a service of its own machines."""


def is_public(address: str) -> bool:
    """Return whether *address* is public, so that a request to it reveals nothing about a private network.

    An IPv6 address that embeds an IPv4 address (mapped, translated by NAT64, 6to4 or Teredo) counts as the IPv4
    address. Raises ``ValueError`` for text that is no address.
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _TRANSLATED:
            inner = IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast and not found.is_reserved and found not in _METADATA


def literal(host: str) -> str | None:
    """Return the IP address that *host* spells, or ``None`` where *host* is a name."""
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        return None
