"""How a simulated operator who learns one bit per round re-tunes its knobs to harvest as much as stays unflagged."""

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
"""What costs no harvest, as concealed as the knobs go."""

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
"""Ways to give up harvest: cover in place of work, fewer exchanges, fewer accounts, payloads dealt again.

The weights of a way add up to one: at *keep* each of its knobs is turned down by *keep* to the power of its weight,
and up where that is negative (the last way: few accounts that ask more).
"""


@dataclass(frozen=True, slots=True)
class Round:
    """One round: the knobs that were set, what came of them, and the bit.

    ``harvest`` is distinct payloads answered per account and day, ``kept`` the share of the unhindered harvest
    per account and day times the share of the unhindered total (one at most).
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
"""Runs a campaign and tells what came of it; also given the first round, against which harvest is counted."""


def evade(play: PlayRound, base: CampaignSpec, *, rounds: int, seed: int, most_accounts: int) -> tuple[Round, ...]:
    """Return *rounds* rounds of *play*: *base* unhindered, then all concealed, then a search.

    The search bisects several ways to give up harvest, always the one that may still keep most, and then steps
    at random around the best one. *most_accounts* bounds a campaign. Deterministic by *seed* as far as *play* is.
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
    """A direction to give up harvest in, with habits that cost none; *high* is the least keep known flagged."""

    weights: dict[str, float]
    free_knobs: dict[str, Any]
    high: float = 1.0
    tried: bool = False


@dataclass(slots=True)
class _Search:
    """Optimistic bisection over ways, then an evolution step around the best: (1+1), on a log scale."""

    rng: np.random.Generator
    directions: list[_Direction] = field(default_factory=list)
    best: float = 0.0
    best_direction: _Direction | None = None
    step: float = 4.0

    def propose(self) -> tuple[_Direction, float]:
        """Return the next way and how much of the harvest to keep on it."""
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
        # where everything above the floor is known to be flagged, the floor sinks
        low = floor if direction.high > 1.2 * floor else direction.high / 8
        return direction, float(np.sqrt(low * direction.high))

    def learn(self, direction: _Direction, keep: float, kept: float, *, flagged: bool) -> None:
        """Take the bit into account."""
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
    """Return *base* turned down to *keep* along *way*; what an account yields less, more accounts make up for."""
    turned = {name: keep ** direction.weights.get(name, 0.0) for name in ("rate", "cover", "size", "overlap")}
    wanted = min(1.0, (1.0 - base.cover) * turned["cover"])
    work = max(1.0 - _MOST_COVER, wanted)
    # where there cannot be more cover, there is less of everything instead
    rate = turned["rate"] * wanted / work
    lost = rate * (work / (1.0 - base.cover)) * min(1.0, turned["overlap"])
    most = max(_FEWEST, min(_TIMES * base.accounts, most))
    # the same payloads in all, each of them asked more often
    payloads = round(payloads * turned["size"])
    accounts = base.accounts * turned["size"] / lost
    # where there cannot be fewer accounts, each of them asks less instead
    rate *= min(1.0, accounts / _FEWEST)
    changes = {
        "per_day": float(np.clip(base.per_day * rate, 0.25, _MOST_PER_DAY)),
        "cover": 1.0 - work,
        "accounts": int(np.clip(round(accounts), _FEWEST, most)),
        "worklist": max(1, payloads) if turned["overlap"] < 1 else base.worklist,
    }
    return CampaignSpec.model_validate(base.model_dump() | direction.free_knobs | changes)
