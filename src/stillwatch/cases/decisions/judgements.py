"""Stores the answers of people about a campaign or its members, and computes where cases and accounts stand.

An answer is superseded and not erased.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.decisions.seen import Compared, SeenGroup, all_members, require_seen, seen_of
from stillwatch.cases.decisions.verdict import Standing, Verdict, VerdictTally, of_account
from stillwatch.cases.store.schema import Case, CaseMember, Judgement, Sighting
from stillwatch.cases.store.text_limits import account_facts, batches, said
from stillwatch.errors import ChangedError, InputError, MissingError, PolicyError

__all__ = [
    "Decision",
    "case_of",
    "close",
    "decisions",
    "judge",
    "members_of",
    "reopen",
    "seen_case",
    "standing",
    "standing_counts",
    "standings",
    "tallies",
    "wholes",
]


@dataclass(frozen=True, slots=True)
class Decision:
    """The time of the latest of some answers, and the latest end; null where one of them has no end."""

    at: datetime
    expires_at: datetime | None

    def __add__(self, other: "Decision") -> "Decision":
        ends = [end for end in (self.expires_at, other.expires_at) if end is not None]
        return Decision(max(self.at, other.at), max(ends) if len(ends) == 2 else None)


def judge(
    work: Work,
    case_id: int,
    verdict: Verdict,
    why: str,
    accounts: Collection[str] | None = None,
    expires_at: datetime | None = None,
    *,
    seen: str = "",
    is_named: bool = True,
) -> int:
    """Store the answer *verdict* about *accounts* or about the campaign, and return the number of the audit entry.

    An earlier answer of the same person about the same subject is superseded. Answers of other people stay. *seen* is
    what the person looked at (a ``SeenGroup`` as text): for the campaign all of its members, and for accounts that the
    person did not name one by one, such as all that match a filter (*is_named* is false), these accounts. Raises
    ``ChangedError`` where it has changed, ``PolicyError`` for a closed case, and ``InputError`` for accounts that are
    no members.
    """
    case = case_of(work, case_id)
    if case.state == "closed":
        raise PolicyError("the case is closed", where=f"case {case_id}", remedy="Open it again first.")
    why = said(why, "reason")
    _require_future(work, expires_at)
    about = set(accounts) if accounts is not None else all_members(work, case_id)
    now = seen_of(case.last_scan, about)
    by_name = is_named and accounts is not None
    require_seen(work, case_id, seen, now, about, compared=Compared.SCAN if by_name else Compared.ALL)
    chosen = None if accounts is None else members_of(work, case_id, accounts)
    facts: dict[str, Any] = now.facts() | (account_facts(chosen) if chosen is not None else {})
    until = {} if expires_at is None else {"expires_at": expires_at.isoformat()}
    entry = work.record("judged", f"case {case_id}", verdict=str(verdict), why=why, **facts, **until)
    _supersede(work, case_id, chosen)
    row = {
        "case_id": case_id,
        "verdict": str(verdict),
        "why": why,
        "by": work.actor.name,
        "at": work.now,
        "expires_at": expires_at,
        "entry": entry,
    }
    subjects = [None] if chosen is None else sorted(chosen)
    work.session.execute(sa.insert(Judgement), [row | {"account_id": subject} for subject in subjects])
    return entry


def close(work: Work, case_id: int, why: str, *, seen: str = "", stood_at: Standing | None = None) -> Standing:
    """Close the case at its standing and return the standing.

    *seen* are the members that the person looked at, as for :func:`judge`, and *stood_at* is the standing that was
    shown. Raises ``ChangedError`` where either has changed, and ``PolicyError`` unless the campaign stands at confirmed
    or innocent.
    """
    case = case_of(work, case_id)
    stands = standing(work, case_id)
    require_seen(work, case_id, seen, seen_case(work, case_id), all_members(work, case_id))
    if stood_at is not None and stood_at is not stands:
        raise ChangedError(
            f"the campaign stands at {stands} and no longer at {stood_at}",
            where=f"case {case_id}",
            remedy="Nothing was saved. Read the new answers, and decide again.",
        )
    if case.state == "closed":
        raise PolicyError("the case is closed already", where=f"case {case_id}")
    if stands not in (Standing.CONFIRMED, Standing.INNOCENT):
        raise PolicyError(
            f"the case stands at {stands}, so there is nothing to close it as",
            where=f"case {case_id}",
            remedy="Judge the campaign first, or settle the dispute.",
        )
    case.state, case.closed_as = "closed", str(stands)
    if stands is Standing.INNOCENT:
        # The input of the tests holds what the accounts asked. It is deleted once they are found innocent.
        work.session.execute(sa.update(Sighting).where(Sighting.case_id == case_id).values(grounds=None))
    work.record("case closed", f"case {case_id}", closed_as=str(stands), why=said(why, "reason"))
    return stands


def reopen(work: Work, case_id: int, why: str) -> None:
    """Open a closed case again. Raises ``PolicyError`` where the case is open."""
    case = case_of(work, case_id)
    if case.state != "closed":
        raise PolicyError("the case is open", where=f"case {case_id}")
    case.state, case.closed_as = "open", None
    work.record("case reopened", f"case {case_id}", why=said(why, "reason"))


def case_of(look: Look, case_id: int) -> Case:
    """Return the case of that number. Raises ``MissingError`` where there is none."""
    case = look.row(Case, case_id)
    if case is None:
        raise MissingError("there is no such case", where=f"case {case_id}", remedy="See `stillwatch case list`.")
    return case


def seen_case(look: Look, case_id: int, accounts: Collection[str] | None = None) -> SeenGroup:
    """Return what a page about the whole case shows: its last scan and all of its members, or only *accounts*."""
    about = all_members(look, case_id) if accounts is None else set(accounts)
    return seen_of(case_of(look, case_id).last_scan, about)


def members_of(look: Look, case_id: int, accounts: Collection[str]) -> set[str]:
    """Return *accounts* as a set. Raises ``InputError`` where one is no member of the case, or none is named."""
    chosen = set(accounts)
    found: set[str] = set()
    # PostgreSQL refuses text with NUL, and no account with NUL is a member.
    for some in batches({account for account in chosen if "\0" not in account}):
        query = sa.select(CaseMember.account_id).where(CaseMember.case_id == case_id, CaseMember.account_id.in_(some))
        found.update(look.session.execute(query).scalars())
    if not chosen or found != chosen:
        missing = len(chosen - found)
        raise InputError(
            f"{missing} of {len(chosen)} accounts are no members of the case" if chosen else "no accounts are named",
            where=f"case {case_id}",
            remedy="Name accounts that its member table shows.",
        )
    return chosen


def standing(look: Look, case_id: int) -> Standing:
    """Return the standing of the campaign as a whole."""
    return tallies(look, case_id, only=()).get(None, VerdictTally()).standing


def standings(look: Look, case_id: int) -> dict[str, Standing]:
    """Return the standing of each member of the case, which combines the answers about it and about the campaign."""
    counted = tallies(look, case_id)
    whole = counted.get(None, VerdictTally()).standing
    members = look.session.execute(sa.select(CaseMember.account_id).where(CaseMember.case_id == case_id)).scalars()
    none = VerdictTally()
    known = {tally: of_account(whole, tally.standing) for tally in {none, *counted.values()}}
    return {account: known[counted.get(account, none)] for account in members}


def wholes(look: Look) -> dict[int, Standing]:
    """Return the standing of each campaign that has an answer about the campaign as a whole, by case."""
    query = sa.select(Judgement.case_id, *_counts()).where(*_counting(look), Judgement.account_id.is_(None))
    found = look.session.execute(query.group_by(Judgement.case_id))
    return {case_id: VerdictTally(*map(int, numbers)).standing for case_id, *numbers in found}


def standing_counts(look: Look, case_id: int) -> dict[Standing, int]:
    """Return the number of members at each standing. The database counts them, so no member is read."""
    whole = standing(look, case_id)
    total = look.session.execute(
        sa.select(sa.func.count()).select_from(CaseMember).where(CaseMember.case_id == case_id)
    ).scalar_one()
    each = _answers(look, case_id).where(Judgement.account_id.is_not(None)).subquery()
    # Literals and no parameters: PostgreSQL treats two equal parameters in GROUP BY as two expressions.
    no, yes = (sa.literal_column(text, sa.Integer) for text in ("0", "1"))
    said = [sa.case((column > no, yes), else_=no) for column in list(each.columns)[1:]]
    found = dict.fromkeys(Standing, 0)
    for n, *numbers in look.session.execute(sa.select(sa.func.count(), *said).select_from(each).group_by(*said)):
        found[of_account(whole, VerdictTally(*map(int, numbers)).standing)] += n
    found[of_account(whole, Standing.OPEN)] += total - sum(found.values())
    return found


def tallies(look: Look, case_id: int, only: Collection[str] | None = None) -> dict[str | None, VerdictTally]:
    """Return the tally of the answers in effect, by account; the key ``None`` is the campaign as a whole.

    *only* limits the result to some accounts and the campaign.
    """
    query = _answers(look, case_id)
    if only is not None:
        query = query.where(sa.or_(Judgement.account_id.is_(None), Judgement.account_id.in_(only)))
    # Thousands of accounts share a few tallies, so equal tallies are one object.
    known: dict[tuple[int, ...], VerdictTally] = {}
    found: dict[str | None, VerdictTally] = {}
    for account, *numbers in look.session.execute(query):
        key = tuple(map(int, numbers))
        found[account] = known.get(key) or known.setdefault(key, VerdictTally(*key))
    return found


def decisions(look: Look, case_id: int, standing: Standing) -> dict[str | None, Decision]:
    """Return the answers in effect with the verdict *standing* (confirmed or innocent), combined by account.

    The key ``None`` is the campaign as a whole.
    """
    # An overturned appeal is stored as a judgement with the verdict innocent.
    query = (
        sa.select(Judgement.account_id, Judgement.at, Judgement.expires_at)
        .where(_of_case(case_id), *_counting(look), Judgement.verdict == str(standing))
        .order_by(Judgement.judgement_id)
    )
    found: dict[str | None, Decision] = {}
    for account, at, expires_at in look.session.execute(query):
        said = Decision(at, expires_at)
        found[account] = found[account] + said if account in found else said
    return found


def _answers(look: Look, case_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return the query for the counts of each verdict by account, in the field order of ``VerdictTally``."""
    query = sa.select(Judgement.account_id, *_counts())
    return query.where(_of_case(case_id), *_counting(look)).group_by(Judgement.account_id)


