"""Draws addresses and clients: homes, offices, carrier, VPN and proxy exits, user agents and TLS fingerprints."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.lab.crowds.crowd import Strings
from stillwatch.lab.draws.random_draws import Floats, Ints, choose, mix, named_seed, zipf_weights

__all__ = [
    "PROXY_POOL",
    "Clients",
    "Network",
    "address_of",
    "address_texts",
    "build_clients",
    "build_network",
    "public_addresses",
]

PROXY_POOL = 3
"""The number of the proxy network."""

_RESERVED = (0, 10, 100, 127, 169, 172, 192, 198, 203)
_FIRST_OCTETS: Ints = np.setdiff1d(np.arange(1, 224), _RESERVED).astype(np.int64)
_OCTETS = pa.array([str(i) for i in range(256)])


def public_addresses(rng: np.random.Generator, n: int) -> Ints:
    """Return *n* IPv4 unicast addresses as numbers, outside reserved first octets."""
    return np.asarray(
        (_FIRST_OCTETS[rng.integers(0, len(_FIRST_OCTETS), n)] << 24) + rng.integers(256, 1 << 24, n),
        dtype=np.int64,
    )


def address_of(numbers: Ints) -> Ints:
    """Return a fixed public address for each number."""
    return np.asarray((_FIRST_OCTETS[numbers % len(_FIRST_OCTETS)] << 24) + 256 + mix(numbers) % ((1 << 24) - 256))


def address_texts(numbers: Ints) -> pa.Array:
    """Return IPv4 addresses in dotted form."""
    octets = [_OCTETS.take(pa.array((numbers >> shift) & 255)) for shift in (24, 16, 8, 0)]
    return pc.binary_join_element_wise(*octets, ".")


@dataclass(frozen=True, slots=True)
class Network:
    """Shared exits: pools 0 to 2 are commercial VPNs, pool 3 is a proxy network; ``carrier`` are mobile exits."""

    pools: tuple[Ints, ...]
    carrier: Ints
    origin: str

    def exits(self, pool: Ints, draw: Ints) -> Ints:
        """Return an address from the *pool* of each row; equal *draw* gives equal addresses."""
        out = np.zeros(len(pool), dtype=np.int64)
        for number, addresses in enumerate(self.pools):
            rows = np.flatnonzero(pool == number)
            out[rows] = addresses[draw[rows] % len(addresses)]
        return out


def build_network(rng: np.random.Generator, proxies: int, prefixes: Ints | None = None) -> Network:
    """Return the exits of a world; VPN exits are in *prefixes* (/24 network numbers) if given."""
    if prefixes is None:
        prefixes = public_addresses(rng, 400) & ~np.int64(255)
    blocks = [rng.choice(prefixes, size=min(len(prefixes), n), replace=False) for n in (6, 10, 16)]
    vpns = tuple(rng.choice(block, 20 * len(block)) + rng.integers(1, 255, 20 * len(block)) for block in blocks)
    return Network((*vpns, public_addresses(rng, proxies)), public_addresses(rng, 150), "embedded generator")


_ENGINES = {
    "kit": "AppleWebKit/537.36 (KHTML, like Gecko)",
    "safari": "AppleWebKit/605.1.15 (KHTML, like Gecko)",
}
_FAMILIES: dict[str, tuple[tuple[str, tuple[str, ...], int], ...]] = {
    "web": (
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {kit} Chrome/{}.0.0.0 Safari/537.36",
            ("143", "144", "145", "142", "139"),
            3,
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {safari} Version/{} Safari/605.1.15",
            ("18.6", "26.1", "26.2", "17.6"),
            2,
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:{0}) Gecko/20100101 Firefox/{0}",
            ("146.0", "147.0", "140.0"),
            2,
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{0}) Gecko/20100101 Firefox/{0}",
            ("147.0", "146.0"),
            2,
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {kit} Chrome/{}.0.0.0 Safari/537.36",
            ("144", "145", "143"),
            2,
        ),
    ),
    "mobile": (
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS {} like Mac OS X) {safari} Mobile/15E148",
            ("18_6", "26_1", "26_2"),
            2,
        ),
        (
            "Mozilla/5.0 (Linux; Android 15; Mobile) {kit} Chrome/{}.0.0.0 Mobile Safari/537.36",
            ("144", "143", "145"),
            3,
        ),
    ),
    "sdk": (
        ("OpenAI/Python {}", ("2.14.0", "2.8.1", "1.109.1", "1.99.9", "2.16.0"), 4),
        ("OpenAI/JS {}", ("6.15.0", "6.9.1", "5.23.2"), 3),
        ("Anthropic/Python {}", ("0.76.0", "0.74.1", "0.68.0"), 3),
        ("python-requests/{}", ("2.32.5", "2.32.3", "2.31.0"), 3),
        ("python-httpx/{}", ("0.28.1", "0.27.2"), 2),
        ("axios/{}", ("1.13.2", "1.7.9"), 2),
        ("Go-http-client/{}", ("2.0", "1.1"), 2),
        ("okhttp/{}", ("4.12.0", "5.3.0"), 1),
        ("langchain-python/{}", ("1.2.0", "0.3.27"), 2),
    ),
    "tool": (
        ("code-companion/{} (vscode)", ("3.41.0", "3.40.2", "3.38.1"), 1),
        ("terminal-agent/{}", ("1.9.4", "1.9.2", "1.8.0"), 1),
        ("notes-plugin/{}", ("0.14.2", "0.13.0"), 1),
    ),
}
_CLASS_OF_KIND = {
    "chat": {"web": 0.62, "mobile": 0.33, "sdk": 0.05},
    "search": {"web": 0.4, "mobile": 0.5, "sdk": 0.1},
    "coder": {"web": 0.35, "tool": 0.45, "sdk": 0.2},
    "agent": {"sdk": 0.85, "tool": 0.15},
    "bot": {"sdk": 1.0},
    "batch": {"sdk": 1.0},
    "researcher": {"sdk": 0.95, "web": 0.05},
}


@dataclass(frozen=True, slots=True)
class Clients:
    """All clients of a world: user agent and fingerprint (string numbers), class, and popularity within the class."""

    agent: Ints
    fingerprint: Ints
    group: tuple[str, ...]
    weight: Floats

    def pick(self, rng: np.random.Generator, kind: str, n: int) -> Ints:
        """Return *n* clients of users of *kind*."""
        shares = _CLASS_OF_KIND[kind]
        weights = np.zeros(len(self.weight))
        for name, share in shares.items():
            mine = np.asarray([g == name for g in self.group])
            weights += np.where(mine, share * self.weight / self.weight[mine].sum(), 0.0)
        return choose(rng, weights, n)


def build_clients(strings: Strings) -> Clients:
    """Return the clients: a few dozen fingerprints with heavy-tailed popularity, each with several user agents."""
    agents: list[str] = []
    prints: list[str] = []
    groups: list[str] = []
    weights: list[float] = []
    for group, families in _FAMILIES.items():
        for rank, (pattern, versions, variants) in enumerate(families):
            for step, version in enumerate(versions):
                for variant in range(variants):
                    agents.append(pattern.format(version, **_ENGINES))
                    prints.append(_fingerprint(f"{group}{rank}", variant))
                    groups.append(group)
                    weights.append(float(zipf_weights(12)[rank]) / (1 + step) / (1 + variant) ** 1.5)
    return Clients(strings.numbers(agents), strings.numbers(prints), tuple(groups), np.asarray(weights))


def _fingerprint(family: str, variant: int) -> str:
    seed = named_seed("ja4", family)
    digits = "".join(f"{int(mix(seed, variant, half)):016x}" for half in (0, 1))
    return f"t13d{1200 + int(digits[:2], 16) % 9:04d}h2_{digits[2:14]}_{digits[16:28]}"
