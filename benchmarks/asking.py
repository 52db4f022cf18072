"""Measures how often an experiment of ``case ask`` ends wrong, over simulated groups of honest and campaign accounts.

Run it with ``python benchmarks/asking.py [--groups 20000] [--most 8] [--seed 1]``, or ``make bench-ask``. It prints one
Markdown row per kind of group: the share of wrong standings beside the stated error, the share that stays undecided,
and the mean number of accounts that were asked, in the batches of the product.

The rule is that of the default settings. The groups follow the stated likelihoods or break one assumption of the test:
another pass rate, people who do not answer, members of another kind, and answers that depend on each other.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stillwatch.cases.decisions.asking.evidence import AskOutcome, AskRule, AskStanding, weigh
from stillwatch.cases.decisions.asking.planning import AT_ONCE

__all__ = ["KINDS", "AskKind", "AskMeasured", "measure", "run"]


@dataclass(frozen=True)
class AskKind:
    """One kind of group. ``passes`` are pass rates with their shares among the members.

    ``answers`` is the share of accounts that answer. ``alike`` is the correlation of the answers within a group: 0 are
    independent answers, 1 is one operator who passes or fails for all. ``is_noticed`` says
    that all answers but the first are entered as repeated.
    """

    name: str
    passes: tuple[tuple[float, float], ...]
    answers: float = 1.0
    alike: float = 0.0
    is_noticed: bool = False

    @property
    def is_campaign(self) -> bool:
        """Return whether the group is a campaign, or has one."""
        return not self.name.startswith("honest")


HONEST, CAMPAIGN = ((0.8, 1.0),), ((0.2, 1.0),)
KINDS = (
    AskKind("honest, as stated (80% pass)", HONEST),
    AskKind("honest, 70% pass", ((0.7, 1.0),)),
    AskKind("honest, 90% pass", ((0.9, 1.0),)),
    AskKind("honest, half answer", HONEST, answers=0.5),
    AskKind("honest, one in five answers", HONEST, answers=0.2),
    AskKind("honest, answers correlated 0.1", HONEST, alike=0.1),
    AskKind("honest, answers correlated 0.3", HONEST, alike=0.3),
    AskKind("honest, one person answers for all", HONEST, alike=1.0),
    AskKind("honest, the same, entered as repeated", HONEST, alike=1.0, is_noticed=True),
    AskKind("campaign, as stated (20% pass)", CAMPAIGN),
    AskKind("campaign, 30% pass", ((0.3, 1.0),)),
    AskKind("campaign, 10% pass", ((0.1, 1.0),)),
    AskKind("campaign, half answer", CAMPAIGN, answers=0.5),
    AskKind("mixed: 70% campaign, 30% honest members", ((0.2, 0.7), (0.8, 0.3))),
    AskKind("mixed, half answer", ((0.2, 0.7), (0.8, 0.3)), answers=0.5),
    AskKind("campaign, answers correlated 0.3", CAMPAIGN, alike=0.3),
    AskKind("campaign, one operator answers for all", CAMPAIGN, alike=1.0),
    AskKind("campaign that prepared papers for all (80% pass)", HONEST),
)


@dataclass(frozen=True)
class AskMeasured:
    """Shares of the standings of one kind, and the mean number of accounts asked."""

    kind: AskKind
    wrong: float
    right: float
    undecided: float
    n_asked: float


def measure(rule: AskRule, kind: AskKind, n_groups: int, rng: np.random.Generator) -> AskMeasured:
    """Run *n_groups* experiments on groups of *kind*."""
    standings: Counter[AskStanding] = Counter()
    n_asked = 0
    for outcomes in _outcomes(kind, n_groups, rule.most, rng):
        standing, asked = run(rule, outcomes)
        standings[standing] += 1
        n_asked += asked
    wrong, right = AskStanding.STRENGTHENED, AskStanding.CLEARED
    if kind.is_campaign:
        wrong, right = right, wrong
    shares = (standings[standing] / n_groups for standing in (wrong, right, AskStanding.UNDECIDED))
    return AskMeasured(kind, *shares, n_asked / n_groups)


def run(rule: AskRule, outcomes: list[AskOutcome], at_once: int = AT_ONCE) -> tuple[AskStanding, int]:
    """Return the standing at which an experiment ends and how many it asked, *at_once* at a time."""
    for asked in (*range(at_once, len(outcomes), at_once), len(outcomes)):
        standing = weigh(rule, outcomes[:asked], is_all=asked == len(outcomes)).standing
        if standing is not AskStanding.OPEN:
            return standing, asked
    raise AssertionError("an experiment ends when everybody is asked")


def _outcomes(kind: AskKind, n_groups: int, most: int, rng: np.random.Generator) -> Iterator[list[AskOutcome]]:
    rates, weights = (np.array(column) for column in zip(*kind.passes, strict=True))
    rate = rng.choice(rates, (n_groups, most), p=weights)
    passed = rng.random((n_groups, most)) < _alike(rate, kind.alike, rng)
    answered = rng.random((n_groups, most)) < kind.answers
    for group in range(n_groups):
        came = [
            AskOutcome.NO_ANSWER if not said else AskOutcome.PASSED if well else AskOutcome.FAILED
            for said, well in zip(answered[group].tolist(), passed[group].tolist(), strict=True)
        ]
        yield [*came[:1], *[AskOutcome.REPEATED] * (most - 1)] if kind.is_noticed else came


def _alike(rate: npt.NDArray[np.float64], alike: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return pass rates that vary between groups, so that answers within a group have the correlation *alike*."""
    if alike == 0:
        return rate
    of_group = rate[:, :1]
    if alike == 1:
        return np.broadcast_to((rng.random(of_group.shape) < of_group).astype(float), rate.shape)
    strength = 1 / alike - 1  # of a beta distribution, whose draws make a beta-binomial count
    return np.broadcast_to(rng.beta(of_group * strength, (1 - of_group) * strength), rate.shape)


def _row(found: AskMeasured, stated: float) -> str:
    shares = " | ".join(f"{share:.2%}" for share in (found.wrong, found.right, found.undecided))
    return f"| {found.kind.name} | {stated:.0%} | {shares} | {found.n_asked:.2f} |"


def main() -> None:
    """Print one row per kind of group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=20_000, help="groups of each kind")
    parser.add_argument("--most", type=int, default=AskRule().most, help="the most accounts that are asked")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rule, rng = AskRule(most=given.most), np.random.default_rng(given.seed)
    print(f"{given.groups:,} groups of each kind, at most {rule.most} asked, {AT_ONCE} at a time, seed {given.seed}.\n")
    print("| group | stated error | wrong | right | undecided | asked on average |")
    print("|---|---|---|---|---|---|")
    for kind in KINDS:
        print(_row(measure(rule, kind, given.groups, rng), rule.beta if kind.is_campaign else rule.alpha), flush=True)


if __name__ == "__main__":
    sys.exit(main())
