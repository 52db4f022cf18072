"""Writes the evidence of one campaign as lines for a terminal: three answers, evidence by kind, innocent readings."""

from collections.abc import Mapping
from typing import Any

from stillwatch.report.answers import answers, what_would_change, why_severity
from stillwatch.report.evidence import SignalTexts, evidence_groups

__all__ = ["evidence_lines"]

_PLAIN = SignalTexts({})
"""A terminal shows the names of the reasons alone; the report has their sentences."""


def evidence_lines(campaign: Mapping[str, Any]) -> list[str]:
    """Return the lines of a row of ``tables.CAMPAIGNS`` as a case keeps it; none where no scan reported the case."""
    if not campaign:
        return []
    place = f"rank {campaign['rank']:,} in its scan; " if campaign.get("rank") else ""
    lines = [
        why_severity(campaign),
        f"{place}{campaign['n_accounts']:,} accounts, {campaign['n_exchanges']:,} exchanges.".capitalize(),
    ]
    for answer in answers(campaign, _PLAIN):
        lines += ["", f"{answer.name} ({answer.how}): {answer.word}"]
        lines += [f"  {sentence}" for sentence in answer.sentences]
        lines += [f"  {fact.title}: {fact.text}" for fact in answer.facts]
    lines += ["", what_would_change(campaign), "", "Innocent explanations:"]
    lines += [f"  {text}" for text in campaign.get("innocent_readings") or ()] or ["  The scan recorded none."]
    for group in evidence_groups(campaign.get("reasons") or (), _PLAIN):
        lines += ["", f"Evidence, {group.heading.lower()}:"]
        lines += [
            f"  {row.title}: {row.observed} observed, {row.expected} expected ({block.unit}); {row.weight}"
            if row.is_measured
            else f"  {row.title}: not measurable; {row.weight}"
            for block in group.blocks
            for row in block.reasons
        ]
    return lines
