"""Sampling parameters: a habit, not a single try; and defaults weigh little."""


def _asks(account, n=3, **more):
    return [{"account_id": account, "temperature": 0.73, "max_output_tokens": 3877, "stream": False, **more}] * n


def test_two_tries_are_no_habit(find):
    assert find("shared_parameters", exchanges=_asks("a") + _asks("b", 2)) == []
    assert find("shared_parameters", exchanges=_asks("a") + _asks("b", 3)) == [{"a", "b"}]


def test_every_part_of_the_combination_counts(find):
    for other in ({"temperature": 0.74}, {"max_output_tokens": 3878}, {"stream": True}, {"n_tools": 2}):
        assert find("shared_parameters", exchanges=_asks("a") + _asks("b", **other)) == []


def test_the_last_digits_of_a_float_do_not_count(find):
    assert find("shared_parameters", exchanges=_asks("a") + _asks("b", temperature=0.7300000190734863)) == [{"a", "b"}]


def test_unknown_parameters_are_not_equal(find):
    assert find("shared_parameters", exchanges=_asks("a", temperature=None) + _asks("b", temperature=None)) == []


def test_a_popular_tool_s_defaults_weigh_less_than_an_odd_combination(contrast):
    popular, private = contrast("shared_parameters", "exchanges", lambda a, v: _asks(a, max_output_tokens=v))
    assert popular < 2
    assert private > 6
