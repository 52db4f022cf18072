"""A frame: fixed words around payloads that change."""


def _framed(account, payloads, column="head_hash", frame=7):
    return [{"account_id": account, "prompt_hash": 1000 + p, column: frame} for p in payloads]


def test_a_frame_needs_three_payloads_on_either_side(find):
    assert find("shared_frame", prints=_framed("a", range(3)) + _framed("b", range(10, 12))) == []
    assert find("shared_frame", prints=_framed("a", range(3)) + _framed("b", range(10, 13))) == [{"a", "b"}]


def test_a_beginning_is_not_an_end(find):
    assert find("shared_frame", prints=_framed("a", range(3)) + _framed("b", range(3), "tail_hash")) == []
    both = _framed("a", range(3), "tail_hash") + _framed("b", range(3), "tail_hash")
    assert find("shared_frame", prints=both) == [{"a", "b"}]


def test_prompts_too_short_for_a_frame_have_none_in_common(find):
    assert find("shared_frame", prints=_framed("a", range(5), frame=0) + _framed("b", range(5), frame=0)) == []


def test_users_of_a_popular_tool_weigh_less_than_a_private_frame(contrast):
    popular, private = contrast(
        "shared_frame", "prints", lambda a, v: _framed(a, range(3 * int(a[1:]), 3 * int(a[1:]) + 3), frame=v + 1)
    )
    assert popular < 2
    assert private > 6
