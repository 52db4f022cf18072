"""Results in the form that the pieces store, made from the specifications of the benchmark's worlds."""

from types import SimpleNamespace
from typing import Any

import pytest
from detect.options import Options
from detect.pieces import PIECES, SCANNED
from detect.worlds import WORLDS, early

Found = dict[str, list[dict[str, Any]]]

WINDOWS = """
| windows of | share | windows | MMD, as published | MMD, whole reference | Stillwatch |
|---|---|---|---|---|---|
| honest | 0% | 900 | 0.0% (0.0–0.4) | 0.0% (0.0–0.4) | 0.1% (0.0–0.6) |
| books | 5% | 150 | 60.0% (52.0–67.5) | 70.0% (62.2–76.8) | 90.0% (84.2–93.8) |
| mean of sources, not developed on | 5% | | 60.0% | 70.0% | 90.0% |
| mean of sources, all | 5% | | 10.0% | 20.0% | 30.0% |

| test | to read a prompt, µs | to score it, µs | together | of MMD, as published |
|---|---|---|---|---|
| MMD, as published | 20,021.1 | 1,078.5 | 21,099.6 | 1/1 |
| Stillwatch | 3.4 | 1.9 | 5.4 | 1/3,940 |

Stillwatch over 20 further splits, disjoint honest windows: 0.0% (0.0–4.6) of 80.
"""
TEMPLATES = """
140 templates of the reporting half, 16,163 benign prompts among them.

| prompts per template | prompts | method | precision | recall | pair-F1 | seconds |
|---|---|---|---|---|---|---|
| all | 42,100 | frames | 0.762 | 0.844 | 0.801 | 0.9 |
| all | 42,100 | first five words | 0.795 | 0.393 | 0.526 | 0.5 |
| 50 | 23,045 | frames | 0.744 | 0.835 | 0.787 | 0.3 |
| 12 | 17,838 | frames | 0.439 | 0.724 | 0.547 | 0.2 |
"""


