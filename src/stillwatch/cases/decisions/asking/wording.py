"""The texts of an experiment: what is asked, what an asked account is told, and what counts as passed.

A text names no signal, no number and no other account. It accuses nobody: most people who are asked are customers.
"""

from datetime import UTC, datetime
from enum import StrEnum

__all__ = ["PASSES", "REASON_CLASS", "AskQuestion", "asked_text", "closed_text", "overturned_text", "upheld_text"]


class AskQuestion(StrEnum):
    """What is asked."""

    VERIFICATION = "verification"
    PURPOSE = "purpose"
    RECIPIENT = "recipient"


REASON_CLASS = "several accounts seem to work together, and it is not known who operates them"
"""The class of reason that an asked account is told, and that a message to a gateway or a mailer carries."""

_ASKED = {
    AskQuestion.VERIFICATION: (
        "Please confirm who uses this account: a person or an organization. One proof is enough, such as a reply from "
        "an address at your organization, or its entry in a public register."
    ),
    AskQuestion.PURPOSE: (
        "Please tell us in two or three sentences what this account is used for. You need not show us your data."
    ),
    AskQuestion.RECIPIENT: (
        "Please tell us who receives the work that is done with this account: your own organization, a client, a "
        "teacher, a platform. A name is enough. You need not send a contract."
    ),
}
_WHY = (
    f"Why we ask: {REASON_CLASS}. An agency, a course, a platform, or the tools of one company look like this, and so "
    "does use that our terms do not allow. We cannot tell which it is, so we ask."
)
_RANDOM = (
    "This account was drawn at random. To be asked is no accusation. Nothing about the account changes while we ask. "
    "We conclude nothing if you do not answer."
)
_HEARD = "A person who took no part in the decision answers."
PASSES = {
    AskQuestion.VERIFICATION: "Passed: the proof holds when you check it. Failed: it does not hold.",
    AskQuestion.PURPOSE: (
        "Passed: the account does what the answer says. Failed: what the account does contradicts the answer."
    ),
    AskQuestion.RECIPIENT: (
        "Passed: the recipient exists and can be asked, or is the account holder. Failed: there is no such recipient."
    ),
}
"""When an answer counts as passed and when as failed, for the person who enters it."""


def asked_text(question: AskQuestion, answer_by: datetime | None, address: str) -> str:
    """Return the notice to an asked account. *answer_by* is the last day to answer, *address* is where to object."""
    day = f" Please answer by {_day(answer_by)}." if answer_by else ""
    where = f" at {address}" if address else ""
    return "\n".join(
        [
            f"We have one question about this account. {_ASKED[question]}{day}",
            _WHY,
            _RANDOM,
            f"If you think that we should not ask you this, object{where}. {_HEARD}",
        ]
    )


def closed_text() -> str:
    """Return the notice that a question is closed or withdrawn."""
    return "The question about this account is closed. You need not answer it. Nothing about the account has changed."


def upheld_text(days: int, *, holds: bool) -> str:
    """Return the notice that an objection was examined and the question stands, or is closed where not *holds*."""
    stands = (
        f"The question stands. Please answer it within {days} days of this notice."
        if holds
        else "The question is closed by now. You need not answer it."
    )
    return f"A person who took no part in the decision examined your objection. {stands}"


def overturned_text() -> str:
    """Return the notice that an objection was right."""
    return (
        "A person who took no part in the decision examined your objection, and you were right. The question is "
        "withdrawn, and the account is noted as honest, so that this does not happen again. We are sorry."
    )


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %B %Y}".lstrip("0")
