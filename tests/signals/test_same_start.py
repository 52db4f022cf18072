"""A start: the hour of the first request, once the log is a day old."""


def _at(account, *times):
    return [{"account_id": account, "at": f"2026-03-{t}:00+00:00"} for t in times]


BEFORE = _at("z", "01T00:00")


def test_only_the_first_request_counts(find):
    rows = BEFORE + _at("a", "04T10:02", "05T11:00") + _at("b", "04T10:59") + _at("c", "03T01:00", "05T11:10")
    assert find("same_start", exchanges=rows) == [{"a", "b"}]


def test_neighbouring_hours_are_two(find):
    assert find("same_start", exchanges=BEFORE + _at("a", "04T10:59") + _at("b", "04T11:00")) == []


def test_whoever_was_there_on_the_first_day_did_not_start_then(find):
    assert find("same_start", exchanges=BEFORE + _at("a", "01T23:10") + _at("b", "01T23:20")) == []
    assert find("same_start", exchanges=BEFORE + _at("a", "02T00:10") + _at("b", "02T00:20")) == [{"a", "b"}]


def test_an_event_that_brings_many_weighs_less_than_a_quiet_hour(contrast):
    popular, private = contrast(
        "same_start", "exchanges", lambda a, v: BEFORE + _at(a, f"{3 + v // 24:02d}T{v % 24:02d}:20")
    )
    assert popular < 2
    assert private > 6
