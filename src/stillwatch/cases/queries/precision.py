"""What people decided, given back: honest examples and labels for measurement, and precision as people judged it."""

from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from scipy.stats import binomtest

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.judgements import decisions, standings, tallies, wholes
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.queries.case_queries import probabilities
from stillwatch.cases.store.schema import Case
from stillwatch.model import Severity
from stillwatch.tables import JUDGED

__all__ = ["UNSAID", "Band", "Precision", "calibration", "judged", "precision"]

_BANDS = (0.0, 0.5, 0.8, 0.95, 0.99, 1.01)
"""Memberships between which people's answers are counted together; members are reported from a half on."""
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


@dataclass(frozen=True, slots=True)
class Band:
    """Of the members whose membership lies in a band and whom people settled, how many they confirmed.

    ``stated`` is the mean membership: what the share of the confirmed should come to. The interval is 95%, exact, and
    takes members as independent, which those of one campaign are not: where few campaigns stand behind it, it is wider.
    """

    low: float
    high: float
    stated: float
    n_confirmed: int
    n_settled: int
    n_campaigns: int
    least: float
    most: float


def judged(look: Look) -> pa.Table:
    """Return every account that people settled, as the table ``judged``."""
    rows: list[dict[str, Any]] = []
    cases = look.session.execute(sa.select(Case.case_id, Case.campaign_id).order_by(Case.case_id)).all()
    for case_id, campaign_id in cases:
        counted = tallies(look, case_id)
        said = {standing: decisions(look, case_id, standing) for standing in _SETTLED}
        membership = probabilities(look, case_id)
        for account, stands in sorted(standings(look, case_id).items()):
            if stands in _SETTLED:
                overturned = account in counted and counted[account].overturned > 0
                both = [said[stands][key] for key in (account, None) if key in said[stands]]
                decision = reduce(add, both)
                rows.append(
                    {
                        "account_id": account,
                        "case_id": case_id,
                        "campaign_id": campaign_id,
                        "verdict": str(stands),
                        "overturned": overturned,
                        "decided_at": decision.at,
                        "expires_at": decision.expires_at,
                        "p_member": membership[account],
                    }
                )
    return pa.Table.from_pylist(rows, schema=JUDGED.schema)


def calibration(look: Look, judged: pa.Table) -> list[Band]:
    """Return how often people confirmed members of *judged* (``tables.JUDGED``), by the membership that was stated.

    Only of campaigns that they confirmed: membership is stated given that there is one.
    """
    real = {case_id for case_id, stands in wholes(look).items() if stands is Standing.CONFIRMED}
    rows = [row for row in judged.to_pylist() if row["p_member"] is not None and row["case_id"] in real]
    found = []
    for low, high in pairwise(_BANDS):
        here = [row for row in rows if low <= row["p_member"] < high]
        if not here:
            continue
        n_confirmed = sum(row["verdict"] == Standing.CONFIRMED for row in here)
        least, most = _interval(n_confirmed, len(here))
        stated = sum(row["p_member"] for row in here) / len(here)
        campaigns = len({row["case_id"] for row in here})
        found.append(Band(low, min(high, 1.0), stated, n_confirmed, len(here), campaigns, least, most))
    return found


def precision(look: Look) -> list[Precision]:
    """Return, for each severity, how many of the settled campaigns people confirmed; not those opened by hand."""
    found, stands = [], wholes(look)
    cases = look.session.execute(sa.select(Case.case_id, Case.severity).where(Case.campaign_id.is_not(None))).all()
    for severity in reversed(Severity):
        answers = [stands.get(case_id, Standing.OPEN) for case_id, name in cases if name == severity]
        confirmed, settled = answers.count(Standing.CONFIRMED), sum(s in _SETTLED for s in answers)
        low, high = _interval(confirmed, settled)
        found.append(Precision(severity, confirmed, settled, len(answers) - settled, low, high))
    return found


def _interval(n_confirmed: int, n_settled: int) -> tuple[float, float]:
    if not n_settled:
        return 0.0, 1.0
    found = binomtest(n_confirmed, n_settled).proportion_ci(confidence_level=0.95, method="exact")
    return float(found.low), float(found.high)