def _of_case(case_id: int) -> sa.ColumnElement[bool]:
    """Return the condition of the answers that apply to the case."""
    # The outcome of an appeal applies in every case of the account, as the notice to its holder says.
    members = sa.select(CaseMember.account_id).where(CaseMember.case_id == case_id)
    ruled = sa.and_(Judgement.appeal_id.is_not(None), Judgement.account_id.in_(members))
    return sa.or_(Judgement.case_id == case_id, ruled)


def _counts() -> list[sa.Label[Any]]:
    """Return the columns that count answers, in the field order of ``VerdictTally``."""
    by_person = Judgement.appeal_id.is_(None)
    counts = [_count(sa.and_(Judgement.verdict == str(verdict), by_person), f"n_{verdict}") for verdict in Verdict]
    return [*counts, _count(Judgement.appeal_id.is_not(None), "n_ruled")]


def _count(which: sa.ColumnElement[bool], name: str) -> sa.Label[Any]:
    return sa.func.sum(sa.case((which, 1), else_=0)).label(name)


def _counting(look: Look) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of the answers that are in effect now."""
    lasting = sa.or_(Judgement.expires_at.is_(None), Judgement.expires_at > look.now)
    return Judgement.superseded_at.is_(None), lasting


def _supersede(work: Work, case_id: int, accounts: Collection[str] | None) -> None:
    mine = (
        Judgement.case_id == case_id,
        Judgement.by == work.actor.name,
        Judgement.superseded_at.is_(None),
        Judgement.appeal_id.is_(None),
    )
    about = [Judgement.account_id.is_(None)]
    if accounts is not None:
        about = [Judgement.account_id.in_(some) for some in batches(accounts)]
    for which in about:
        work.session.execute(sa.update(Judgement).where(*mine, which).values(superseded_at=work.now))


def _require_future(work: Work, moment: datetime | None) -> None:
    if moment is not None and moment <= work.now:
        raise InputError("the end has already passed", where="expires_at", remedy="Give a later time.")
