"""Reads the log once, gives every entry to each ledger, and collects what the tables say otherwise."""

from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from stillwatch.cases.access.desk import Look
from stillwatch.cases.replay.access_ledger import LinkLedger, SessionLedger
from stillwatch.cases.replay.action_ledger import ActionLedger
from stillwatch.cases.replay.appeal_ledger import AppealLedger, AskedLedger
from stillwatch.cases.replay.case_ledger import AllowanceLedger, CaseLedger
from stillwatch.cases.replay.judgement_ledger import JudgementLedger
from stillwatch.cases.replay.ledger import Difference, Ledger, logged
from stillwatch.cases.replay.user_ledger import UserLedger
from stillwatch.cases.store import audit

__all__ = ["replay"]


def replay(look: Look) -> list[Difference]:
    """Return every difference between the log and the tables, by kind of row. The log must have been verified before.

    Time and memory grow with the entries of the log and the rows of the tables.
    """
    ledgers: Sequence[Ledger] = (
        JudgementLedger(),
        UserLedger(),
        SessionLedger(),
        LinkLedger(),
        ActionLedger(),
        AppealLedger(),
        AskedLedger(),
        CaseLedger(),
        AllowanceLedger(),
    )
    for entry in audit.entries(look.session.connection()):
        told = logged(entry)
        for ledger in ledgers:
            ledger.take(told)
    return [difference for ledger in ledgers for difference in _compared(look, ledger)]


def _compared(look: Look, ledger: Ledger) -> list[Difference]:
    found: list[Difference] = []
    try:
        found.extend(ledger.compare(look))
    except (SQLAlchemyError, ValueError, TypeError, AttributeError) as error:
        # SQLite stores any value in any column, so a row that was changed by hand may not even be read.
        kind = type(ledger).__name__.removesuffix("Ledger").lower()
        found.append(Difference(f"{kind} rows", f"a value cannot be read ({type(error).__name__})", None))
    return found
