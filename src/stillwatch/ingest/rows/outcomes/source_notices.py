"""Says what is odd about the sources that were read: left out, without rows, or with few exchanges."""

from collections.abc import Iterable, Mapping, Sequence

from stillwatch.errors import FormatError
from stillwatch.ingest.rows.outcomes.tallies import SourceTally, skipped_in

__all__ = ["listed", "notices", "require_fit"]

_NAMED = 5
"""Sources that one notice names."""


def require_fit(tallies: Sequence[SourceTally], known: Iterable[str]) -> None:
    """Raise ``FormatError`` where files were left out because no format fits them, and no other source has a format.

    *known* are the names of the formats.
    """
    unfit = [tally for tally in tallies if tally.unfit]
    if not unfit or any(tally.format for tally in tallies):
        return
    what = unfit[0].unfit if len(unfit) == 1 else f"{unfit[0].unfit}, nor any of {len(unfit) - 1:,} other files"
    raise FormatError(
        what,
        where=unfit[0].source,
        remedy=f"Name the format with --format. Known formats: {', '.join(sorted(known))}.",
    )


def notices(tallies: Sequence[SourceTally], most: float) -> list[str]:
    """Return the warnings for the operator about the sources, ordered by their names; *most* as in ``shortfall``.

    A source is named where it was left out, or where it gave few exchanges and other sources gave some.
    """
    by_name = sorted(tallies, key=lambda tally: tally.source)
    found = _skipped(by_name)
    if unfit := [tally for tally in by_name if tally.unfit]:
        found.append(f"{_files(len(unfit))} of a folder left out, because no log format fits: {_names(unfit)}.")
    if len(tallies) > 1 and any(tally.n_exchanges for tally in tallies):
        if scarce := [tally for tally in by_name if _is_scarce(tally, most)]:
            told = _names(scarce, with_counts=True)
            found.append(f"{_sources(len(scarce))} of {len(tallies):,} gave few or no exchanges: {told}.")
        if empty := [t for t in by_name if t.is_new and not (t.n_rows or t.n_skipped or t.unfit)]:
            found.append(f"{_sources(len(empty))} of {len(tallies):,} held no row: {_names(empty)}.")
    return found


def _is_scarce(tally: SourceTally, most: float) -> bool:
    if not tally.n_exchanges:
        return bool(tally.n_rows or tally.n_skipped)
    return tally.n_rejects > most * tally.n_rows


def _skipped(tallies: Sequence[SourceTally]) -> list[str]:
    kinds = skipped_in(tallies)
    if not kinds:
        return []
    # A reader of this sentence takes its first word for the number.
    text = f"{sum(kinds.values())} records were not inferences and are not counted as rows"
    return [f"{text}: {listed(kinds)}." if set(kinds) - {""} else f"{text}."]


def listed(kinds: Mapping[str, int]) -> str:
    """Return kinds of skipped records with their numbers, the commonest first."""
    ordered = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{kind or 'records of other kinds'} ({count:,})" for kind, count in ordered)


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _sources(count: int) -> str:
    return "1 source" if count == 1 else f"{count:,} sources"


def _names(tallies: Sequence[SourceTally], *, with_counts: bool = False) -> str:
    named = [t.source + (f" ({_counts(t)})" if with_counts else "") for t in tallies[:_NAMED]]
    more = len(tallies) - len(named)
    return ", ".join(named) + (f" and {more:,} more" if more else "")


def _counts(tally: SourceTally) -> str:
    skipped = f", {tally.n_skipped:,} records no inferences" if tally.n_skipped else ""
    return f"{tally.n_exchanges:,} of {tally.n_rows:,} rows{skipped}"
