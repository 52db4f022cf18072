"""A process obeys the newest snapshot that it has seen, whatever happens to the file."""

import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stillwatch.enforcement.snapshot.holder import Holder
from stillwatch.enforcement.snapshot.snapshot import written
from stillwatch.errors import InputError, MissingError
from stillwatch.signing import keys


@pytest.fixture
def put(tmp_path, snapshot, rule, key):
    """Return a function that writes a snapshot of one number, with an account of that name, and gives the path."""

    def done(number, by=key):
        path = tmp_path / "snapshot"
        path.write_bytes(written(snapshot((rule(), [str(number)]), number=number), by))
        return path

    return done


@pytest.fixture
def holder(put, key, clock):
    return Holder(put(5), keys.public_hex(key), clock=clock, elapsed=clock.elapsed)


def test_a_newer_one_replaces_it(holder, put):
    assert not holder.refresh()
    put(6)
    assert holder.refresh()
    assert (holder.current.number, holder.problem) == (6, "")


def test_an_older_one_never_does(holder, put):
    put(4)
    assert not holder.refresh()
    assert holder.current.number == 5
    assert "older" in holder.problem
    put(6)
    assert holder.refresh()
    assert holder.problem == ""


@pytest.mark.parametrize("spoil", [
    lambda put, path: put(6, Ed25519PrivateKey.generate()),
    lambda put, path: path.write_bytes(put(6).read_bytes()[:-7]),
    lambda put, path: path.write_bytes(b""),
    lambda put, path: path.unlink(),
    lambda put, path: (path.unlink(), path.mkdir()),
])  # fmt: skip
def test_what_cannot_be_obeyed_changes_nothing(holder, put, spoil):
    spoil(put, holder.path)
    assert not holder.refresh()
    assert holder.current.rules_of("5")
    assert holder.problem.startswith(str(holder.path))


def test_without_a_snapshot_no_gateway_begins(tmp_path, put, key):
    with pytest.raises(MissingError, match="gateway publish"):
        Holder(tmp_path / "nothing", keys.public_hex(key))
    with pytest.raises(InputError, match="not signed"):
        Holder(put(5), keys.public_hex(Ed25519PrivateKey.generate()))


def test_the_age_of_the_first_is_told_by_the_clock_and_of_a_later_one_by_the_time_since(put, key, clock):
    path = put(5)
    ahead = Holder(path, keys.public_hex(key), clock=lambda: clock.now + timedelta(hours=2), elapsed=clock.elapsed)
    assert ahead.age_s() == 7200
    clock.advance(seconds=10)
    assert ahead.age_s() == 7210
    put(6)
    ahead.refresh()
    assert ahead.age_s() == 0, "the clock of this machine is wrong, and the sign of life is new"


def test_a_thread_follows_the_file(put, key):
    holder = Holder(put(5), keys.public_hex(key)).follow()
    put(6)
    deadline = time.monotonic() + 10
    while holder.current.number == 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert holder.current.number == 6
    holder.close()
