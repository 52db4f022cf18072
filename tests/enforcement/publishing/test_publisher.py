"""A change reaches the file, nothing older or wider does, and what is lost leaves it as it is."""

from datetime import timedelta

import pytest

from stillwatch.cases.decisions import actions
from stillwatch.enforcement.publishing.breadth import Traffic
from stillwatch.enforcement.publishing.publisher import Publisher
from stillwatch.enforcement.snapshot.holder import Holder
from stillwatch.errors import EngineError, PolicyError
from stillwatch.settings import GatewaySettings


@pytest.fixture(autouse=True)
def folder(tmp_path):
    (tmp_path / "gateway").mkdir()


def test_a_change_is_published_and_nothing_else_until_a_sign_of_life_is_due(publisher, limited, clock):
    first = publisher.step()
    assert (first.rules, publisher.step()) == ((), None)
    limited("suspend", ["a"])
    second = publisher.step()
    assert [rule.rule_id for rule in second.rules_of("a")] == ["action 1"]
    assert second.number > first.number
    clock.advance(seconds=9.9)
    assert publisher.step() is None
    clock.advance(seconds=0.1)
    third = publisher.step()
    assert (third.number > second.number, third.rules) == (True, second.rules)


def test_gateways_follow(publisher, limited, do, lea):
    publisher.step()
    holder = Holder(publisher.path, publisher.public_key)
    number = limited("suspend", ["a"])
    publisher.step()
    assert holder.refresh()
    assert holder.current.rules_of("a")
    do(lea, actions.undo, number, "It was a class.")
    publisher.step()
    assert holder.refresh()
    assert holder.current.rules_of("a") == []


def test_what_ends_by_itself_is_published_when_it_ends(publisher, limited, clock):
    limited("suspend", ["a"], ends_at=clock.now + timedelta(seconds=5))
    assert publisher.step().rules
    clock.advance(seconds=5)
    assert publisher.step().rules == ()


def test_a_snapshot_that_is_too_wide_is_held_back(publisher, limited):
    limited("suspend", [f"ordinary-{number}" for number in range(3)])
    before = publisher.step()
    for number in range(9):
        limited("suspend", [f"more-{number}-{one}" for one in range(3)])
    with pytest.raises(PolicyError, match=r"30 accounts, 3\.0%"):
        publisher.step()
    assert Holder(publisher.path, publisher.public_key).current.number == before.number


def test_what_is_lifted_is_published_also_beside_what_is_too_wide(publisher, limited, do, lea, clock):
    first = limited("suspend", ["cleared", "other"])
    publisher.step()
    for number in range(10):
        limited("suspend", [f"more-{number}-{one}" for one in range(3)])
    do(lea, actions.undo, first, "It was a class.", ["cleared"])
    with pytest.raises(PolicyError):
        publisher.step()
    obeyed = Holder(publisher.path, publisher.public_key).current
    assert [len(obeyed.rules_of(account)) for account in ("cleared", "other", "more-0-0")] == [0, 1, 0]
    with pytest.raises(PolicyError):
        publisher.step()
    assert Holder(publisher.path, publisher.public_key).current.number == obeyed.number, "nothing has changed since"
    clock.advance(seconds=10)
    with pytest.raises(PolicyError):
        publisher.step()
    assert Holder(publisher.path, publisher.public_key).current.number > obeyed.number, "a sign of life all the same"


def test_what_is_in_force_is_not_held_back_when_traffic_falls(desk, publisher, limited, clock):
    limited("suspend", ["a", "b"])
    last = publisher.step().number
    quiet = Publisher(desk, publisher.path, GatewaySettings(), lambda: Traffic(None, 3), clock=clock)
    assert quiet.step().number > last
    limited("suspend", ["c"])
    with pytest.raises(PolicyError):
        quiet.step()
    assert [bool(Holder(quiet.path, quiet.public_key).current.rules_of(one)) for one in "abc"] == [True, True, False]


def test_two_names_make_it_as_wide_as_they_say(publisher, limited):
    limited("suspend", [f"many-{number}" for number in range(500)])
    assert publisher.step().index.n_accounts == 500


def test_numbers_grow_over_restarts_and_clocks_that_go_back(desk, publisher, clock):
    last = publisher.step().number
    clock.advance(days=-2)
    again = Publisher(desk, publisher.path, GatewaySettings(), lambda: Traffic(None, 9), clock=clock)
    assert again.public_key == publisher.public_key
    assert again.step().number == last + 1


def test_a_lost_database_leaves_the_snapshot_as_it_is(publisher, limited, desk, tmp_path, clock):
    limited("suspend", ["a"])
    publisher.step()
    data = publisher.path.read_bytes()
    desk.close()
    (tmp_path / "cases.db").unlink()
    (tmp_path / "cases.db").write_bytes(b"")
    clock.advance(seconds=60)
    with pytest.raises(EngineError):
        publisher.step()
    assert publisher.path.read_bytes() == data


def test_a_folder_that_is_not_there_is_named(desk, tmp_path, clock):
    lost = Publisher(desk, tmp_path / "no" / "snapshot", GatewaySettings(), lambda: Traffic(None, 9), clock=clock)
    with pytest.raises(EngineError, match=r"gateway\.snapshot"):
        lost.step()


def test_nothing_half_written_stays(publisher, limited, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    publisher.step()
    limited("suspend", ["a"])
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(EngineError, match="No space left"):
        publisher.step()
    assert [path.name for path in (tmp_path / "gateway").iterdir()] == ["snapshot"]
