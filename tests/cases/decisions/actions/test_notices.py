from datetime import UTC, datetime
from itertools import product

import pytest

from stillwatch import signals
from stillwatch.cases.decisions.actions.notices import LIMITS, NoticeKind, text_of

UNTIL = datetime(2026, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize(("kind", "limit"), list(product(NoticeKind, LIMITS)))
def test_no_notice_names_a_signal_or_a_measure(kind, limit):
    text = text_of(kind, limit, period="2026-03-01 to 2026-03-30", until=UNTIL, address="appeals@example.org")
    words = text.lower()
    assert not [name for name in signals.load() if name.replace("_", " ") in words]
    for told in ("payment", "device", "address of", "worklist", "campaign", "probability that", "score", "signal"):
        assert told not in words


def test_a_limit_is_told_with_its_reason_period_end_and_the_way_to_object():
    text = text_of(
        NoticeKind.LIMITED, "throttle", period="2026-03-01 to 2026-03-30", until=UNTIL, address="appeals@example.org"
    )
    for part in (
        "rate of requests", "2 May 2026", "2026-03-01 to 2026-03-30", "People made this decision", "appeals@example.org",
        "took no part",
    ):  # fmt: skip
        assert part in text
    assert "no end date" in text_of(NoticeKind.LIMITED, "suspend", period="x", until=None, address="")


def test_who_was_right_is_told_so():
    text = text_of(NoticeKind.OVERTURNED, "suspend", period="x", until=None, address="")
    assert "you were right" in text
    assert "sorry" in text


def test_what_no_longer_limits_is_not_said_to():
    text = text_of(NoticeKind.UPHELD, "suspend", period="x", until=UNTIL, address="", holds=False)
    assert "has ended" in text
    assert "suspended" not in text
    assert "2 May" not in text
