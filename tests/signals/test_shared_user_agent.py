"""A user agent: the default of a library says nothing, and an empty one is none."""


def test_a_library_s_default_weighs_less_than_a_script_s_own(contrast):
    popular, private = contrast(
        "shared_user_agent", "exchanges", lambda a, v: [{"account_id": a, "user_agent": f"client/{v}"}]
    )
    assert popular < 2
    assert private > 6


def test_an_empty_user_agent_is_none(find):
    assert find("shared_user_agent", exchanges=[{"account_id": a, "user_agent": ""} for a in "ab"]) == []
