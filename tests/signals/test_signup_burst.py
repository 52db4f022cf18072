"""A burst of sign-ups: a hackathon's evening weighs less than a quiet hour's few."""


def test_hours_are_whole_and_of_one_day(find, facts):
    values = {"a": "2026-03-01T10:59:59+00:00", "b": "2026-03-01T11:00:00+00:00", "c": "2026-03-02T10:59:59+00:00"}
    assert find("signup_burst", attributes=facts("created_at", values)) == []


def test_a_closing_is_not_an_opening(find, facts):
    rows = facts("created_at", {"a": "2026-03-01T10:00:00+00:00"}) + facts(
        "closed_at", {"b": "2026-03-01T10:00:00+00:00"}
    )
    assert find("signup_burst", attributes=rows) == []


def test_a_hackathon_weighs_less_than_a_quiet_hour(contrast, facts):
    popular, private = contrast(
        "signup_burst",
        "attributes",
        lambda a, v: facts("created_at", {a: f"2026-03-{1 + v // 24:02d}T{v % 24:02d}:05:00+00:00"}),
    )
    assert popular < 2
    assert private > 6
