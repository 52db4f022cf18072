"""Groups the reasons of a campaign by kind. Each group has a heading, a unit and a scale of its own."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stillwatch.model import Family, ReasonKind
from stillwatch.report import figures, wording

__all__ = [
    "FACTS",
    "USE",
    "EvidenceGroup",
    "ReasonRow",
    "SignalTexts",
    "evidence_groups",
    "family_class",
    "kind_of",
    "number",
    "value_of",
]

FACTS, USE = "accountability", "use"
"""Families of reasons that are no family of evidence: facts about who answers, and descriptions of use."""


@dataclass(frozen=True, slots=True)
class _KindText:
    heading: str
    sentence: str
    weight: str


_KINDS: Mapping[ReasonKind | None, _KindText] = {
    ReasonKind.NEG_LOG2_P: _KindText(
        "Tested",
        "Each test asks how often unrelated accounts show this by chance. The unit is −log₂ of the p-value: one more "
        "halves the p-value. The p-value is corrected for what the test could choose from.",
        "−log₂ p = {value}",
    ),
    ReasonKind.LOG2_LR: _KindText(
        "Likelihood ratios",
        "How much likelier the observation is if the accounts work through one list. The unit is log₂ of the ratio: "
        "one more doubles it. A negative value speaks against one list.",
        "log₂ of the ratio = {value}",
    ),
    ReasonKind.RARITY: _KindText(
        "Rare shared values",
        "How rare a shared value is among all accounts. The unit is bits: one more means half as many accounts.",
        "{value} bits of rarity",
    ),
    ReasonKind.DESCRIPTION: _KindText(
        "Descriptions",
        "What the accounts ask for, and how. The points only move the group up or down in the queue. They are no "
        "evidence, and no severity depends on them.",
        "{value} points in the queue",
    ),
    None: _KindText(
        "Unit not stated",
        "An earlier version of the scan wrote these reasons without their unit.",
        "weight {value}",
    ),
}
"""The groups in the order of the page. Values of two groups cannot be compared."""


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One reason: the expected value, the observed value, and the weight in the unit of its group."""

    title: str
    sentence: str
    family: str
    family_class: str
    expected: str
    observed: str
    ratio: str
    is_measured: bool
    weight: str
    expected_at: float
    observed_at: float


@dataclass(frozen=True, slots=True)
class EvidenceGroup:
    """The reasons of one kind, in the order of the scan. ``sentence`` says what the unit means."""

    heading: str
    sentence: str
    scale: figures.LogScale
    reasons: list[ReasonRow]


@dataclass(frozen=True, slots=True)
class SignalTexts:
    """The title and the sentence of each signal, from the summary of the scan."""

    described: Mapping[str, str]

    def title(self, name: str) -> str:
        """Return the name of a signal as words."""
        return wording.title(name)

    def sentence(self, name: str) -> str:
        """Return the sentence that explains a signal; empty where the scan has none."""
        return self.described.get(name, "")


def evidence_groups(reasons: Iterable[Mapping[str, Any]], signals: SignalTexts) -> list[EvidenceGroup]:
    """Return the groups that have reasons. Facts about accountability are left out: they have no weight."""
    weighed = [reason for reason in reasons if reason.get("family") != FACTS]
    found = ((kind, [reason for reason in weighed if kind_of(reason) is kind]) for kind in _KINDS)
    return [_group(kind, rows, signals) for kind, rows in found if rows]


def kind_of(reason: Mapping[str, Any]) -> ReasonKind | None:
    """Return the kind of a stored reason; None where it is unknown, as in scans by earlier versions."""
    kind = reason.get("kind")
    return ReasonKind(kind) if kind in set(ReasonKind) else None


def value_of(reason: Mapping[str, Any]) -> float:
    """Return the value of a stored reason; earlier versions called it ``bits``. NaN where there is none."""
    return number(reason.get("value", reason.get("bits")))


def family_class(family: str) -> str:
    """Return the CSS class of a family; an unknown family gets ``f-other``."""
    return f"f-{family}" if family in set(Family) else "f-other"


def number(value: float | None) -> float:
    """Return *value* as a float; NaN for None."""
    return math.nan if value is None else float(value)


def _group(kind: ReasonKind | None, reasons: list[Mapping[str, Any]], signals: SignalTexts) -> EvidenceGroup:
    text = _KINDS[kind]
    pairs = [(number(reason.get("expected")), number(reason.get("observed"))) for reason in reasons]
    scale = figures.log_scale([value for pair in pairs for value in pair])
    rows = [
        ReasonRow(
            title=signals.title(reason.get("signal") or ""),
            sentence=signals.sentence(reason.get("signal") or ""),
            family=reason.get("family") or "",
            family_class=family_class(reason.get("family") or ""),
            expected=wording.measure(expected),
            observed=wording.measure(observed),
            ratio=wording.ratio(observed, expected),
            is_measured=math.isfinite(observed),
            weight=_weight(kind, reason),
            expected_at=scale.place(expected),
            observed_at=scale.place(observed),
        )
        for reason, (expected, observed) in zip(reasons, pairs, strict=True)
    ]
    return EvidenceGroup(text.heading, text.sentence, scale, rows)


def _weight(kind: ReasonKind | None, reason: Mapping[str, Any]) -> str:
    """Return the value with its unit, and the most that it can be where it has reached that."""
    value, cap = value_of(reason), number(reason.get("cap"))
    if kind is ReasonKind.DESCRIPTION and value == 0:
        return "no points in the queue"
    sign = "+" if kind is ReasonKind.DESCRIPTION and value > 0 else ""
    said = _KINDS[kind].weight.format(value=sign + wording.measure(value))
    reached = kind is not ReasonKind.DESCRIPTION and math.isfinite(value) and abs(value) >= cap > 0
    return f"{said}, the most that is counted" if reached else said
