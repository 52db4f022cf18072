from stillwatch.lab.crowds.crowd import Strings, join
from stillwatch.lab.crowds.honest_users import build_honest_users
from stillwatch.lab.crowds.world_context import WorldContext


def test_strings_are_stored_once() -> None:
    strings = Strings()
    assert strings.numbers(["a", "", "b", "a"]).tolist() == [1, 0, 2, 1]
    assert strings.array().to_pylist() == ["", "a", "b"]


def test_join_renumbers_accounts_and_conversations(context: WorldContext) -> None:
    left, right = (
        build_honest_users(context.named("l"), 20, "chat"),
        build_honest_users(context.named("r"), 30, "search"),
    )
    both = join([left, right])
    assert len(both.accounts) == 50
    n = len(left.rows)
    assert len(both.rows) == n + len(right.rows)
    assert both.rows.account[n:].min() >= 20
    talks = both.rows.conversation
    assert not set(talks[:n]) & set(talks[n:])
