"""Computes precision and calibration from the decisions of people, and exports the settled accounts."""

from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.judgements import decisions, standings, tallies, wholes
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.queries.case_queries import probabilities
from stillwatch.cases.store.schema import Case
from stillwatch.model import Precision, Severity
from stillwatch.statistics.proportions import clopper_pearson
from stillwatch.tables import JUDGED

__all__ = ["UNSAID", "Band", "calibration", "judged", "precision"]

_BANDS = (0.0, 0.5, 0.8, 0.95, 0.99, 1.01)
"""The bounds of the bands of membership. Accounts are reported as members from a membership of 0.5 on."""
_SETTLED = (Standing.CONFIRMED, Standing.INNOCENT)
UNSAID = (
    "How many campaigns were missed: people judge only the campaigns that were reported.",
    "Whether people were right: they saw what the scan showed them, and a wrong answer counts like a right one.",
    "How the open cases will be settled: the cases that are settled first may be the easy ones.",
    "Anything about single accounts: each campaign counts once, whatever its size, at its present severity.",
)
"""What the share of confirmed campaigns does not tell. Pages show this beside the share."""


@dataclass(frozen=True, slots=True)
class Band:
    """The share of confirmed accounts among the settled members of one band of membership, ``low`` to ``high``.

    ``stated`` is the mean membership, which the share should equal. ``least`` and ``most`` are the exact 95% interval
    of the share. It treats members as independent, but members of one campaign are not. So the true interval is wider
    where ``n_campaigns`` is small.
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
    """Return every settled account as the table ``judged`` (``tables.JUDGED``), one row per case and account."""
    rows: list[dict[str, Any]] = []
    cases = look.session.execute(sa.select(Case.case_id, Case.campaign_id, Case.p_group).order_by(Case.case_id)).all()
    for case_id, campaign_id, p_group in cases:
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
                        "p_group": p_group,
                    }
                )
    return pa.Table.from_pylist(rows, schema=JUDGED.schema)


def calibration(look: Look, judged: pa.Table) -> list[Band]:
    """Return the share of confirmed members in *judged* (``tables.JUDGED``) for each band of membership.

    Only confirmed campaigns count, because a membership is stated under the condition that the campaign is real. A band
    without settled members is left out.
    """
    real = {case_id for case_id, stands in wholes(look).items() if stands is Standing.CONFIRMED}
    rows = [row for row in judged.to_pylist() if row["p_member"] is not None and row["case_id"] in real]
    found = []
    for low, high in pairwise(_BANDS):
        here = [row for row in rows if low <= row["p_member"] < high]
        if not here:
            continue
        n_confirmed = sum(row["verdict"] == Standing.CONFIRMED for row in here)
        least, most = clopper_pearson(n_confirmed, len(here))
        stated = sum(row["p_member"] for row in here) / len(here)
        campaigns = len({row["case_id"] for row in here})
        found.append(Band(low, min(high, 1.0), stated, n_confirmed, len(here), campaigns, least, most))
    return found


def precision(look: Look) -> list[Precision]:
    """Return the precision of each severity, the highest severity first.

    Cases that were opened by hand do not count.
    """
    found, stands = [], wholes(look)
    cases = look.session.execute(sa.select(Case.case_id, Case.severity).where(Case.campaign_id.is_not(None))).all()
    for severity in reversed(Severity):
        answers = [stands.get(case_id, Standing.OPEN) for case_id, name in cases if name == severity]
        confirmed, settled = answers.count(Standing.CONFIRMED), sum(s in _SETTLED for s in answers)
        low, high = clopper_pearson(confirmed, settled)
        found.append(Precision(severity, confirmed, settled, len(answers) - settled, low, high))
    return found
