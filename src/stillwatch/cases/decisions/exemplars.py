"""Exemplars: stores a few redacted prompts of a case for a limited time, and records who reads them.

This is off unless ``cases.exemplars`` sets the number of prompts per case. The prompts are chosen by digest, one per
account. So no person can pick the prompts that look worst, and the same log gives the same prompts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.decisions.redaction import masked, redacted
from stillwatch.cases.store.schema import CaseMember, Exemplar
from stillwatch.cases.store.text_limits import said
from stillwatch.errors import MissingError, PolicyError

__all__ = ["MaskedExemplar", "Prompt", "accounts", "choose", "forget", "keep", "n_over", "reveal", "shown"]

_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt of an account, as in the log."""

    account_id: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class MaskedExemplar:
    """An exemplar without its text: users with the permission to view see its beginning only."""

    exemplar_id: int
    account_id: str
    at: datetime
    beginning: str
    kept_until: datetime


def accounts(look: Look, case_id: int) -> set[str]:
    """Return the accounts of a case. Raises ``MissingError`` where there is no such case."""
    case_of(look, case_id)
    return set(look.session.execute(sa.select(CaseMember.account_id).where(CaseMember.case_id == case_id)).scalars())


def keep(work: Work, case_id: int, prompts: Iterable[Prompt]) -> int:
    """Replace the exemplars of a case by some of *prompts*, and return their number.

    Raises ``PolicyError`` where ``cases.exemplars`` is 0.
    """
    work.actor.require(Permission.REVEAL)
    most = work.settings.exemplars
    if not most:
        raise PolicyError(
            "the settings do not allow exemplars", where="cases.exemplars", remedy="Set it to a number above 0."
        )
    members = accounts(work, case_id)
    chosen = choose((p for p in prompts if p.account_id in members and p.text.strip()), most)
    work.session.execute(sa.delete(Exemplar).where(Exemplar.case_id == case_id))
    until = work.now + timedelta(days=work.settings.exemplar_days)
    rows = [
        {
            "case_id": case_id,
            "account_id": prompt.account_id,
            "at": prompt.at,
            "text": _kept(prompt.text),
            "kept_until": until,
        }
        for prompt in chosen
    ]
    if rows:
        work.session.execute(sa.insert(Exemplar), rows)
    work.record("exemplars kept", f"case {case_id}", n=len(rows), kept_until=until.isoformat())
    return len(rows)


def shown(look: Look, case_id: int) -> list[MaskedExemplar]:
    """Return the exemplars of a case within their retention time, each by its beginning."""
    query = (
        sa.select(Exemplar)
        .where(Exemplar.case_id == case_id, Exemplar.kept_until > look.now)
        .order_by(Exemplar.exemplar_id)
    )
    return [
        MaskedExemplar(row.exemplar_id, row.account_id, row.at, masked(row.text), row.kept_until)
        for row in look.session.execute(query).scalars()
    ]


def reveal(work: Work, case_id: int, exemplar_id: int, why: str) -> str:
    """Return the stored text of a prompt, and record in the audit log who read it and why.

    Raises ``MissingError`` where there is no such exemplar or its retention time is over.
    """
    work.actor.require(Permission.REVEAL)
    row = work.row(Exemplar, exemplar_id)
    if row is None or row.case_id != case_id or row.kept_until <= work.now:
        raise MissingError(
            "there is no such exemplar", where=f"case {case_id}", remedy="Its retention time may be over."
        )
    digest = sha256(row.text.encode()).hexdigest()
    why = said(why, "reason")
    work.record("exemplar revealed", f"case {case_id}", exemplar_id=exemplar_id, why=why, text_sha256=digest)
    return row.text


def forget(work: Work) -> int:
    """Delete the exemplars whose retention time is over, and return their number."""
    over = n_over(work)
    work.session.execute(sa.delete(Exemplar).where(Exemplar.kept_until <= work.now))
    work.record("exemplars forgotten", "exemplars", n=over)
    return over


def n_over(look: Look) -> int:
    """Return the number of exemplars whose retention time is over."""
    query = sa.select(sa.func.count()).select_from(Exemplar).where(Exemplar.kept_until <= look.now)
    return look.session.execute(query).scalar_one()


def choose(prompts: Iterable[Prompt], most: int) -> list[Prompt]:
    """Return at most *most* prompts: of each account the prompt with the smallest digest, sorted by digest.

    The memory is one prompt per account, whatever the number of prompts.
    """
    least: dict[str, tuple[bytes, Prompt]] = {}
    for prompt in prompts:
        digest = sha256(f"{prompt.account_id}\n{prompt.text}".encode(errors="replace")).digest()
        known = least.get(prompt.account_id)
        if known is None or digest < known[0]:
            least[prompt.account_id] = digest, prompt
    return [prompt for _, prompt in sorted(least.values(), key=lambda pair: pair[0])[:most]]


def _kept(text: str) -> str:
    plain = text.replace("\0", "").encode(errors="replace").decode()
    return redacted(plain)[:_LONGEST]
