"""Weighs the answers of asked accounts by a sequential probability ratio test with a largest sample.

The test compares two simple hypotheses. *Honest*: an answer passes with probability ``p_pass_honest``. *Campaign*: it
passes with ``p_pass_campaign``. It needs answers that are independent given the hypothesis.

- A passed or failed answer adds the base-2 logarithm of its likelihood ratio, campaign over honest.
- No answer adds nothing. An answer counts by its probability given that the account answers. So the stated error
  holds whatever share of people does not answer, also where honest people answer less often than a campaign.
- A repeated answer adds nothing, because it depends on the first one.
- An objection adds nothing until it is decided.
- Outcomes count in the order of the draw. The order in which people answer has no influence.

Source: A. Wald, Sequential tests of statistical hypotheses, Annals of Mathematical Statistics 16 (1945). Wald's bounds
``(1 - beta) / alpha`` and ``beta / (1 - alpha)`` hold the sum of both errors. The bounds here, ``1 / alpha`` and
``beta``, hold each error by itself, also where the test stops early. Source: J. Ville, Étude critique de la notion de
collectif (1939).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log2

from stillwatch.errors import SettingsError

__all__ = ["AskOutcome", "AskRule", "AskStanding", "Likelihood", "Weighed", "expected", "weigh"]

_NEAR = 1e-9
"""Sums of logarithms that differ by less are equal."""


class AskOutcome(StrEnum):
    """What came back from one asked account.

    *repeated* is the answer of somebody who has answered for another asked account already: one person answers once.
    """

    PASSED = "passed"
    FAILED = "failed"
    NO_ANSWER = "no_answer"
    OBJECTED = "objected"
    REPEATED = "repeated"


class AskStanding(StrEnum):
    """Where the group stands by the answers. It proposes a judgement and makes none."""

    OPEN = "open"
    CLEARED = "cleared"
    STRENGTHENED = "strengthened"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class AskRule:
    """The stated rule of an experiment.

    ``most`` is the largest number of people to ask. ``alpha`` is the accepted probability that an honest group ends as
    strengthened, ``beta`` that a campaign ends as cleared. ``prior_odds`` are campaign to honest; they move the
    posterior and not the standing, so that both errors hold for every prior.
    """

    p_pass_honest: float = 0.8
    p_pass_campaign: float = 0.2
    alpha: float = 0.05
    beta: float = 0.05
    most: int = 8
    prior_odds: float = 1.0

    def __post_init__(self) -> None:
        """Raise ``SettingsError`` for a rule under which answers decide nothing."""
        shares = (self.p_pass_honest, self.p_pass_campaign, self.alpha, self.beta)
        if not (all(0 < share < 1 for share in shares) and self.p_pass_campaign < self.p_pass_honest):
            raise SettingsError(
                "honest accounts must pass more often than campaign accounts, and every share lies between 0 and 1",
                where="cases.ask_pass_honest",
                remedy="Set cases.ask_pass_honest above cases.ask_pass_campaign.",
            )
        if self.most < 1 or self.prior_odds <= 0:
            raise SettingsError("an experiment asks at least one account", where="cases.ask_most")

    @property
    def upper(self) -> float:
        """Return the evidence in bits from which on the group counts as strengthened."""
        return -log2(self.alpha)

    @property
    def lower(self) -> float:
        """Return the evidence in bits up to which the group counts as cleared. It is negative."""
        return log2(self.beta)

    def bits(self, outcome: AskOutcome) -> float:
        """Return the evidence of one outcome in bits: positive speaks for a campaign, negative for honest accounts."""
        if outcome is AskOutcome.PASSED:
            return log2(self.p_pass_campaign / self.p_pass_honest)
        if outcome is AskOutcome.FAILED:
            return log2((1 - self.p_pass_campaign) / (1 - self.p_pass_honest))
        return 0.0

    def total(self, n_passed: int, n_failed: int) -> float:
        """Return the evidence of that many answers in bits."""
        return n_passed * self.bits(AskOutcome.PASSED) + n_failed * self.bits(AskOutcome.FAILED)

    def standing(self, bits: float) -> AskStanding:
        """Return the standing at that evidence: cleared, strengthened or open."""
        if bits <= self.lower + _NEAR:
            return AskStanding.CLEARED
        return AskStanding.STRENGTHENED if bits >= self.upper - _NEAR else AskStanding.OPEN

    def posterior(self, bits: float) -> float:
        """Return the probability that the group is a campaign, given the evidence, the prior odds and the likelihoods.

        It takes for granted that the group is either as the honest or as the campaign likelihood says.
        """
        odds: float = self.prior_odds * 2**bits
        return odds / (1 + odds)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The result of the test so far.

    ``bits`` and ``posterior`` have one value per counted outcome, after that outcome, in the order of the draw.
    ``n_waiting`` is the number of outcomes that came in but wait for somebody who was drawn earlier.
    """

    standing: AskStanding
    bits: tuple[float, ...]
    posterior: tuple[float, ...]
    n_passed: int
    n_failed: int
    n_waiting: int


