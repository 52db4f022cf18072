"""Chooses the knobs of a simulated operator that learns one bit per round and maximises its unflagged harvest."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stillwatch.lab.draws.random_draws import named_seed
from stillwatch.lab.spec import CampaignSpec

__all__ = ["PlayRound", "Round", "evade"]

_LOWEST, _PUSH = 0.03, 8.0
_FEWEST, _TIMES, _MOST_PER_DAY, _MOST_COVER = 5, 10, 200.0, 0.9
_CONCEALED: dict[str, Any] = {
    "shared": {},
    "jitter": 1.0,
    "idle_days": 0.3,
    "working_hours": None,
    "proxies": 0.0,
    "output_scale": 1.0,
    "model_move_hours": None,
    "paraphrase": 1.0,
}
"""The most concealed values of the knobs that cost no harvest."""

_FREE_KNOBS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("jitter", (0.3, 1.0, 2.0)),
    ("idle_days", (0.1, 0.3, 0.6)),
    ("working_hours", (None, (6.0, 24.0), (8.0, 20.0))),
    ("proxies", (0.0, 0.3, 0.6)),
    ("paraphrase", (1.0, 0.5, 0.0)),
    ("churn", (0.0, 0.02, 0.05)),
)
_DIRECTIONS: tuple[dict[str, float], ...] = (
    {"cover": 1.0},
    {"rate": 1.0},
    {"cover": 0.5, "rate": 0.5},
    {"size": 1.0},
    {"cover": 0.5, "overlap": 0.5},
    {"cover": 0.5, "size": 0.5},
    {"size": 1.5, "rate": -0.5},
)
"""Directions in which to give up harvest: more cover, fewer exchanges, fewer accounts, payloads dealt again.

The weights of a direction add up to one. At *keep* each knob is multiplied by *keep* to the power of its weight; a
negative weight raises the knob (the last direction: fewer accounts with more exchanges each).
"""


@dataclass(frozen=True, slots=True)
class Round:
    """One round: its knobs, its results and the bit.

    ``harvest`` is the distinct answered payloads per account and day. ``kept`` is the share of the unhindered harvest
    per account and day, times the share of the unhindered total (at most one).
    """

    number: int
    knobs: dict[str, Any]
    flagged: bool
    accounts: int
    exchanges: int
    payloads: int
    harvest: float
    kept: float


PlayRound = Callable[[CampaignSpec, "Round | None"], Round]
"""Runs a campaign and returns its round; also receives the first round, against which the harvest is compared."""


def evade(play: PlayRound, base: CampaignSpec, *, rounds: int, seed: int, most_accounts: int) -> tuple[Round, ...]:
    """Return *rounds* rounds of *play*: *base* unhindered, then everything concealed, then a search.

    The search bisects several directions, each time the one that may keep most, and then steps at random around the
    best one. *most_accounts* limits a campaign. The result depends only on *seed*, if *play* is deterministic.
    """
    search = _Search(np.random.default_rng(named_seed("adapt", seed)))
    played = [play(base, None)]
    search.best = 0.0 if played[0].flagged else played[0].kept
    for number in range(2, rounds + 1):
        direction, keep = search.propose()
        latest = play(_tuned(base, played[0].payloads, direction, keep, most_accounts), played[0])
        played.append(latest)
        search.learn(direction, keep, latest.kept, flagged=latest.flagged)
        if number == 2:
            high = 1.0 if latest.flagged else _PUSH
            search.directions = [_Direction(dict(weights), dict(_CONCEALED), high=high) for weights in _DIRECTIONS]
    return tuple(played)


@dataclass(slots=True)
class _Direction:
    """A direction in which to give up harvest, with free knobs; *high* is the least *keep* known to be flagged."""

    weights: dict[str, float]
    free_knobs: dict[str, Any]
    high: float = 1.0
    tried: bool = False


@dataclass(slots=True)
class _Search:
    """Optimistic bisection over directions, then a (1+1) evolution step around the best, on a log scale."""

    rng: np.random.Generator
    directions: list[_Direction] = field(default_factory=list)
    best: float = 0.0
    best_direction: _Direction | None = None
    step: float = 4.0

    def propose(self) -> tuple[_Direction, float]:
        """Return the next direction and the share of the harvest to keep in it."""
        if not self.directions:
            return _Direction({"rate": 1.0}, dict(_CONCEALED), high=_PUSH), 1.0
        floor = max(self.best, _LOWEST)
        untried = [direction for direction in self.directions if not direction.tried and direction.high > floor]
        if untried:
            direction = max(untried, key=lambda w: w.high)
        else:
            direction = max(self.directions, key=lambda w: w.high)
            if self.best_direction is not None and direction.high / floor < self.step:
                direction = self._mutated(self.best_direction, floor)
                self.directions.append(direction)
        # if everything above the floor is known to be flagged, the floor is lowered
        low = floor if direction.high > 1.2 * floor else direction.high / 8
        return direction, float(np.sqrt(low * direction.high))

    def learn(self, direction: _Direction, keep: float, kept: float, *, flagged: bool) -> None:
        """Update the search with the result of a round."""
        direction.tried = True
        if flagged:
            direction.high = min(direction.high, keep)
            self.step = max(1.5, self.step**0.7)
            return
        self.step = min(8.0, self.step * 1.3)
        if kept > self.best:
            self.best, self.best_direction = kept, direction

    def _mutated(self, direction: _Direction, floor: float) -> _Direction:
        names = ("cover", "rate", "size", "overlap")
        moved = np.asarray([direction.weights.get(name, 0.0) for name in names]) * np.exp(self.rng.normal(0.0, 0.7, 4))
        moved = moved + self.rng.exponential(0.15, 4)
        moved = moved if moved.sum() > 0.2 else np.abs(moved)
        weights = dict(zip(names, (moved / moved.sum()).round(4).tolist(), strict=True))
        name, values = _FREE_KNOBS[int(self.rng.integers(len(_FREE_KNOBS)))]
        free_knobs = direction.free_knobs | {name: values[int(self.rng.integers(len(values)))]}
        return _Direction(weights, free_knobs, high=min(_PUSH, floor * self.step))


def _tuned(base: CampaignSpec, payloads: int, direction: _Direction, keep: float, most: int) -> CampaignSpec:
    """Return *base* reduced to *keep* along *direction*; more accounts compensate for a lower yield per account."""
    turned = {name: keep ** direction.weights.get(name, 0.0) for name in ("rate", "cover", "size", "overlap")}
    wanted = min(1.0, (1.0 - base.cover) * turned["cover"])
    work = max(1.0 - _MOST_COVER, wanted)
    # if cover is at its maximum, the rate falls instead
    rate = turned["rate"] * wanted / work
    lost = rate * (work / (1.0 - base.cover)) * min(1.0, turned["overlap"])
    most = max(_FEWEST, min(_TIMES * base.accounts, most))
    # the same payloads in total, each of them dealt more often
    payloads = round(payloads * turned["size"])
    accounts = base.accounts * turned["size"] / lost
    # if the accounts are at their minimum, each account asks less instead
    rate *= min(1.0, accounts / _FEWEST)
    changes = {
        "per_day": float(np.clip(base.per_day * rate, 0.25, _MOST_PER_DAY)),
        "cover": 1.0 - work,
        "accounts": int(np.clip(round(accounts), _FEWEST, most)),
        "worklist": max(1, payloads) if turned["overlap"] < 1 else base.worklist,
    }
    return CampaignSpec.model_validate(base.model_dump() | direction.free_knobs | changes)
