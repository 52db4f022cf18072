"""A move to a new model: by accounts that used another before, in the hours after its release."""


def _uses(account, *times):
    return [{"account_id": account, "at": f"2026-03-{t}:00+00:00", "model": m} for m, t in times]


EARLY = ("old", "01T00:00")


def test_moves_in_one_hour_link_and_in_two_do_not(find):
    rows = (
        _uses("a", EARLY, ("new", "05T11:05"))
        + _uses("b", EARLY, ("new", "05T11:55"))
        + _uses("c", EARLY, ("new", "05T12:00"))
    )
    assert find("model_move", exchanges=rows) == [{"a", "b"}]


def test_a_model_that_was_there_from_the_start_is_not_new(find):
    rows = _uses("a", EARLY, ("other", "01T05:00")) + _uses("b", EARLY, ("other", "01T05:10"))
    assert find("model_move", exchanges=rows) == []


def test_days_after_the_release_a_move_says_nothing(find):
    rows = _uses("z", EARLY, ("new", "05T11:00"))
    rows += _uses("a", EARLY, ("new", "07T12:05")) + _uses("b", EARLY, ("new", "07T12:15"))
    assert find("model_move", exchanges=rows) == []


def test_enthusiasts_in_the_hour_of_release_weigh_less_than_few_at_night(bits):
    rows = [row for i in range(300) for row in _uses(f"s{i}", EARLY, ("new", "05T18:10"))]
    rows += [row for account in "abc" for row in _uses(account, EARLY, ("new", "06T03:10"))]
    links = bits("model_move", exchanges=rows)
    assert links["s0"] < 2
    assert links["a"] > 6
