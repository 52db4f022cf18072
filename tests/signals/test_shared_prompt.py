"""A prompt: small talk and one account's repetitions are nothing in common."""


def test_small_talk_is_left_out(find):
    rows = [{"account_id": a, "prompt_hash": 5, "n_words": 7} for a in "ab"]
    assert find("shared_prompt", prints=rows) == []
    assert find("shared_prompt", prints=[row | {"n_words": 8} for row in rows]) == [{"a", "b"}]


def test_one_account_that_repeats_itself_is_alone(find):
    assert find("shared_prompt", prints=[{"account_id": "a", "prompt_hash": 5}] * 9) == []


def test_a_prompt_that_went_around_weighs_less_than_a_private_one(contrast):
    popular, private = contrast("shared_prompt", "prints", lambda a, v: [{"account_id": a, "prompt_hash": v + 1}])
    assert popular < 2
    assert private > 6
