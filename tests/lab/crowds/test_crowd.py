from stillwatch.lab.crowds.crowd import Strings, join
from stillwatch.lab.crowds.honest_users import people
from stillwatch.lab.crowds.world_context import Scene


def test_strings_are_kept_once() -> None:
    strings = Strings()
    assert strings.numbers(["a", "", "b", "a"]).tolist() == [1, 0, 2, 1]
    assert strings.array().to_pylist() == ["", "a", "b"]


def test_join_renumbers_accounts_and_conversations(around: Scene) -> None:
    left, right = people(around.named("l"), 20, "chat"), people(around.named("r"), 30, "search")
    both = join([left, right])
    assert len(both.accounts) == 50
    n = len(left.rows)
    assert len(both.rows) == n + len(right.rows)
    assert both.rows.account[n:].min() >= 20
    talks = both.rows.conversation
    assert not set(talks[:n]) & set(talks[n:])
