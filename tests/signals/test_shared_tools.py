"""A set of tools: the users of one framework are a crowd, so they weigh little."""


def test_a_popular_framework_weighs_less_than_a_private_set(contrast):
    popular, private = contrast(
        "shared_tools", "exchanges", lambda a, v: [{"account_id": a, "tools_digest": f"tools-{v}"}]
    )
    assert popular < 2
    assert private > 6


def test_no_tools_are_nothing_in_common(find):
    assert find("shared_tools", exchanges=[{"account_id": "a"}, {"account_id": "b"}]) == []
