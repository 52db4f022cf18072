"""A throttle lets its rate pass and no more, for each key alone."""

import threading

import pytest

from stillwatch.enforcement.deciding import buckets
from stillwatch.enforcement.deciding.buckets import BucketRate, LocalBuckets

RATE = BucketRate(per_s=0.5, burst=3)


@pytest.fixture
def local(clock):
    return LocalBuckets(clock=clock.elapsed)


def test_a_burst_passes_and_then_the_rate(local, clock):
    waits = []
    for _ in range(60):
        waits.append(local.take("a", RATE))
        clock.advance(seconds=1)
    assert waits[:3] == [0, 0, 0]
    assert waits.count(0) == pytest.approx(3 + 60 * 0.5, abs=1)


def test_who_waits_as_long_as_told_passes(local, clock):
    for _ in range(3):
        local.take("a", RATE)
    wait = local.take("a", RATE)
    assert wait == pytest.approx(2)
    clock.advance(seconds=wait - 0.1)
    assert local.take("a", RATE) == pytest.approx(0.1)
    clock.advance(seconds=0.1001)
    assert local.take("a", RATE) == 0


def test_one_key_takes_nothing_from_another(local):
    for _ in range(3):
        local.take("a", RATE)
    assert local.take("a", RATE) > 0
    assert local.take("b", RATE) == 0


def test_each_replica_lets_its_part_pass(clock):
    replicas = [LocalBuckets(2, clock.elapsed) for _ in range(2)]
    rate, passed = BucketRate(per_s=1, burst=10), 0
    for number in range(400):
        passed += replicas[number % 2].take("a", rate) == 0
        clock.advance(seconds=0.25)
    assert passed == pytest.approx(100 + 10, abs=2)


def test_a_clock_that_goes_back_gives_nothing_away(local, clock):
    for _ in range(3):
        local.take("a", RATE)
    clock.advance(seconds=-100)
    assert local.take("a", RATE) > 0


def test_threads_share_a_bucket(clock):
    local, passed = LocalBuckets(clock=lambda: 0.0), []
    rate = BucketRate(per_s=1, burst=100)

    def ask():
        passed.extend(local.take("a", rate) == 0 for _ in range(100))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert passed.count(True) == 100


def test_what_is_not_used_is_forgotten(local, monkeypatch):
    monkeypatch.setattr(buckets, "_MOST_KEPT", 10)
    for number in range(50):
        local.take(f"k{number}", RATE)
    assert len(local._kept) == 10
