"""What people decided, given back: honest examples and labels for measurement, and precision as people judged it."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from scipy.stats import binomtest

from stillwatch.cases.desk import Look
from stillwatch.cases.judgement import Standing
from stillwatch.cases.judging import standings, tallies, wholes
from stillwatch.cases.schema import Case
from stillwatch.model import Severity
from stillwatch.tables import JUDGED

__all__ = ["UNSAID", "Precision", "judged", "precision"]

_SETTLED = (Standing.CONFIRMED, Standing.INNOCENT)
UNSAID = (
    "How many campaigns were missed: people judge what was reported, and nothing else.",
    "Whether people were right. They saw what the scan showed them, and a wrong answer counts like a right one.",
    "What an open case will come to. Those that are settled first may be the easy ones.",
    "Anything of single accounts: each campaign counts once, whatever its size, at the severity it has now.",
)
"""What the share of confirmed campaigns does not tell, to be shown beside it."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the campaigns of one severity that people settled, how many they confirmed; the interval is 95%, exact."""

    severity: Severity
    n_confirmed: int
    n_settled: int
    n_open: int
    low: float
    high: float


def judged(look: Look) -> pa.Table:
    """Return every account that people settled, as the table ``judged``."""
    rows: list[dict[str, Any]] = []
    cases = look.session.execute(sa.select(Case.case_id, Case.campaign_id).order_by(Case.case_id)).all()
    for case_id, campaign_id in cases:
        counted = tallies(look, case_id)
        for account, stands in sorted(standings(look, case_id).items()):
            if stands in _SETTLED:
                overturned = account in counted and counted[account].overturned > 0
                rows.append(
                    {
                        "account_id": account,
                        "case_id": case_id,
                        "campaign_id": campaign_id,
                        "verdict": str(stands),
                        "overturned": overturned,
                    }
                )
    return pa.Table.from_pylist(rows, schema=JUDGED.schema)


def precision(look: Look) -> list[Precision]:
    """Return, for each severity, how many of the settled campaigns people confirmed; not those opened by hand."""
    found, stands = [], wholes(look)
    cases = look.session.execute(sa.select(Case.case_id, Case.severity).where(Case.campaign_id.is_not(None))).all()
    for severity in reversed(Severity):
        answers = [stands.get(case_id, Standing.OPEN) for case_id, name in cases if name == severity]
        confirmed, settled = answers.count(Standing.CONFIRMED), sum(s in _SETTLED for s in answers)
        low, high = (0.0, 1.0)
        if settled:
            interval = binomtest(confirmed, settled).proportion_ci(confidence_level=0.95, method="exact")
            low, high = float(interval.low), float(interval.high)
        found.append(Precision(severity, confirmed, settled, len(answers) - settled, low, high))
    return found
