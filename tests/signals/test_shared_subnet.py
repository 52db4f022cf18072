"""A network: /24 and /48, also where addresses were hashed on the way in."""

import pytest


def _of(*addresses):
    return [{"account_id": "abc"[i], "client_ip": address} for i, address in enumerate(addresses)]


@pytest.mark.parametrize(
    ("addresses", "linked"),
    [
        (("198.51.100.7", "198.51.100.250"), True),
        (("198.51.100.7", "198.51.10.7"), False),
        (("198.51.100.7", "198.51.1.100"), False),
        (("2001:db8:7:1::5", "2001:db8:7:ffff::1"), True),
        (("2001:db8:7:1::5", "2001:db8:8:1::5"), False),
        (("2001:db8::5", "2001:db8::7:0:0:5"), True),
        (("h:00ff.11", "h:00ff.22"), True),
        (("h:00ff.11", "h:00fe.11"), False),
        (("h:00ff.11", "198.51.100.7"), False),
    ],
)
def test_networks(find, addresses, linked):
    assert bool(find("shared_subnet", exchanges=_of(*addresses))) is linked


def test_a_zero_group_may_be_written_or_left_out(find):
    assert find("shared_subnet", exchanges=_of("2001:db8::5", "2001:db8:0:1::5")) == [{"a", "b"}]


def test_a_hosting_range_that_many_use_weighs_little(contrast):
    popular, private = contrast(
        "shared_subnet",
        "exchanges",
        lambda a, v: [{"account_id": a, "client_ip": f"10.{v // 200}.{v % 200}.{int(a[1:]) % 250}"}],
    )
    assert popular < 2
    assert private > 6
