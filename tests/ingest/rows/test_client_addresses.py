import pyarrow as pa
import pytest

from stillwatch.ingest.rows.client_addresses import Dominance, Hops, normalise


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        (" 203.0.113.9:4711 ", "203.0.113.9"),
        ("[2001:DB8::1]:443", "2001:db8::1"),
        ("2001:db8:0:0::1", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", None),
        ("", None),
        ("203.0.113.256", None),
    ],
)
def test_normalise(text: str, address: str | None) -> None:
    assert normalise(text) == address


@pytest.mark.parametrize(
    ("chain", "trusted", "client"),
    [
        ("198.51.100.1, 203.0.113.9", (), "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9, 10.0.0.1", ("10.0.0.0/8",), "203.0.113.9"),
        ("10.0.0.7, 10.0.0.1", ("10.0.0.0/8",), "10.0.0.7"),
        ('for="[2001:db8::7]:4711";proto=https, for=10.0.0.1', ("10.0.0.0/8",), "2001:db8::7"),
        ("6.6.6.6, made up, 10.0.0.1", ("10.0.0.0/8",), "10.0.0.1"),
        ("203.0.113.9,", (), "203.0.113.9"),
        ("made up", (), None),
    ],
)
def test_client_is_the_last_hop_outside_the_trusted_networks(
    chain: str, trusted: tuple[str, ...], client: str | None
) -> None:
    assert Hops(trusted).client(chain) == client


def test_column_resolves_every_value() -> None:
    values = pa.array(["203.0.113.9", "a", None, "1.2.3.4, 10.0.0.1"])
    assert Hops(("10.0.0.0/8",)).column(values).to_pylist() == ["203.0.113.9", None, None, "1.2.3.4"]
    assert Hops().column(pa.array(["203.0.113.9", None])).to_pylist() == ["203.0.113.9", None]
    assert Hops().column(pa.array(["256.0.113.9", "01.2.3.4"])).to_pylist() == [None, None]


def watched(addresses: list[str | None], share: float = 0.5) -> list[str]:
    dominance = Dominance(share)
    for start in range(0, len(addresses), 1_000):
        some = pa.array(addresses[start : start + 1_000], pa.string())
        dominance.add(some, some)
    return dominance.notices()


def test_one_dominant_address_is_told_without_naming_it() -> None:
    notices = watched(["198.51.100.7"] * 60 + [f"203.0.113.{i}" for i in range(40)])
    assert len(notices) == 1
    assert "60%" in notices[0]
    assert "ingest.trusted_hops" in notices[0]
    assert "198.51.100.7" not in notices[0]


def test_addresses_from_inside_are_told() -> None:
    inside = ["10.1.2.3", "192.168.0.4", "172.20.1.1", "127.0.0.1", "::1", "fd00::5", "0.0.0.0", "100.64.1.1"]
    assert "Private" in watched(inside * 10)[0]
    assert watched([f"203.0.{i}.{j}" for i in range(10) for j in range(10)]) == []


def test_few_addresses_say_nothing() -> None:
    assert watched(["198.51.100.7"] * 19) == []
    assert watched([None] * 500) == []


def test_a_dominant_address_is_found_among_more_than_the_counters_hold() -> None:
    many = [f"{i % 223 + 1}.{i // 223 % 250}.{i // 55750}.9" for i in range(20_000)]
    mixed = [address for one in many for address in (one, "198.51.100.7")]
    assert "50%" in watched(mixed, share=0.49)[0]
    assert watched(mixed, share=0.51) == []


@pytest.mark.parametrize(
    ("chain", "trusted", "place"),
    [
        ("203.0.113.9", (), (1, 1)),
        ("198.51.100.1, 203.0.113.9", (), (2, 2)),
        ("198.51.100.1, 203.0.113.9, 10.0.0.1", ("10.0.0.0/8",), (2, 3)),
        ("10.0.0.7, 10.0.0.1", ("10.0.0.0/8",), (1, 2)),
        ('for="[2001:db8::7]:4711";proto=https, for=10.0.0.1', ("10.0.0.0/8",), (1, 2)),
        ("203.0.113.9,", (), (1, 1)),
        ("made up", (), (0, 1)),
    ],
)
def test_the_place_of_the_client_in_its_chain(chain: str, trusted: tuple[str, ...], place: tuple[int, int]) -> None:
    assert Hops(trusted).place(chain) == place
