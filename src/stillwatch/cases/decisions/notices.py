"""What an account holder is told: the class of reason and the period. Never a signal, an account or a number.

A suspect who was told what gave it away evaded the next time; one who was told yes or no did not (design, law 8). An
honest customer needs to know that people decided, what is limited, until when, and how to object.
"""

from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.store.schema import Notice

__all__ = ["LIMITS", "NoticeKind", "notices_of", "notify", "text_of"]


class NoticeKind(StrEnum):
    """What the notice is about."""

    LIMITED = "limited"
    LIFTED = "lifted"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


LIMITS = {
    "throttle": "the rate of requests of this account is limited",
    "withhold": "answers to this account come without reasoning and token probabilities",
    "step_up": "this account must verify who uses it before further requests",
    "suspend": "this account is suspended",
}
"""What a holder notices of each action; those that change nothing for them are not announced."""

_REASON = (
    "Reason: use of several accounts together to collect the model's outputs in bulk, which the terms do not allow. "
    "Period looked at: {period}."
)
_DECIDED = "People decided this; an automatic pointer alone decides nothing here."
_OBJECT = (
    "If this is wrong, object{address}. Say what the account is used for. Somebody who took no part in the decision "
    "answers."
)


def text_of(
    kind: NoticeKind, limit: str, *, period: str, until: datetime | None, address: str, holds: bool = True
) -> str:
    """Return the text of a notice about *limit* (a key of ``LIMITS``); *holds* is whether it still is one."""
    where = f" at {address}" if address else ""
    limited = LIMITS[limit]
    if kind is NoticeKind.LIMITED:
        ends = f"It ends on {_day(until)}." if until else "It has no end set; it can be lifted at any time."
        return "\n".join(
            [f"From now on, {limited}. {ends}", _REASON.format(period=period), _DECIDED, _OBJECT.format(address=where)]
        )
    if kind is NoticeKind.UPHELD:
        ends = f"It ends on {_day(until)}." if until else "You may object again when there is something new to say."
        stands = f"It stands: {limited}." if holds else "The decision stands; what it limited has ended."
        answered = "Your objection was looked into by somebody who took no part in the decision."
        return "\n".join([f"{answered} {stands}", _REASON.format(period=period), *([ends] if holds else [])])
    if kind is NoticeKind.OVERTURNED:
        return (
            "Your objection was looked into by somebody who took no part in the decision, and you were right. The "
            "limit is lifted, and the account is noted as honest, so that the same does not happen again. We are sorry."
        )
    return "The limit on this account is lifted."


def notify(work: Work, action_id: int, accounts: list[str], kind: NoticeKind, text: str, appeal_id: int | None) -> None:
    """Keep *text* as what the holders of *accounts* are told; sending it is the gateway's or the mailer's."""
    rows = [
        {
            "action_id": action_id,
            "appeal_id": appeal_id,
            "account_id": account,
            "kind": str(kind),
            "text": text,
            "at": work.now,
        }
        for account in accounts
    ]
    if rows:
        work.session.execute(sa.insert(Notice), rows)


def notices_of(look: Look, account: str) -> list[Notice]:
    """Return what the holder of *account* was told, oldest first."""
    query = sa.select(Notice).where(Notice.account_id == account).order_by(Notice.notice_id)
    return list(look.session.execute(query).scalars())


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %B %Y}".lstrip("0")
