"""Which internet addresses are the world's, and which are somebody's own network."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

__all__ = ["is_public", "literal"]

_TRANSLATED = ip_network("64:ff9b::/96")
_METADATA = frozenset({ip_address("168.63.129.16")})
"""Public by its number, and yet a cloud's service for its own machines."""


def is_public(address: str) -> bool:
    """Return whether *address* can be reached by anybody, so that asking it tells nothing of a network of ours.

    An address that carries another one within (mapped, translated, tunnelled) is what it carries.
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
    """Return the address that *host* spells, or nothing where it is a name."""
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        return None
