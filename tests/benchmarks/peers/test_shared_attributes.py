"""Shared values connect accounts, except values of many accounts."""

from peers import shared_attributes
from peers.world import World


def test_shared_values_join_accounts_unless_many_hold_them(world: World) -> None:
    assert {r.account_id for r in shared_attributes.flag(world, frozenset(), least=4) if r.flagged} == {
        "a0",
        "a1",
        "a2",
        "a7",
    }
    assert not any(r.flagged for r in shared_attributes.flag(world, frozenset(), least=4, hub=3))
    sizes = {r.account_id: r.score for r in shared_attributes.flag(world, frozenset({"a3"}))}
    assert sizes == {"a0": 4, "a1": 4, "a2": 4, "a4": 1, "a5": 1, "a6": 1, "a7": 4}
