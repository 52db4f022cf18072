"""The texts to asked accounts: what, why, until when, how to object; no signal, no accusation."""

from datetime import UTC, datetime

import pytest

from stillwatch import signals
from stillwatch.cases.decisions.asking import wording
from stillwatch.cases.decisions.asking.wording import AskQuestion

BY = datetime(2026, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize("question", AskQuestion)
def test_who_is_asked_is_told_why_until_when_and_how_to_object(question):
    text = wording.asked_text(question, BY, "appeals@example.org")
    for part in ("Why we ask", "2 May 2026", "drawn at random", "no accusation", "appeals@example.org", "took no part"):
        assert part in text
    assert wording.REASON_CLASS in text
    assert question in wording.PASSES


@pytest.mark.parametrize("question", AskQuestion)
def test_no_text_names_a_signal_a_measure_or_a_charge(question):
    texts = [
        wording.asked_text(question, BY, ""), wording.closed_text(), wording.overturned_text(),
        *(wording.upheld_text(14, holds=holds) for holds in (True, False)),
    ]  # fmt: skip
    words = "\n".join(texts).lower()
    assert not [name for name in signals.load() if name.replace("_", " ") in words]
    for charge in ("campaign", "harvest", "worklist", "probability", "score", "signal", "suspect", "payment", "device"):
        assert charge not in words


def test_what_an_objection_led_to():
    assert "within 14 days" in wording.upheld_text(14, holds=True)
    assert "need not answer" in wording.upheld_text(14, holds=False)
    assert "you were right" in wording.overturned_text()
