"""Who belongs to a group: a likelihood ratio per account from what it asks and what it shares."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from stillwatch.campaigns import traces
from stillwatch.campaigns.content import Content, Floats, Ints
from stillwatch.campaigns.coordination import Sharing
from stillwatch.campaigns.distance import LEAST_ERROR, LEAST_PROMPTS, Tastes, center_of, evidence, strangers
from stillwatch.campaigns.population import Population
from stillwatch.model import Family

__all__ = ["Asks", "Membership", "asking", "content_nats", "refine"]

Asks = Callable[[Ints], Floats]
"""From the places of a group's members in an array of accounts to the nats, per account of it, that what it asks gives
for it."""

_ROUNDS = 6
_FLOOR, _CEILING = -8.0, 40.0
"""Nats that content alone can say against or for an account: cover can hide a member, never make one."""
_HIDDEN = [list(Family).index(f) for f in (Family.IDENTITY, Family.INFRASTRUCTURE)]
_TIE = np.log(20.0)
_SEVERAL = 3


@dataclass(frozen=True)
class Membership:
    """Members by position, their probability, and the nats that content and each family's traces gave."""

    members: Ints
    probability: Floats
    content: Floats
    traces: Floats
    """(members, families) in the order of ``Family``."""

    def of(self, chosen: npt.NDArray[np.bool_]) -> "Membership":
        """Return the members that *chosen* (one flag per member) holds of."""
        return Membership(self.members[chosen], self.probability[chosen], self.content[chosen], self.traces[chosen])

    def joined(self, other: "Membership") -> "Membership":
        """Return the members of both, which have none in common, in the order of accounts."""
        order = np.argsort(np.concatenate((self.members, other.members)), kind="stable")
        fields = ("members", "probability", "content", "traces")
        return Membership(*(np.concatenate((getattr(self, f), getattr(other, f)))[order] for f in fields))


def refine(
    sharing: Sharing, members: Ints, *, asks: Callable[[Ints], Asks] | None, least: float, among: Ints | None = None
) -> Membership:
    """Return who belongs, starting from *members*; *asks* tells, of the accounts it is given, how to weigh what they
    ask; None where it must not count because the group asks for different things.

    Rounds of: fit the group's mean and what it shares, weigh every account, keep those whose probability is at least
    *least*. The prior is the group's own share of the population. Every account is one of the population, or of *among*
    where it is given, and of the members; who else belongs counts as a stranger.

    What it asks never brings in, by itself, an account that an organization openly pays for beside others, unless the
    rest of the group is like that too: a licensed customer that works through a list is not a stranger in disguise.
    """
    population = sharing.population
    weighed = np.arange(len(population)) if among is None else np.union1d(among, members)
    asked_of = None if asks is None else asks(weighed)
    cleared = population.is_cleared[weighed]
    posterior = asked = np.zeros(len(weighed))
    trace_nats = np.zeros((len(weighed), len(Family)))
    for _ in range(_ROUNDS):
        at = np.searchsorted(weighed, members)
        asked = np.zeros(len(weighed)) if asked_of is None else asked_of(at)
        trace_nats = traces.nats(sharing, members, weighed)
        prior = np.log(len(members) / max(1, len(population) - len(members)))
        tied = trace_nats[:, _HIDDEN].max(axis=1) > _TIE
        asked = np.where(_open(population, members, weighed) & ~tied, np.minimum(asked, 0.0), asked)
        nats = asked + trace_nats.sum(axis=1) + _pace_nats(population.pace[weighed], at)
        logit = np.clip(nats + prior, -700, 700)
        posterior = np.where(cleared, 0.0, 1 / (1 + np.exp(-logit)))
        now = weighed[posterior >= least]
        if len(now) < 2 or np.array_equal(now, members):
            break
        members = now
    kept = np.flatnonzero(posterior >= least)
    return Membership(weighed[kept], posterior[kept], asked[kept], trace_nats[kept])


def _open(population: Population, members: Ints, weighed: Ints) -> npt.NDArray[np.bool_]:
    """Return which of *weighed* are openly paid for beside others, in a group whose other members mostly are not."""
    units, counts = np.unique(population.unit_place[members], return_counts=True)
    unit = population.unit_place[weighed]
    where = np.minimum(np.searchsorted(units, unit), len(units) - 1)
    own = np.where(units[where] == unit, counts[where], 0)
    several = population.unit_size[weighed] >= _SEVERAL
    others = len(members) - own
    others_several = (population.unit_size[members] >= _SEVERAL).sum() - np.where(several, own, 0)
    return np.asarray(several & (others_several < 0.2 * others), bool)


def asking(content: Content, tastes: Tastes, accounts: Ints) -> Asks:
    """Return how to weigh all that *accounts* ask."""
    own = content if len(accounts) == len(content.n) else content.beside_some(accounts)
    return partial(content_nats, own, tastes)


def content_nats(content: Content, tastes: Tastes, members: Ints) -> Floats:
    """Return nats per account: dealt from the group's worklist against a taste of its own."""
    center, likeness, total = center_of(content, members)
    n = np.maximum(content.n, 1).astype(np.float64)
    cross = (content.mean @ center.astype(np.float32)).astype(np.float64)
    distance = content.likeness + likeness - 2 * cross
    inside = np.zeros(len(n), bool)
    inside[members] = True
    # A member's own prompts are part of the mean: without its share the distance is that to the others.
    part = np.where(inside, n / max(total, 2.0), 0.0)
    rest = np.maximum(1 - part, 0.05)
    square = content.likeness + content.noise
    spread = float((content.spread[members] * n[members]).sum() / max(n[members].sum(), 1))
    others_cross = (cross - part * square) / rest
    others_square = (likeness + spread / max(total, 2.0) - 2 * part * cross + part**2 * square) / rest**2
    others_square -= spread / (max(total, 2.0) * rest)
    distance = np.where(inside, content.likeness + others_square - 2 * others_cross, distance)
    error = np.maximum(tastes.noise * (content.noise + spread / max(total, 2.0)), LEAST_ERROR)
    # A list on few subjects is noisier than most prompts are: let the members themselves say how noisy.
    own = np.abs(distance[members] / error[members])
    error = error * float(np.clip(1.4826 * np.median(own), 1.0, 2.0))
    long = ~inside & (content.n >= LEAST_PROMPTS)
    honest = strangers(distance[long], tastes)
    nats = np.clip(evidence(distance, error, honest, least=_FLOOR), _FLOOR, _CEILING)
    return np.asarray(np.where(content.n > 0, nats, 0.0))


def _pace_nats(pace: Floats, members: Ints) -> Floats:
    """Return nats per account from its *pace*: a Student law around the members' against everybody's.

    A quota is even, so it says little for an account and much against one at quite another pace.
    """
    rest = np.ones(len(pace), bool)
    rest[members] = False
    if rest.sum() < 20:
        return np.zeros(len(pace))
    return np.asarray(np.clip(_student(pace, pace[members]) - _student(pace, pace[rest]), -3.0, 1.0))


def _student(pace: Floats, among: Floats) -> Floats:
    """Return the log-density of each *pace*, but for a constant, in the Student law of four degrees of freedom that
    fits those *among* which it stands; ``scipy.stats`` takes ten times as long, and this runs in every round.
    """
    spread = max(0.25, float(among.std()))
    return np.asarray(-2.5 * np.log1p(((pace - among.mean()) / spread) ** 2 / 4) - np.log(spread))
