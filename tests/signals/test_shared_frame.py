"""A frame: fixed text around payloads that change."""


def _framed(account, payloads, *parts, weight=4):
    return [
        {"account_id": account, "prompt_hash": 1000 + p, "frame": [16 * part + weight for part in parts]}
        for p in payloads
    ]


def test_a_frame_needs_three_payloads_on_either_side(find):
    assert find("shared_frame", prints=_framed("a", range(3), 7) + _framed("b", range(10, 12), 7)) == []
    assert find("shared_frame", prints=_framed("a", range(3), 7) + _framed("b", range(10, 13), 7)) == [{"a", "b"}]


def test_one_prompt_repeated_is_one_payload(find):
    repeated = _framed("a", [1, 1, 1], 7) + _framed("b", [1, 1, 1], 7)
    assert find("shared_frame", prints=repeated) == []


def test_prompts_without_a_frame_have_none_in_common(find):
    assert find("shared_frame", prints=_framed("a", range(5)) + _framed("b", range(5))) == []


def _stands_for(find, *others):
    """Return which of two frames the accounts a and b share, when c to f use *others*."""
    crowd = [row for i in range(12) for row in _framed(f"x{i}", range(3), 1000 + i)]
    shared = find("shared_frame", prints=[*crowd, *others])
    return [group for group in shared if {"a", "b"} <= group]


def test_the_part_that_more_accounts_use_stands_for_the_prompt(find):
    pair = _framed("a", range(3), 1, 2) + _framed("b", range(3, 6), 1, 2)
    more = _framed("c", range(3), 2) + _framed("d", range(3), 2)
    assert _stands_for(find, *pair, *more) == [{"a", "b", "c", "d"}]


def test_of_two_parts_used_alike_the_heavier_stands_for_the_prompt(find):
    def of(account, payloads):
        return [{"account_id": account, "prompt_hash": p, "frame": [16 * 1 + 4, 16 * 2 + 8]} for p in payloads]

    assert _stands_for(find, *of("a", range(3)), *of("b", range(3)), *_framed("c", range(3), 1)) == [{"a", "b"}]
    crowded = [row for name in "cdefg" for row in _framed(name, range(3), 1)]
    everybody = {"a", "b", *"cdefg"}
    assert _stands_for(find, *of("a", range(3)), *of("b", range(3)), *crowded) == [{"a", "b"}]
    crowded += [row for name in "hijk" for row in _framed(name, range(3), 1)]
    assert _stands_for(find, *of("a", range(3)), *of("b", range(3)), *crowded) == [everybody | set("hijk")]


def test_what_most_accounts_have_does_not_hide_a_rarer_frame(find):
    tool = 77
    crowd = [row for i in range(20) for row in _framed(f"x{i}", range(3), tool)]
    pair = _framed("a", range(3), tool, 1) + _framed("b", range(3), tool, 1)
    assert find("shared_frame", prints=crowd + pair) == [{"a", "b"}]


def test_one_account_has_a_bounded_number_of_frames_its_most_used(traces):
    rows = [row for f in range(30) for row in _framed("a", range(100 * f, 100 * f + 3 + f), f + 1)]
    assert sorted(trace["n"] for trace in traces("shared_frame", prints=rows)) == list(range(17, 33))


def test_a_prompt_written_in_two_ways_has_the_parts_of_both(find):
    lines = [{"account_id": "a", "prompt_hash": p, "frame": [16 * 7 + 4]} for p in range(3)]
    other = [row | {"frame": [16 * 3 + 4]} for row in lines]
    assert find("shared_frame", prints=[*lines, *other, *_framed("b", range(3), 7)]) == [{"a", "b"}]


def test_users_of_a_popular_tool_weigh_less_than_a_private_frame(contrast):
    popular, private = contrast(
        "shared_frame", "prints", lambda a, v: _framed(a, range(3 * int(a[1:]), 3 * int(a[1:]) + 3), v + 1)
    )
    assert popular < 2
    assert private > 6