def weigh(rule: AskRule, outcomes: Sequence[AskOutcome | None], *, is_all: bool = False) -> Weighed:
    """Weigh *outcomes*, one per asked account in the order of the draw; ``None`` is not known yet.

    The test stops at the first account whose outcome is not known, and at the first bound that is reached. *is_all*
    says that nobody is left to ask, which ends the test as undecided where no bound is reached.
    """
    n_passed = n_failed = 0
    course: list[float] = []
    standing = AskStanding.OPEN
    for outcome in outcomes:
        if outcome is None:
            break
        n_passed += outcome is AskOutcome.PASSED
        n_failed += outcome is AskOutcome.FAILED
        course.append(rule.total(n_passed, n_failed))
        standing = rule.standing(course[-1])
        if standing is not AskStanding.OPEN:
            break
    pending = any(outcome in (None, AskOutcome.OBJECTED) for outcome in outcomes)
    if standing is AskStanding.OPEN and not pending and (is_all or len(outcomes) >= rule.most):
        standing = AskStanding.UNDECIDED
    after = outcomes[len(course) :] if standing is AskStanding.OPEN else ()
    return Weighed(
        standing=standing,
        bits=tuple(course),
        posterior=tuple(rule.posterior(bits) for bits in course),
        n_passed=n_passed,
        n_failed=n_failed,
        n_waiting=sum(outcome is not None for outcome in after),
    )


@dataclass(frozen=True, slots=True)
class Likelihood:
    """What an experiment leads to, if each answer passes with a given probability: shares, and the mean number asked.

    ``n_asked`` counts people who are asked one after the other. Batches ask somewhat more.
    """

    cleared: float
    strengthened: float
    undecided: float
    n_asked: float


def expected(rule: AskRule, p_pass: float, p_answer: float = 1.0) -> Likelihood:
    """Return the exact chances of *rule*, if each asked account answers with *p_answer* and passes with *p_pass*.

    Computed over the numbers of passed and failed answers, so the cost is quadratic in ``rule.most``.
    """
    chances = ((1, 0, p_answer * p_pass), (0, 1, p_answer * (1 - p_pass)), (0, 0, 1 - p_answer))
    at = {(0, 0): 1.0}
    ended = dict.fromkeys(AskStanding, 0.0)
    n_asked = 0.0
    for _ in range(rule.most):
        n_asked += sum(at.values())
        onward: dict[tuple[int, int], float] = {}
        for (n_passed, n_failed), share in at.items():
            for passed, failed, chance in chances:
                now = n_passed + passed, n_failed + failed
                standing = rule.standing(rule.total(*now))
                if standing is AskStanding.OPEN:
                    onward[now] = onward.get(now, 0.0) + share * chance
                else:
                    ended[standing] += share * chance
        at = onward
    return Likelihood(
        cleared=ended[AskStanding.CLEARED],
        strengthened=ended[AskStanding.STRENGTHENED],
        undecided=sum(at.values()),
        n_asked=n_asked,
    )