def _campaign(name: str, family: str, of: int, rate: float) -> dict[str, Any]:
    above = round(rate * of)
    # ten accounts have few exchanges and are never above watch; half of all accounts share values
    enough = max(of - 10, 1)
    return {
        "name": name,
        "family": family,
        "above": above,
        "of": of,
        "any": min(of, above + 1),
        "above_enough": min(above, enough),
        "of_enough": enough,
        "above_sharing": min(above, of // 2),
        "of_sharing": of // 2,
        "found": 2 * above >= of,
        "purity": 1.0 if above else None,
    }


def scanned(
    world: str, seed: int, *, honest: int = 0, rates: dict[str, float] | None = None, rate: float = 1.0
) -> dict[str, Any]:
    """Return a scan of one of the large worlds; *rates* are the shares found of campaigns by name."""
    spec, rates = WORLDS[world](Options()), rates or {}
    crowds = [
        {"name": s.name or s.family, "family": s.family, "above": 0, "any": 2, "of": s.accounts, "suspected": 0}
        for s in spec.lookalikes
    ]
    return {
        "seed": seed,
        "code": "aaaa",
        "cost": {"seconds": 300.0 + seed, "peak_gb": 3.5, "scan_seconds": 100.0 + seed},
        "n_accounts": 21_000,
        "n_honest": 20_000,
        "n_exchanges": 1_000_000,
        "campaigns": [_campaign(c.name, c.family, c.accounts, rates.get(c.name, rate)) for c in spec.campaigns],
        "lookalikes": crowds,
        "honest": {"above": honest, "any": honest + 1, "of": 20_000, "suspected": honest},
        "groups": [{"severity": "urgent", "n": 10, "mostly": c.name, "purity": 1.0} for c in spec.campaigns],
        "calibration": [{"low": 0.5, "high": 0.7, "n": 4, "stated": 2.4, "true": 3}],
    }


def small(seed: int, *, above: int = 0, n: int = 10) -> dict[str, Any]:
    """Return a task of *n* small worlds, of which the first has *above* campaigns above watch."""
    worlds = [
        {
            "above": above if i == 0 else 0,
            "any": 1 if i == 0 else 0,
            "honest": {"above": 3 * above if i == 0 else 0, "any": 0, "of": 2_000},
            "lookalikes": [{"family": "classroom", "above": 0, "any": 0, "of": 40}],
            "n_exchanges": 100_000,
        }
        for i in range(n)
    ]
    return {
        "seed": seed,
        "code": "aaaa",
        "cost": {"seconds": 90.0, "peak_gb": 0.7, "scan_seconds": 50.0},
        "worlds": worlds,
    }


def daily(seed: int, **alarms: tuple[int, float, int]) -> dict[str, Any]:
    """Return a task of daily scans; *alarms* are days, share of the harvest and honest accounts by campaign."""
    raised = [
        {"name": name, "days": days, "harvest_gone": gone, "honest_named": honest, "accounts_named": 0.5}
        for name, (days, gone, honest) in alarms.items()
    ]
    names = [c.name for c in early(Options()).campaigns]
    cost = {"seconds": 40.0, "peak_gb": 1.0}
    return {"seed": seed, "code": "aaaa", "cost": cost, "n_honest": 20_000, "alarms": raised, "campaigns": names}


def played(seed: int, share: float, *, rounds: int = 12) -> dict[str, Any]:
    """Return a game in which *share* of the harvest stayed unflagged, or none at all."""
    best = {"kept": share / 2, "accounts": 80, "knobs": {"per_day": 5.0, "cover": 0.2}} if share else None
    return {
        "seed": seed,
        "code": "aaaa",
        "cost": {"seconds": 80.0, "peak_gb": 1.0},
        "harvest_share": share,
        "total_share": share / 2,
        "best": best,
        "unhindered": {"flagged": True},
        "rounds": [{"flagged": i > 0 or not best} for i in range(rounds)],
    }


def nothing() -> Found:
    """Return what there is before anything was run."""
    return {piece: [] for piece in PIECES}


def everything(seeds: tuple[int, ...] = (11, 12)) -> Found:
    """Return a run that meets every target; scanned piece number *i* has *i* modulo 3 honest accounts above watch."""
    found = nothing()
    for i, piece in enumerate(SCANNED):
        found[piece] = [scanned(piece.removeprefix("sketch-"), seed, honest=i % 3) for seed in seeds]
    cost = {"seconds": 9.0, "peak_gb": 0.3}
    found["early"] = [daily(seed, natural=(2, 0.04, 1), half=(5, 0.12, 0)) for seed in seeds]
    found["calm"], found["crowds"] = [small(100_000), small(100_010)], [small(100_000)]
    found["adapt"] = [played(seed, 0.1) for seed in seeds]
    for world in ("natural", "cover"):
        name = f"{'natural-1' if world == 'natural' else 'half-2'}"
        peers = {"shared_attributes": {"": [2, 400], name: [10, 100]} | ({"eight-1": [8, 8], "eight-2": [0, 8]})}
        found[f"peers-{world}"] = [{"seed": seeds[0], "code": "aaaa", "cost": cost, "peers": peers}]
    found["windows"] = [{"seed": 0, "code": "aaaa", "cost": cost, "markdown": WINDOWS}]
    found["templates"] = [{"seed": 0, "code": "aaaa", "cost": cost, "markdown": TEMPLATES}]
    return found


@pytest.fixture
def found() -> Found:
    return everything()


@pytest.fixture
def make() -> SimpleNamespace:
    """The makers of results, by name."""
    makers = scanned, small, daily, played, nothing, everything
    return SimpleNamespace(**{maker.__name__: maker for maker in makers}, WINDOWS=WINDOWS, TEMPLATES=TEMPLATES)
