"""Weights: rarity among strangers, the campaign itself left out, one payer counted once, and no pairs anywhere."""

import datetime as dt
import operator
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pytest

from stillwatch.engine import DuckDBEngine
from stillwatch.links import weigh
from stillwatch.settings import LinksSettings, SignalSettings
from stillwatch.tables import ACTIVITY, LINKS, TRACES

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
ZERO = {f.name: 0 for f in ACTIVITY.schema if pa.types.is_integer(f.type)}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path_factory.mktemp("links"), threads=1) as engine:
        yield engine


def _traces(
    holders: Mapping[str, Any], signal: str = "shared_payment", family: str = "identity"
) -> list[dict[str, Any]]:
    return [
        {"signal": signal, "family": family, "hub": f"{signal}-{hub}", "account_id": account, "n": 1}
        for hub, accounts in holders.items()
        for account in accounts
    ]


def _activity(crowd: int, payers: Mapping[str, str] | None = None) -> pa.Table:
    payers = payers or {}
    rows = [
        {**ZERO, "account_id": name, "organization_id": payers.get(name), "first_at": AT, "last_at": AT}
        for name in dict.fromkeys([*(f"a{i}" for i in range(crowd)), *payers])
    ]
    return pa.Table.from_pylist(rows, schema=ACTIVITY.schema)


