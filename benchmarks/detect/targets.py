"""Computes each row of the targets table from the results of the pieces."""

from collections.abc import Iterator, Sequence
from typing import Any

from detect.figures import Share, Target, added, mean_interval, percent, share, tally
from detect.parsed_tables import templates, windows

__all__ = ["Results", "campaigns", "honest_above_watch", "targets"]

Results = dict[str, list[dict[str, Any]]]
"""Piece → the results of its tasks."""

_FALSE_POSITIVES = 1e-4
_WITHIN = 2.0
"""Maximum loss of recall in points for sketches, and for a reference period with a tenth campaign traffic."""
_ROUNDS = 12
_SKETCHES, _CONTAMINATED = "sketches instead of text", "10% of the reference period is campaign"
_COUNTED = {"enough": "accounts with 30 exchanges or more", "sharing": "accounts of that half", "": "accounts"}


def targets(found: Results) -> Iterator[Target]:
    """Yield every target, in table order; a target without results says "not run"."""
    yield from _frames(found)
    yield from _texts(found)
    yield _accounts(found, "no-text", "no text, half share two families", "half-shared-", 0.95, "sharing")
    yield _false_positive_target(found, "no-text", "no text, half share two families")
    yield from _losses(found, "natural", "sketch-natural", ("natural-1", "frame", "eight-"), _SKETCHES)
    yield from _losses(found, "cover", "sketch-cover", ("half-", "deep-"), _SKETCHES)
    yield _whole(found, "natural", "8 accounts, one shared family, one worklist", "eight-", 0.8)
    yield from _losses(found, "natural", "contaminated", ("natural-1", "frame", "eight-"), _CONTAMINATED)
    yield from _alarms(found)
    yield from _proxies(found)
    yield from _small(found)
    yield _price(found)
    yield from _lists(found)
    yield from windows("\n".join(r["markdown"] for r in found["windows"]))
    yield templates("\n".join(r["markdown"] for r in found["templates"]))


def campaigns(results: Sequence[dict[str, Any]], name: str = "") -> list[dict[str, Any]]:
    """Return the campaigns called *name*; names that begin with it if it ends in ``-``; all if it is empty."""
    every = [c for r in results for c in r["campaigns"]]
    if not name:
        return every
    return [c for c in every if c["name"] == name or (name.endswith("-") and c["name"].startswith(name))]


def honest_above_watch(results: Sequence[dict[str, Any]]) -> str:
    """Return the honest accounts above ``watch`` in the same scans, as text."""
    return _honest(results).shown() if results else ""


def _honest(results: Sequence[dict[str, Any]]) -> Share:
    return added(r["honest"] for r in results)


def _accounts(found: Results, piece: str, world: str, name: str, required: float, counted: str = "enough") -> Target:
    """Return the target for the accounts above ``watch`` of the campaigns *name*."""
    suffix = f"_{counted}" if counted else ""
    counts = added(campaigns(found[piece], name), f"above{suffix}", f"of{suffix}")
    return Target.at_least(world, _COUNTED[counted], counts, required, honest_above_watch(found[piece]))


def _whole(found: Results, piece: str, world: str, name: str, required: float, what: str = "campaigns found") -> Target:
    """Return the target for the number of campaigns *name* that were found."""
    counts = tally(c["found"] for c in campaigns(found[piece], name))
    return Target.at_least(world, what, counts, required, honest_above_watch(found[piece]))


def _false_positive_target(found: Results, piece: str, world: str) -> Target:
    return Target.at_most(world, "honest accounts above `watch`", _honest(found[piece]), _FALSE_POSITIVES)


def _frames(found: Results) -> Iterator[Target]:
    world = "frame, 30% share one family"
    yield _whole(found, "natural", world, "frame", 1.0)
    yield _accounts(found, "natural", world, "frame", 0.99, "")
    yield _false_positive_target(found, "natural", world)


def _texts(found: Results) -> Iterator[Target]:
    for piece, name, pace in (("natural", "natural-1", "1"), ("busy", "natural-26", "26")):
        world = f"natural text, no cover, {pace} a day"
        yield _accounts(found, piece, world, name, 0.99)
        yield _false_positive_target(found, piece, world)
    for name, share_of_cover, pace, required in (("half", "50%", 2, 0.9), ("deep", "80%", 8, 0.5)):
        world = f"natural text, {share_of_cover} cover, {pace} a day"
        yield _accounts(found, name, world, name, required)
        yield _false_positive_target(found, name, world)
    for name, share_of_cover, required in (("half", "50%", 0.9), ("deep", "80%", 0.5)):
        for pace in (2, 8):
            world = f"aimed lists, {share_of_cover} cover, {pace} a day"
            yield _accounts(found, "cover", world, f"{name}-{pace}", required)
    yield _false_positive_target(found, "cover", "aimed lists, cover")


