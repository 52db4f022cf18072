"""A world folder gives prompts, honest accounts and trusted accounts."""

from peers.world import World


def test_a_world_gives_prompts_and_honest_accounts(world: World) -> None:
    assert world.honest() == ["a3", "a4", "a5", "a6"]
    assert world.trusted(0.5, 1) < {"a3", "a4", "a5", "a6"}
    assert len(world.trusted(0.5, 1)) == 2
    assert world.prompts(["a1", "a0"], 2)["prompt"].to_pylist() == ["a0 0", "a0 1", "a1 0", "a1 1"]
