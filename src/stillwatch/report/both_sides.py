"""Puts the two sides of a group together, for the top of every page on which somebody decides.

One side is what speaks for one list, the other what could make it innocent, both with the figures of this group. Below
them stands how often such a statement is wrong.

A decision is better when both sides are read first. So neither side comes first, and both have about the same length.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stillwatch.model import ReasonKind
from stillwatch.report import wording
from stillwatch.report.measures import compared, kind_of, measure_of, number, value_of, weight

__all__ = ["MEASURED", "NOBODY_ACCUSED", "BothSides", "MeasuredRate", "SideLine", "both_sides", "measured_rate"]

_MOST = 3
_OF = "Of the members"
_KINDS = (ReasonKind.NEG_LOG2_P, ReasonKind.LOG2_LR, ReasonKind.RARITY, None)
_FACTS = {
    "separate": ("share no card, device or phone under another name", "keeps to cards, devices and phones of its own"),
    "one_organization": ("are in one organization", "is in an organization with others"),
    "verified_business": ("are verified businesses", "is a verified business"),
    "own_organizations": ("name an organization of their own", "names an organization of its own"),
    "opened_before_log": ("opened more than 90 days before the log", "opened more than 90 days before the log"),
}
"""Facts about members by name: the words after a share of them, and the words where it is none."""
NOBODY_ACCUSED = (
    "Nobody is accused. One list of work in many hands can be honest work, and no log shows what the answers are used "
    "for. People decide."
)


@dataclass(frozen=True, slots=True)
class MeasuredRate:
    """How many groups with a stated probability from ``low`` to ``high`` were one list, and the 95% interval."""

    low: float
    high: float
    n_groups: int
    true: float
    least: float
    most: float


MEASURED = (
    MeasuredRate(0.0, 0.5, 99, 0.313, 0.077, 0.782),
    MeasuredRate(0.8, 0.9, 4, 1.0, 0.292, 1.0),
    MeasuredRate(0.9, 0.95, 5, 1.0, 0.292, 1.0),
    MeasuredRate(0.0, 1.0, 108, 0.37, 0.115, 0.811),
)
"""Calibration of ``p_group`` on worlds by other authors, plain habits (``make bench-strangers``), as in
``docs/reference/strangers.md``; the last row is all groups. A test compares both."""


@dataclass(frozen=True, slots=True)
class SideLine:
    """One line of a side: its name, its figures, and a sentence that explains it; each may be empty."""

    title: str
    figures: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BothSides:
    """Both sides of a group. ``stated`` and ``measured`` say how often such a statement is wrong."""

    speaks_for: list[SideLine]
    innocent: list[SideLine]
    facts: str
    stated: str
    measured: str
    n_more_for: int
    n_more_innocent: int


def both_sides(row: Mapping[str, Any], rate: float | None = None) -> BothSides:
    """Return both sides of a row of ``tables.CAMPAIGNS``. *rate* is the false discovery rate of its scan."""
    reasons = [r for r in row.get("reasons") or () if kind_of(r) is not ReasonKind.DESCRIPTION and value_of(r) > 0]
    facts = _facts(row)
    # The scan writes facts as a reading, too, where no operator is known. They stand in a line of their own here.
    readings = [text for text in row.get("innocent_readings") or () if text and not (facts and text.startswith(_OF))]
    strongest = _strongest(reasons)
    p_group = number(row.get("p_group"))
    return BothSides(
        speaks_for=[SideLine(wording.title(r.get("signal") or ""), compared(r), _sentence(r)) for r in strongest],
        innocent=[_reading(text) for text in readings[:_MOST]],
        facts=facts or "The scan states no facts about the members.",
        stated=_stated(p_group, rate),
        measured=_measured(p_group),
        n_more_for=len(reasons) - len(strongest),
        n_more_innocent=max(len(readings) - _MOST, 0),
    )


def measured_rate(p_group: float) -> MeasuredRate:
    """Return the measured rate of groups with about that stated probability, or that of all groups."""
    fitting = (one for one in MEASURED[:-1] if one.low <= p_group <= one.high)
    return next(fitting, MEASURED[-1])


def _strongest(reasons: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the strongest reasons, one of each family first: evidence within one family is not independent."""
    ordered = sorted(reasons, key=lambda r: (_KINDS.index(kind_of(r)), -value_of(r), r.get("signal") or ""))
    firsts: list[Mapping[str, Any]] = []
    others: list[Mapping[str, Any]] = []
    families: set[str | None] = set()
    for reason in ordered:
        (others if reason.get("family") in families else firsts).append(reason)
        families.add(reason.get("family"))
    return [*firsts, *others][:_MOST]


def _sentence(reason: Mapping[str, Any]) -> str:
    """Return the weight of a reason, and the direction where less than expected speaks for one list."""
    return f"{weight(reason)}; less speaks for one list" if measure_of(reason).fewer else weight(reason)


def _reading(text: str) -> SideLine:
    """Return a reading as a line: what it names first, then its explanation."""
    head, colon, rest = text.partition(": ")
    return SideLine(head, "", rest[:1].upper() + rest[1:]) if colon and len(head) <= 90 else SideLine("", "", text)


def _facts(row: Mapping[str, Any]) -> str:
    """Return what the provider knows of the members, in figures that speak for honest people; empty if nothing."""
    shares = {
        reason.get("signal"): number(reason.get("observed"))
        for reason in row.get("reasons") or ()
        if reason.get("family") == "accountability"
    }
    if math.isfinite(hidden := shares.get("hidden_ties", math.nan)):
        shares["separate"] = 1 - hidden
    known = [
        (shares[name], some, none) for name, (some, none) in _FACTS.items() if math.isfinite(shares.get(name, math.nan))
    ]
    told = [f"{wording.rate(share)} {some}" for share, some, _ in known if share > 0]
    lacks = [none for share, _, none in known if share == 0]
    sentences = [f"{_OF}, {_listed(told, 'and')}."] if told else []
    sentences += [f"None {_listed(lacks, 'or')}."] if lacks else []
    return " ".join(sentences)


def _listed(words: list[str], last: str) -> str:
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _stated(p_group: float, rate: float | None) -> str:
    parts = []
    if math.isfinite(p_group):
        parts.append(
            f"Stated: {wording.probability(p_group)} that this is one list of work, or run as one; "
            f"{wording.probability(1 - p_group)} that it is not."
        )
    else:
        parts.append("Stated: the scan gave no probability that this is one list of work.")
    if rate is not None:
        parts.append(f"The scan accepts that {wording.rate(rate)} of what it reports is strangers.")
    return " ".join(parts)


def _measured(p_group: float) -> str:
    found = measured_rate(p_group)
    wrong = round((1 - found.true) * found.n_groups)
    which = (
        "reported" if found is MEASURED[-1] else f"stated at {wording.rate(found.low)} to {wording.rate(found.high)}"
    )
    interval = f"{wording.rate(1 - found.most)} to {wording.rate(1 - found.least)}"
    return (
        f"Measured: in worlds by other authors {wrong} of {found.n_groups} groups {which} were not one list (95% "
        f"interval {interval}). Honest work that was dealt out counts as one list there."
    )