def _losses(found: Results, plain: str, other: str, names: Sequence[str], world: str) -> Iterator[Target]:
    """Yield per campaign the points of recall lost in the world *other* against *plain*, seed by seed."""
    before = {r["seed"]: r for r in found[plain]}
    pairs = [(before[r["seed"]], r) for r in found[other] if r["seed"] in before]
    for name in names:
        what, required = f"`{name.rstrip('-')}`: points of recall lost", f"≤ {_WITHIN:g} points"
        if not pairs:
            yield Target(world, what, required=required)
            continue
        rates = [[100 * added(campaigns([result], name)).rate for result in pair] for pair in pairs]
        lost, low, high = mean_interval([was - now for was, now in rates])
        # the difference can be negative, so a dash would look like a sign
        spread = f"{low:.3g} to {high:.3g}" if len(pairs) > 1 else "one seed"
        was, now = (sum(column) / len(pairs) for column in zip(*rates, strict=True))
        over = lost - _WITHIN
        outcome = "met" if over <= 1e-9 else f"short by {over:.3g} points"
        outcome = outcome if was else "no recall to lose"
        shown = f"{lost:.3g} ({was:.4g}% → {now:.4g}%)"
        yield Target(world, what, shown, spread, required, outcome, honest_above_watch([b for _, b in pairs]))


def _alarms(found: Results) -> Iterator[Target]:
    rows, world = found["early"], "first alarm, daily scans"
    for name, text, what, required, unit in (
        ("natural", "natural text, no cover", "days", 7, " days"),
        ("natural", "natural text, no cover", "harvest gone", 10, "%"),
        ("half", "half cover", "harvest gone", 25, "%"),
    ):
        alarms = [(a, r["n_honest"]) for r in rows for a in r["alarms"] if a["name"] == name]
        values = [a["days"] if what == "days" else 100 * a["harvest_gone"] for a, _ in alarms]
        named = share((a["honest_named"], n_honest) for a, n_honest in alarms)
        with_it = f"{named.shown()} on the day of the alarm" if alarms else ""
        yield Target.of_values(world, f"{text}: {what}", values, required, unit, of=len(rows), false_positives=with_it)


def _proxies(found: Results) -> Iterator[Target]:
    rows, world = found["proxies"], "two campaigns behind one proxy network"
    mixed = tally(g["purity"] < 0.95 for r in rows for g in r["groups"] if g["mostly"])
    yield Target.at_most(world, "reported groups with under 95% of one campaign", mixed, 0.0, honest_above_watch(rows))
    yield _whole(found, "proxies", world, "", 1.0)
    customers = added(_crowds(rows, "proxy_customers"), "suspected")
    yield Target.at_most(
        world, "customers of the proxies with `p_member` above 1e-3", customers, 0.0, honest_above_watch(rows)
    )


def _crowds(results: Sequence[dict[str, Any]], family: str) -> list[dict[str, Any]]:
    return [look for r in results for look in r["lookalikes"] if look["family"] == family]


def _small(found: Results) -> Iterator[Target]:
    for piece, world, what, required in (
        ("calm", "campaign-free worlds", "worlds with a false campaign above `watch`", 0.01),
        ("crowds", "worlds of look-alikes only", "worlds with a campaign above `watch`", 0.0),
    ):
        worlds = [w for r in found[piece] for w in r["worlds"]]
        yield Target.at_most(world, what, tally(w["above"] > 0 for w in worlds), required, honest_above_watch(worlds))


def _price(found: Results) -> Target:
    """Return the target for evasion; ten times the accounts for one harvest means a tenth per account, so 20%
    decides.
    """
    world, what = "price of evasion, twelve rounds", "harvest per account and day that stays unflagged"
    required, played = "≤ 20% of it, or ≥ 10 times the accounts", found["adapt"]
    if not played:
        return Target(world, what, required=required)
    harvest, low, high = mean_interval([p["harvest_share"] for p in played])
    kept = mean_interval([p["best"]["kept"] if p["best"] else 0.0 for p in played])[0]
    shown = "nothing: no round stayed unflagged"
    if harvest:
        times = f"{1 / harvest:.3g} times the accounts"
        shown = f"{percent(harvest)}; {times}; {percent(kept)} of the whole harvest with it"
    rounds, over = min(len(p["rounds"]) for p in played), harvest - 0.2
    # further rounds can only raise the unflagged harvest
    settled = "met" if rounds >= _ROUNDS else f"not settled by {rounds} rounds"
    outcome = settled if over <= 1e-12 else f"short by {100 * over:.3g} points"
    spread = f"{percent(max(0.0, low))}–{percent(high)}" if len(played) > 1 else "one seed"
    return Target(world, what, shown, spread, required, outcome, "not counted in the game")


def _lists(found: Results) -> Iterator[Target]:
    rows, world = found["dual"], "public lists on both sides (GSM8K, T0)"
    honest = added(_crowds(rows, "evaluation"))
    yield Target.at_most(world, "accounts of an honest evaluation above `watch`", honest, 0.0, honest_above_watch(rows))
    yield _whole(found, "dual", world, "", 1.0, "dealt over 200 accounts: campaigns found")
