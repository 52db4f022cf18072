"""Tells a log that was hardly read from a log in which nothing was found."""

from collections.abc import Sequence

from stillwatch.errors import InputError
from stillwatch.ingest.rows.outcomes.source_notices import listed
from stillwatch.ingest.rows.outcomes.tallies import SourceTally, commonest, skipped_in

__all__ = ["shortfall"]

_SHOWN = 3
"""Reasons that the message names."""
_REMEDY = "`stillwatch inspect` shows how the log was understood."


def shortfall(tallies: Sequence[SourceTally], most: float) -> InputError | None:
    """Return the error where none or few of the rows became exchanges; None where enough did.

    *most* is the share of rejects among rows from which on few did. Duplicates are not among the rejects of *tallies*,
    and skipped records are no rows. The sources that this run read are judged by themselves, and then together with
    those that were read before.
    """
    if not tallies:
        return None
    new = [tally for tally in tallies if tally.is_new]
    return (_judged(new, most) if new else None) or _judged(tallies, most)


def _judged(tallies: Sequence[SourceTally], most: float) -> InputError | None:
    n_exchanges, n_rejects = (sum(getattr(t, name) for t in tallies) for name in ("n_exchanges", "n_rejects"))
    n_rows, skipped = n_exchanges + n_rejects, skipped_in(tallies)
    where = tallies[0].source if len(tallies) == 1 else f"{len(tallies):,} sources"
    if n_exchanges and n_rejects <= most * n_rows:
        return None
    if not n_rows and not skipped:
        return InputError(
            "the log is empty: not a single row was read", where=where, remedy="Check what was delivered."
        )
    if not n_rows:
        what = f"none of the {skipped.total():,} records is an inference: {listed(skipped)}"
        return InputError(what, where=where, remedy=_REMEDY)
    reasons = _reasons(tallies)
    also = f"; {skipped.total():,} further records are no inferences: {listed(skipped)}" if skipped else ""
    if not n_exchanges:
        what = f"none of the {n_rows:,} rows became an exchange. {reasons}{also}"
        return InputError(what, where=where, remedy=_REMEDY)
    what = f"{n_rejects:,} of {n_rows:,} rows are rejects, more than a share of {most:g}. {reasons}{also}"
    return InputError(what, where=where, remedy=f"{_REMEDY} --max-rejects, or ingest.max_rejects, sets the share.")


def _reasons(tallies: Sequence[SourceTally]) -> str:
    found = commonest(tallies)
    named = [
        f'"{reason}" ({count:,}, for example row {position:,} of {source})'
        for reason, count, source, position in found[:_SHOWN]
    ]
    more = f" and {len(found) - _SHOWN:,} further reasons" if len(found) > _SHOWN else ""
    return f"Commonest: {', '.join(named)}{more}"