def _weighed(
    engine: DuckDBEngine, traces: list[dict[str, Any]], activity: pa.Table,
    settings: LinksSettings | None = None, signals: dict[str, SignalSettings] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    table = pa.Table.from_pylist(traces, schema=TRACES.schema)
    found = engine.arrow(weigh(engine, table, activity, settings or LinksSettings(), signals or {})).read_all()
    assert [(f.name, f.type) for f in found.schema] == [(f.name, f.type) for f in LINKS.schema]
    return found.to_pylist()


def _bits(links: list[dict[str, Any]]) -> dict[str, float]:
    return {link["hub"].split("-", 1)[1]: link["weight_micros"] / 1e6 for link in links}


def _own(first: int, last: int) -> dict[str, list[str]]:
    return {f"own-{i}": [f"a{i}"] for i in range(first, last)}


def test_one_link_per_account_and_hub(engine: DuckDBEngine) -> None:
    links = _weighed(engine, _traces({"x": ["a0", "a1", "a2"], **_own(3, 100)}), _activity(1000))
    assert sorted(link["account_id"] for link in links) == ["a0", "a1", "a2"]
    assert {link["n_accounts"] for link in links} == {3}
    assert len({link["weight_micros"] for link in links}) == 1


def test_a_value_of_one_account_links_nobody(engine: DuckDBEngine) -> None:
    assert _weighed(engine, _traces(_own(0, 50)), _activity(1000)) == []


def test_weight_falls_as_a_value_gets_commoner(engine: DuckDBEngine) -> None:
    bits = []
    for size in (2, 4, 16, 64, 256, 499):
        links = _weighed(engine, _traces({"x": [f"a{i}" for i in range(size)], **_own(size, 1000)}), _activity(1000))
        bits.append(_bits(links)["x"])
    assert bits == sorted(bits, reverse=True)
    assert len(set(bits)) == len(bits)
    assert bits[0] > 8
    assert bits[-1] < 1.1


def test_weight_is_rarity_in_bits_where_nobody_else_shares(engine: DuckDBEngine) -> None:
    links = _weighed(engine, _traces({"x": [f"a{i}" for i in range(4)], **_own(4, 1024)}), _activity(1024))
    assert _bits(links)["x"] == pytest.approx(8, abs=1e-6)


def test_a_value_weighs_less_the_more_accounts_share_values_of_its_size(engine: DuckDBEngine) -> None:
    bits = []
    for others in (0, 10, 100, 300):
        hubs = {f"h{i}": [f"a{3 * i + j}" for j in range(3)] for i in range(others + 1)}
        links = _weighed(engine, _traces({**hubs, **_own(3 * others + 3, 1000)}), _activity(1000))
        bits.append(_bits(links)["h0"])
    assert bits == sorted(bits, reverse=True)
    assert bits[0] > 8
    assert bits[-1] < 0.5


def test_what_is_left_out_is_the_hub_itself(engine: DuckDBEngine) -> None:
    """One large hub does not make its own size usual."""
    links = _weighed(engine, _traces({"x": [f"a{i}" for i in range(100)], **_own(100, 1000)}), _activity(1000))
    assert _bits(links)["x"] == pytest.approx(3.3219, abs=1e-3)


@pytest.mark.parametrize("popular", [200, 450])
def test_a_rare_value_keeps_its_weight_beside_a_popular_one(engine: DuckDBEngine, popular: int) -> None:
    hubs = {"library": [f"a{i}" for i in range(10, 10 + popular)], "own": ["a0", "a1", "a2"], **_own(500, 900)}
    bits = _bits(_weighed(engine, _traces(hubs, "shared_user_agent", "client"), _activity(1000)))
    assert bits["own"] > 6
    assert bits["library"] < 2.5


def test_values_of_one_signal_do_not_change_another_s_weights(engine: DuckDBEngine) -> None:
    payment = _traces({"x": ["a0", "a1", "a2"], **_own(3, 500)})
    phones = _traces({f"p{i}": [f"a{3 * i + j}" for j in range(3)] for i in range(300)}, "shared_phone")
    alone = _weighed(engine, payment, _activity(1000))
    both = [link for link in _weighed(engine, payment + phones, _activity(1000)) if link["signal"] == "shared_payment"]
    key = operator.itemgetter("account_id")
    assert sorted(alone, key=key) == sorted(both, key=key)


def test_seats_of_one_organization_are_one_stranger(engine: DuckDBEngine) -> None:
    seats = [f"a{i}" for i in range(10)]
    traces = _traces({"card": seats, **_own(20, 1000)})
    assert _weighed(engine, traces, _activity(1000, dict.fromkeys(seats, "firm"))) == []
    two_firms = dict.fromkeys(seats[:9], "firm") | {"a9": "other"}
    assert len(_weighed(engine, traces, _activity(1000, two_firms))) == 10


def test_many_seats_do_not_make_a_hub_of_strangers_commoner_in_units_than_it_is(engine: DuckDBEngine) -> None:
    """A firm's big hub must not be taken for a crowd of strangers: in units it is as small as a household."""
    seats = [f"a{i}" for i in range(100)]
    hubs = {"card": ["a990", "a991", "a992"], "firm": [*seats, "a993"], **_own(200, 900)}
    bits = _bits(_weighed(engine, _traces(hubs), _activity(1000, dict.fromkeys(seats, "firm"))))
    assert bits["card"] > 6


def test_hubs_above_a_cap_link_nobody(engine: DuckDBEngine) -> None:
    hubs = {"big": [f"a{i}" for i in range(40)], "small": [f"a{i}" for i in range(40, 45)], **_own(50, 100)}
    for settings in (LinksSettings(hub_accounts=39), LinksSettings(hub_share=0.39)):
        assert set(_bits(_weighed(engine, _traces(hubs), _activity(100), settings))) == {"small"}
    for settings in (LinksSettings(hub_accounts=40), LinksSettings(hub_share=0.4)):
        assert set(_bits(_weighed(engine, _traces(hubs), _activity(100), settings))) == {"small", "big"}


def test_accounts_without_an_exchange_are_ignored(engine: DuckDBEngine) -> None:
    hubs = {"x": ["a0", "ghost-1", "ghost-2"], "y": ["a1", "a2", "ghost-1"], **_own(10, 100)}
    links = _weighed(engine, _traces(hubs), _activity(1000))
    assert {link["account_id"] for link in links} == {"a1", "a2"}
    assert {link["n_accounts"] for link in links} == {2}


def test_no_value_weighs_more_than_the_limit_however_strong_its_signal(engine: DuckDBEngine) -> None:
    traces, activity = _traces({"x": ["a0", "a1"], **_own(2, 1000)}), _activity(100_00)
    for strength in (1.0, 2.0):
        signals = {"shared_payment": SignalSettings(strength=strength)}
        bits = _bits(_weighed(engine, traces, activity, LinksSettings(max_bits=5), signals))
        assert bits["x"] == 5


def test_strength_scales_one_signal_and_nought_silences_it(engine: DuckDBEngine) -> None:
    hubs = {"x": ["a0", "a1", "a2"], **_own(3, 1000)}
    traces = _traces(hubs) + _traces(hubs, "shared_phone")
    plain = _weighed(engine, traces, _activity(1000))
    weight = plain[0]["weight_micros"]
    halved = _weighed(engine, traces, _activity(1000), signals={"shared_phone": SignalSettings(strength=0.5)})
    by_signal = {link["signal"]: link["weight_micros"] for link in halved}
    assert by_signal == {"shared_payment": weight, "shared_phone": pytest.approx(weight / 2, abs=1)}
    silenced = _weighed(engine, traces, _activity(1000), signals={"shared_phone": SignalSettings(strength=0)})
    assert {link["signal"] for link in silenced} == {"shared_payment"}


def test_order_of_rows_and_names_of_accounts_do_not_matter(engine: DuckDBEngine) -> None:
    traces = _traces(
        {"x": ["a0", "a1", "a2"], "y": ["a2", "a5"], "z": [f"a{i}" for i in range(30, 60)], **_own(60, 200)}
    )
    plain = _weighed(engine, traces, _activity(300))
    names = [f"a{i}" for i in range(300)]
    renamed = dict(zip(names, random.Random(3).sample(names, 300), strict=True))
    shuffled = random.Random(4).sample([t | {"account_id": renamed[t["account_id"]]} for t in traces], len(traces))
    other = _weighed(engine, shuffled, _activity(300))
    expected = sorted((link["hub"], renamed[link["account_id"]], link["weight_micros"]) for link in plain)
    assert sorted((link["hub"], link["account_id"], link["weight_micros"]) for link in other) == expected


def test_nothing_in_nothing_out(engine: DuckDBEngine) -> None:
    assert _weighed(engine, [], _activity(10)) == []
    assert _weighed(engine, [], _activity(0)) == []
