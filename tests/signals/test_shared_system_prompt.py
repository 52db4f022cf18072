"""A system prompt: that of a published tool weighs little."""


def test_a_tool_s_prompt_weighs_less_than_a_private_one(contrast):
    popular, private = contrast(
        "shared_system_prompt", "prints", lambda a, v: [{"account_id": a, "system_hash": v + 1}]
    )
    assert popular < 2
    assert private > 6


def test_hashes_above_the_signed_range_are_told_apart(find):
    high = 2**64 - 2
    rows = [
        {"account_id": "a", "system_hash": high},
        {"account_id": "b", "system_hash": high},
        {"account_id": "c", "system_hash": high + 1},
    ]
    assert find("shared_system_prompt", prints=rows) == [{"a", "b"}]
