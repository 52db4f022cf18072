"""One way of writing what a reason measures: its unit, its figures, the direction that speaks for one list, its weight.

The report, the console and the terminal all use these functions, so that a figure looks the same everywhere.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stillwatch.model import ReasonKind
from stillwatch.report import wording

__all__ = ["Measure", "compared", "figure", "kind_of", "measure_of", "number", "strength", "value_of", "weight"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a reason measures. ``unit`` names the axis; ``before`` and ``noun`` stand around an observed figure.

    ``is_share`` says that figures are shares, written as percentages. ``fewer`` says that less than expected speaks for
    one list; otherwise more does.
    """

    unit: str
    noun: str
    is_share: bool = True
    fewer: bool = False
    before: str = ""

    @property
    def direction(self) -> str:
        """Return which side of the expected value speaks for one list."""
        return "less than expected speaks for one list" if self.fewer else "more than expected speaks for one list"


_MEMBERS = Measure("share of the members", " of the members")
_PROMPTS = Measure("share of prompts", " of prompts")
_PAIRS = Measure("pairs of members that asked the same", " pairs", is_share=False, fewer=True)
_EVEN = Measure("evenness: 0 as readers of a list, 1 as dealt out", "", is_share=False, before="evenness ")
_LIKENESS = Measure("likeness to the list: 1 is alike", "", is_share=False, before="likeness to the list ")
_PLAIN = Measure("measured value", "", is_share=False)
_MEASURES: Mapping[str, Measure] = {
    "same_worklist": Measure(
        "distance between members: 0 is alike", "", is_share=False, fewer=True, before="distance "
    ),
    "dealt_evenly": _EVEN,
    "collides_like_readers": _EVEN,
    "dealt_among_readers": _PAIRS,
    "never_collides": _PAIRS,
    "repeats_like_strangers": _PAIRS,
    "asks_the_same_few": _PROMPTS,
    "asks_for_training_data": _PROMPTS,
    "training_subjects": _PROMPTS,
    "follow_up": Measure("share of exchanges", " of exchanges", fewer=True),
    "never_repeats_itself": Measure("share of exchanges", " of exchanges", fewer=True),
    "long_answers": Measure("tokens per answer", " tokens", is_share=False),
    "even_load": Measure("spread of the load: 0 is the same load", "", is_share=False, fewer=True, before="spread "),
    "breadth": Measure("likeness of one account's prompts", "", is_share=False, fewer=True, before="likeness "),
    "exchanges_per_account": Measure("exchanges per account", " exchanges", is_share=False),
}
"""The measures of the reasons that are no signal. A signal measures the share of members that have its value."""
_WEIGHTS: Mapping[ReasonKind | None, tuple[str, str]] = {
    ReasonKind.NEG_LOG2_P: ("−log₂ p = ", ""),
    ReasonKind.LOG2_LR: ("log₂ of the ratio = ", ""),
    ReasonKind.RARITY: ("", " bits of rarity"),
    ReasonKind.DESCRIPTION: ("", " points in the queue"),
    None: ("weight ", ""),
}


def number(value: float | None) -> float:
    """Return *value* as a float; NaN for None."""
    return math.nan if value is None else float(value)


def kind_of(reason: Mapping[str, Any]) -> ReasonKind | None:
    """Return the kind of a stored reason; None where it is unknown, as in scans by earlier versions."""
    kind = reason.get("kind")
    return ReasonKind(kind) if kind in set(ReasonKind) else None


def value_of(reason: Mapping[str, Any]) -> float:
    """Return the value of a stored reason; earlier versions called it ``bits``. NaN where there is none."""
    return number(reason.get("value", reason.get("bits")))


def measure_of(reason: Mapping[str, Any]) -> Measure:
    """Return what a stored reason measures."""
    known = _MEASURES.get(reason.get("signal") or "")
    if known is _MEASURES["same_worklist"] and kind_of(reason) is ReasonKind.LOG2_LR:
        # Of a group the distance between its members is tested, of one member its likeness to the group's list.
        return _LIKENESS
    if known is not None:
        return known
    figures = [number(reason.get(name)) for name in ("observed", "expected")]
    # Earlier versions counted accounts.
    are_shares = all(not math.isfinite(x) or 0 <= x <= 1 for x in figures) and kind_of(reason) is not ReasonKind.LOG2_LR
    return _MEMBERS if are_shares else _PLAIN


def figure(measure: Measure, value: float) -> str:
    """Return one figure in the form of its measure, without its noun: 63%, 0.028, 2,870."""
    if not math.isfinite(value):
        return "not known"
    return wording.rate(value) if measure.is_share else wording.measure(value)


def compared(reason: Mapping[str, Any]) -> str:
    """Return what was observed against what is expected: 63% of the members, 1.3% expected."""
    measure = measure_of(reason)
    observed, expected = number(reason.get("observed")), number(reason.get("expected"))
    if not math.isfinite(observed):
        return "not measurable in this log"
    told = f"{measure.before}{figure(measure, observed)}{measure.noun}"
    if kind_of(reason) is ReasonKind.RARITY and measure is _MEMBERS:
        return f"{told}, {figure(measure, expected)} of other accounts"
    return f"{told}, {figure(measure, expected)} expected" if math.isfinite(expected) else told


def weight(reason: Mapping[str, Any]) -> str:
    """Return the value of a reason with its unit. A value that has reached the most that is counted is "or more"."""
    return strength(kind_of(reason), value_of(reason), number(reason.get("cap")))


def strength(kind: ReasonKind | None, value: float, cap: float) -> str:
    """Return *value* in the unit of *kind*; see :func:`weight`."""
    before, after = _WEIGHTS[kind]
    if kind is ReasonKind.DESCRIPTION:
        if value == 0:
            return "0 points in the queue"
        return f"{'+' if value > 0 else ''}{wording.measure(value)}{after}"
    reached = math.isfinite(value) and abs(value) >= cap > 0
    beyond = " or less" if value < 0 else " or more"
    return f"{before}{wording.measure(value)}{beyond if reached else ''}{after}"
