"""A prompt: small talk and one account's repetitions are nothing in common."""


def test_small_talk_is_left_out(find):
    rows = [{"account_id": a, "prompt_hash": 5, "n_words": 7} for a in "ab"]
    assert find("shared_prompt", prints=rows) == []
    assert find("shared_prompt", prints=[row | {"n_words": 8} for row in rows]) == [{"a", "b"}]


def test_one_account_that_repeats_itself_is_alone(find):
    assert find("shared_prompt", prints=[{"account_id": "a", "prompt_hash": 5}] * 9) == []


def test_what_one_account_alone_asks_is_one_trace_and_no_link(traces):
    """Whoever asks prompts of some length counts among those who could have shared one, at a row each."""
    own = [{"account_id": a, "prompt_hash": p + at} for p, a in ((0, "a"), (50, "b")) for at in range(9)]
    alone = traces("shared_prompt", prints=own)
    assert sorted((t["account_id"], t["n"]) for t in alone) == [("a", 9), ("b", 9)]
    assert len({t["hub"] for t in alone}) == 2
    both = traces("shared_prompt", prints=[*own, *({"account_id": a, "prompt_hash": 99} for a in "ab")])
    assert sorted((t["account_id"], t["n"]) for t in both) == [("a", 1), ("a", 9), ("b", 1), ("b", 9)]


def test_a_prompt_that_went_around_weighs_less_than_a_private_one(contrast):
    popular, private = contrast("shared_prompt", "prints", lambda a, v: [{"account_id": a, "prompt_hash": v + 1}])
    assert popular < 2
    assert private > 6
