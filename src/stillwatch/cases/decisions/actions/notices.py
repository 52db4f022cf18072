"""Writes the notices to account holders: the class of reason and the period, but no signal, account or number.

An operator that knows which signals fired can avoid them the next time, so a notice names none. An honest customer
needs to know that people decided, what is limited, until when, and how to object.
"""

from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.decisions.actions.kinds import ActionKind
from stillwatch.cases.decisions.asking import wording
from stillwatch.cases.store.schema import Action, Case, ImportedScan, Notice

__all__ = ["LIMITS", "NoticeKind", "notice_text", "notices_of", "notify", "notify_holders", "period_of", "text_of"]


class NoticeKind(StrEnum):
    """The occasions of a notice."""

    LIMITED = "limited"
    ASKED = "asked"
    LIFTED = "lifted"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


LIMITS = {
    "throttle": "the rate of requests of this account is limited",
    "withhold": "answers to this account come without reasoning and token probabilities",
    "step_up": "this account must verify who uses it before further requests",
    "suspend": "this account is suspended",
}
"""The effect of each action on an account holder. An action without an effect is not announced."""

_REASON = (
    "Reason: use of several accounts together to collect the model's outputs in bulk, which the terms do not allow. "
    "Period looked at: {period}."
)
_DECIDED = "People made this decision. The system points to accounts and decides nothing."
_OBJECT = (
    "If this is wrong, object{address}. Say what the account is used for. A person who took no part in the decision "
    "answers."
)


def notice_text(
    look: Look, kind: NoticeKind, limit: str, case_id: int, until: datetime | None, *, holds: bool = True
) -> str | None:
    """Return the text of a notice about *limit*, or ``None`` where the action has no effect on an account holder."""
    if limit == ActionKind.ASK:
        return _about_a_question(kind, look.settings.ask_days, holds=holds)
    if limit not in LIMITS:
        return None
    period, address = period_of(look, case_id), look.settings.appeal_address
    return text_of(kind, limit, period=period, until=until, address=address, holds=holds)


def period_of(look: Look, case_id: int) -> str:
    """Return the period that the last scan of a case covers, in the words of a notice."""
    last = look.session.execute(
        sa.select(ImportedScan.first_at, ImportedScan.last_at)
        .join(Case, Case.last_scan == ImportedScan.scan_id)
        .where(Case.case_id == case_id)
    ).one_or_none()
    if last is None or last.first_at is None or last.last_at is None:
        return "the weeks before this notice"
    return f"{last.first_at:%Y-%m-%d} to {last.last_at:%Y-%m-%d}"


def text_of(
    kind: NoticeKind, limit: str, *, period: str, until: datetime | None, address: str, holds: bool = True
) -> str:
    """Return the text of a notice about *limit*, a key of ``LIMITS``.

    *period* is the period that the scan covers. *until* is the end of the limit, or ``None``. *address* is where to
    object. *holds* says whether the limit still applies.
    """
    where = f" at {address}" if address else ""
    limited = LIMITS[limit]
    if kind is NoticeKind.LIMITED:
        ends = f"It ends on {_day(until)}." if until else "It has no end date and can be lifted at any time."
        return "\n".join(
            [f"From now on, {limited}. {ends}", _REASON.format(period=period), _DECIDED, _OBJECT.format(address=where)]
        )
    if kind is NoticeKind.UPHELD:
        ends = f"It ends on {_day(until)}." if until else "You can object again when you have new information."
        stands = f"The decision stands: {limited}." if holds else "The decision stands; its limit has ended."
        answered = "A person who took no part in the decision examined your objection."
        return "\n".join([f"{answered} {stands}", _REASON.format(period=period), *([ends] if holds else [])])
    if kind is NoticeKind.OVERTURNED:
        return (
            "A person who took no part in the decision examined your objection, and you were right. The limit is "
            "lifted, and the account is noted as honest, so that this does not happen again. We are sorry."
        )
    return "The limit on this account is lifted."


def notify(work: Work, action_id: int, accounts: list[str], kind: NoticeKind, text: str, appeal_id: int | None) -> None:
    """Store *text* as a notice to the holders of *accounts*.

    Another system sends it, such as the gateway or a mailer.
    """
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


def notify_holders(work: Work, action: Action, accounts: list[str], kind: NoticeKind) -> None:
    """Store the notice about *action* to the holders of *accounts*, where the action has an effect on them."""
    text = notice_text(work, kind, action.kind, action.case_id, action.ends_at)
    if text is not None:
        notify(work, action.action_id, accounts, kind, text, None)


def notices_of(look: Look, account: str) -> list[Notice]:
    """Return the notices to the holder of *account*, the oldest first."""
    query = sa.select(Notice).where(Notice.account_id == account).order_by(Notice.notice_id)
    return list(look.session.execute(query).scalars())


def _about_a_question(kind: NoticeKind, days: int, *, holds: bool) -> str:
    if kind is NoticeKind.UPHELD:
        return wording.upheld_text(days, holds=holds)
    return wording.overturned_text() if kind is NoticeKind.OVERTURNED else wording.closed_text()


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %B %Y}".lstrip("0")
