"""A snapshot is obeyed as it was signed, and not at all where one byte of it differs."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stillwatch.enforcement.snapshot.snapshot import Snapshot, read, written
from stillwatch.errors import InputError


@pytest.fixture
def data(rule, snapshot, key):
    pairs = [(rule("suspend"), ["a", "b"]), (rule("throttle", rule_id="action 2"), ["b", "c"])]
    return written(snapshot(*pairs, number=7), key)


def test_it_is_read_as_it_was_written(data, key, clock):
    found = read(data, key.public_key())
    assert (found.number, found.published_at) == (7, clock.now)
    assert [[one.rule_id for one in found.rules_of(account)] for account in "abcd"] == [
        ["action 1"], ["action 1", "action 2"], ["action 2"], [],
    ]  # fmt: skip
    assert written(found, key) == data


def test_one_of_nobody_is_a_snapshot(snapshot, key):
    assert read(written(snapshot(), key), key.public_key()).rules_of("a") == []


def test_any_other_byte_is_refused(data, key):
    drawn = random.Random(2)
    for place in {*range(0, len(data), 7), *range(len(data) - 100, len(data))}:
        changed = bytearray(data)
        changed[place] ^= 1 << drawn.randrange(8)
        with pytest.raises(InputError):
            read(bytes(changed), key.public_key())


def test_a_part_of_it_is_refused(data, key):
    for length in {0, 1, len(data) // 2, len(data) - 20, len(data) - 1}:
        with pytest.raises(InputError):
            read(data[:length], key.public_key())
    with pytest.raises(InputError):
        read(data + b"x" * 20, key.public_key())


def test_that_of_another_publisher_is_refused(data):
    with pytest.raises(InputError, match="not signed with the given key"):
        read(data, Ed25519PrivateKey.generate().public_key(), where="the file")


def test_what_is_signed_and_makes_no_sense_is_refused(rule, snapshot, key, clock):
    made = snapshot((rule(), ["a"]))
    beyond = Snapshot(1, clock.now, (), made.index)
    backwards = Snapshot(1, clock.now, made.rules, snapshot((rule(), ["a", "b", "c"])).index)
    backwards.index.entries[:] = backwards.index.entries[::-1].copy()
    for wrong in (beyond, backwards):
        with pytest.raises(InputError):
            read(written(wrong, key), key.public_key())


def test_the_age_is_never_below_nothing(snapshot, clock):
    made = snapshot()
    clock.advance(seconds=-5)
    assert made.age_s(clock.now) == 0
    clock.advance(seconds=65)
    assert made.age_s(clock.now) == 60
