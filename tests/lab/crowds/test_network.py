from ipaddress import ip_address

import numpy as np

from stillwatch.lab.crowds.crowd import Strings
from stillwatch.lab.crowds.network import address_of, address_texts, build_clients, build_network, public_addresses


def test_addresses_are_public_and_readable() -> None:
    rng = np.random.default_rng(1)
    texts = address_texts(np.concatenate([public_addresses(rng, 2_000), address_of(np.arange(2_000))])).to_pylist()
    assert all(ip_address(text).is_global for text in texts)
    assert len(set(texts)) > 3_990


def test_exits_are_shared_and_vpn_exits_are_in_the_prefixes() -> None:
    exits = build_network(np.random.default_rng(1), 50, np.array([5 << 24, 9 << 24]))
    assert len(exits.pools[3]) == 50
    assert {int(a) >> 24 for pool in exits.pools[:3] for a in pool} <= {5, 9}
    draw = np.array([7, 7, 7])
    got = exits.exits(np.array([0, 0, 3]), draw)
    assert got[0] == got[1] != got[2]


def test_clients_are_a_few_dozen_and_fit_their_kind() -> None:
    strings = Strings()
    known = build_clients(strings)
    assert 30 <= len(np.unique(known.fingerprint)) <= 90
    picked = known.pick(np.random.default_rng(1), "bot", 3_000)
    assert {known.group[i] for i in picked} == {"sdk"}
    counts = np.sort(np.bincount(known.fingerprint[picked]))[::-1]
    assert counts[0] > 5 * max(1, counts[10])
