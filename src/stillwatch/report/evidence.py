"""Groups the reasons of a campaign by kind. Each group has a heading, a unit and a scale of its own."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from stillwatch.model import Family, ReasonKind
from stillwatch.report import figures, wording
from stillwatch.report.measures import figure, kind_of, measure_of, number, weight

__all__ = [
    "FACTS",
    "USE",
    "EvidenceGroup",
    "MeasuredBlock",
    "ReasonRow",
    "SignalTexts",
    "evidence_groups",
    "family_class",
]

FACTS, USE = "accountability", "use"
"""Families of reasons that are no family of evidence: facts about who answers, and descriptions of use."""


@dataclass(frozen=True, slots=True)
class _KindText:
    heading: str
    sentence: str


_KINDS: Mapping[ReasonKind | None, _KindText] = {
    ReasonKind.NEG_LOG2_P: _KindText(
        "Tested",
        "Each test asks how often unrelated accounts would show this. The unit is −log₂ of the p-value: one more "
        "halves the p-value. The p-value is corrected for what the test could choose from.",
    ),
    ReasonKind.LOG2_LR: _KindText(
        "Likelihood ratios",
        "How much likelier the observation is if the accounts work through one list. The unit is log₂ of the ratio: "
        "one more doubles it. A negative value speaks against one list.",
    ),
    ReasonKind.RARITY: _KindText(
        "Rare shared values",
        "How rare a shared value is among all accounts. The unit is bits: one more means half as many accounts.",
    ),
    ReasonKind.DESCRIPTION: _KindText(
        "Descriptions",
        "What the accounts ask for, and how. The points only move the group up or down in the queue. They are no "
        "evidence, and no severity depends on them.",
    ),
    None: _KindText(
        "Unit not stated",
        "An earlier version of the scan wrote these reasons without their unit.",
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
class MeasuredBlock:
    """Reasons that measure the same, so that they share one axis, in the order of the scan.

    ``unit`` names the axis, and ``direction`` says which side of the expected value speaks for one list.
    """

    unit: str
    direction: str
    scale: figures.LogScale
    reasons: list[ReasonRow]


@dataclass(frozen=True, slots=True)
class EvidenceGroup:
    """The reasons of one kind, by what they measure. ``sentence`` says what the unit of their weight means."""

    heading: str
    sentence: str
    blocks: list[MeasuredBlock]

    @property
    def reasons(self) -> list[ReasonRow]:
        """Return the reasons of all blocks."""
        return [reason for block in self.blocks for reason in block.reasons]


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


def family_class(family: str) -> str:
    """Return the CSS class of a family; an unknown family gets ``f-other``."""
    return f"f-{family}" if family in set(Family) else "f-other"


def _group(kind: ReasonKind | None, reasons: list[Mapping[str, Any]], signals: SignalTexts) -> EvidenceGroup:
    text = _KINDS[kind]
    units = list(dict.fromkeys(measure_of(reason).unit for reason in reasons))
    placed = sorted(reasons, key=lambda reason: units.index(measure_of(reason).unit))
    blocks = [_block(list(same), signals) for _, same in groupby(placed, key=lambda reason: measure_of(reason).unit)]
    return EvidenceGroup(text.heading, text.sentence, blocks)


def _block(reasons: list[Mapping[str, Any]], signals: SignalTexts) -> MeasuredBlock:
    pairs = [(number(reason.get("expected")), number(reason.get("observed"))) for reason in reasons]
    scale = figures.log_scale([value for pair in pairs for value in pair], is_share=measure_of(reasons[0]).is_share)
    rows = [
        ReasonRow(
            title=signals.title(reason.get("signal") or ""),
            sentence=signals.sentence(reason.get("signal") or ""),
            family=reason.get("family") or "",
            family_class=family_class(reason.get("family") or ""),
            expected=figure(measure_of(reason), expected),
            observed=figure(measure_of(reason), observed),
            ratio=wording.ratio(observed, expected),
            is_measured=math.isfinite(observed),
            weight=weight(reason),
            expected_at=scale.place(expected),
            observed_at=scale.place(observed),
        )
        for reason, (expected, observed) in zip(reasons, pairs, strict=True)
    ]
    measure = measure_of(reasons[0])
    return MeasuredBlock(measure.unit, measure.direction, scale, rows)
