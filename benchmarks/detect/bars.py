"""The bars of the table, each drawn from the results of the pieces it rests on."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from detect.figures import NOT_RUN, Bar, Share, mean_interval, percent, share

__all__ = ["bars", "beside", "campaigns"]

Results = dict[str, list[dict[str, Any]]]

_FALSE_POSITIVES = 1e-4
_WITHIN = 2.0
"""Points that sketches, and a tenth of the reference period, may lose."""


def bars(found: Results) -> Iterator[Bar]:
    """Yield every bar of the table, in its order; one without results says that it was not run."""
    yield from _frames(found)
    yield from _texts(found)
    yield _accounts(found, "no-text", "no text, half share two families", ("half-shared-",), 0.95, "sharing")
    yield _false_positives(found, "no-text", "no text, half share two families")
    yield from _sketches(found)
    small = [c for r in found["natural"] for c in campaigns(r, "eight-")]
    found_small = Share(sum(c["found"] for c in small), len(small))
    about = "8 accounts, one shared family, one worklist"
    yield Bar.at_least(about, "campaigns found", found_small, 0.8, beside(found["natural"]))
    yield from _contamination(found)
    yield from _alarms(found)
    yield from _proxies(found)
    yield from _small(found)
    yield _price(found)
    yield from _lists(found)
    yield from _printed(found)


def campaigns(result: dict[str, Any], *begins: str) -> list[dict[str, Any]]:
    """Return the campaigns of a result whose name begins with one of *begins*."""
    return [c for c in result["campaigns"] if c["name"].startswith(begins)]


def beside(results: Sequence[dict[str, Any]]) -> str:
    """Return how many honest accounts were above ``watch`` in the same scans."""
    return _honest(results).shown() if results else ""


def _honest(results: Sequence[dict[str, Any]]) -> Share:
    return share((r["honest"]["above"], r["honest"]["of"]) for r in results)


def _accounts(
    found: Results, piece: str, world: str, names: tuple[str, ...], bar: float, counted: str = "enough"
) -> Bar:
    """Return the bar on the accounts above ``watch`` of the campaigns *names*: a prefix where it ends in ``-``."""
    chosen = [
        c
        for r in found[piece]
        for c in r["campaigns"]
        if any(c["name"] == n or (n.endswith("-") and c["name"].startswith(n)) for n in names)
    ]
    suffix = f"_{counted}" if counted else ""
    counts = share((c[f"above{suffix}"], c[f"of{suffix}"]) for c in chosen)
    what = {"enough": "accounts with 30 exchanges or more", "sharing": "accounts of that half", "": "accounts"}[counted]
    return Bar.at_least(world, what, counts, bar, beside(found[piece]))


def _false_positives(found: Results, piece: str, world: str) -> Bar:
    return Bar.at_most(world, "honest accounts above `watch`", _honest(found[piece]), _FALSE_POSITIVES)


def _frames(found: Results) -> Iterator[Bar]:
    world = "frame, 30% share one family"
    whole = [c for r in found["natural"] for c in campaigns(r, "frame")]
    named = Share(sum(c["found"] for c in whole), len(whole))
    yield Bar.at_least(world, "campaigns found", named, 1.0, beside(found["natural"]))
    yield _accounts(found, "natural", world, ("frame",), 0.99, "")
    yield _false_positives(found, "natural", world)


def _texts(found: Results) -> Iterator[Bar]:
    for piece, name, pace in (("natural", "natural-1", "1"), ("busy", "natural-26", "26")):
        world = f"natural text, no cover, {pace} a day"
        yield _accounts(found, piece, world, (name,), 0.99)
        yield _false_positives(found, piece, world)
    for name, share_of_cover, bar in (("half", "50%", 0.9), ("deep", "80%", 0.5)):
        for pace in ("2", "8"):
            world = f"natural text, {share_of_cover} cover, {pace} a day"
            yield _accounts(found, "cover", world, (f"{name}-{pace}",), bar)
    yield _false_positives(found, "cover", "natural text, cover")


def _recall(result: dict[str, Any], name: str) -> float:
    # what a comparison is about is a name, or the beginning of several
    ours = campaigns(result, name)
    return 100 * share((c["above"], c["of"]) for c in ours).rate


def _losses(found: Results, plain: str, other: str, names: Sequence[str], world: str) -> Iterator[Bar]:
    """Yield, per campaign, how many points of recall the world *other* loses against *plain*, seed by seed."""
    before = {r["seed"]: r for r in found[plain]}
    pairs = [(before[r["seed"]], r) for r in found[other] if r["seed"] in before]
    for name in names:
        what = f"`{name}`: points of recall lost"
        if not pairs:
            yield Bar(world, what, bar=f"≤ {_WITHIN:g} points")
            continue
        lost, low, high = mean_interval([_recall(a, name) - _recall(b, name) for a, b in pairs])
        over = lost - _WITHIN
        spread = f"{low:.3g}–{high:.3g}" if len(pairs) > 1 else "one seed"
        was, now = (sum(_recall(p[i], name) for p in pairs) / len(pairs) for i in (0, 1))
        standing = "met" if over <= 1e-9 else f"short by {over:.3g} points"
        standing = standing if was else "nothing was found that could be lost"
        shown = f"{lost:.3g} ({was:.4g}% → {now:.4g}%)"
        yield Bar(world, what, shown, spread, f"≤ {_WITHIN:g} points", standing, beside([b for _, b in pairs]))


def _sketches(found: Results) -> Iterator[Bar]:
    world = "sketches instead of text"
    yield from _losses(found, "natural", "sketch-natural", ("natural-1", "frame", "eight"), world)
    yield from _losses(found, "cover", "sketch-cover", ("half", "deep"), world)


def _contamination(found: Results) -> Iterator[Bar]:
    world = "10% of the reference period is campaign"
    yield from _losses(found, "natural", "contaminated", ("natural-1", "frame", "eight"), world)


def _alarms(found: Results) -> Iterator[Bar]:
    rows = found["early"]
    alarms = [a for r in rows for a in r["alarms"]]
    honest = f"{sum(a['honest_named'] for a in alarms):,} named with the alarms" if alarms else ""
    plain, half = ([a for a in alarms if a["name"] == name] for name in ("natural", "half"))
    world, of = "first alarm, daily scans", len(rows)
    text = "natural text, no cover: "
    yield Bar.of_values(world, f"{text}days", [a["days"] for a in plain], 7, "days", of=of, beside=honest)
    for what, some, bar in ((text, plain, 10), ("half cover: ", half, 25)):
        gone = [100 * a["harvest_gone"] for a in some]
        yield Bar.of_values(world, f"{what}harvest gone", gone, bar, "%", of=of, beside=honest)


def _proxies(found: Results) -> Iterator[Bar]:
    rows, world = found["proxies"], "two campaigns behind one proxy network"
    groups = [g for r in rows for g in r["groups"] if g["mostly"]]
    mixed = Share(sum(g["purity"] < 0.95 for g in groups), len(groups))
    yield Bar.at_most(world, "reported groups under 95% of one campaign", mixed, 0.0, beside(rows))
    named = [c for r in rows for c in r["campaigns"]]
    counted = Share(sum(c["found"] for c in named), len(named))
    yield Bar.at_least(world, "campaigns found", counted, 1.0, beside(rows))
    who = [look for r in rows for look in r["lookalikes"] if look["family"] == "proxy_customers"]
    customers = share((look["suspected"], look["of"]) for look in who)
    yield Bar.at_most(world, "customers of the proxies with `p_member` above 1e-3", customers, 0.0, beside(rows))


def _small(found: Results) -> Iterator[Bar]:
    calm = [w for r in found["calm"] for w in r["worlds"]]
    false = Share(sum(w["above"] > 0 for w in calm), len(calm))
    honest = beside(calm)
    yield Bar.at_most("campaign-free worlds", "worlds with a false campaign above `watch`", false, 0.01, honest)
    crowds = [w for r in found["crowds"] for w in r["worlds"]]
    accused = Share(sum(w["above"] > 0 for w in crowds), len(crowds))
    what = "worlds with a campaign above `watch`"
    yield Bar.at_most("worlds of look-alikes only", what, accused, 0.0, beside(crowds))


def _price(found: Results) -> Bar:
    world, bar = "price of evasion, twelve rounds", "≤ 20% of it, or ≥ 10 times the accounts"
    played = found["adapt"]
    what = "harvest per account and day that stays unflagged"
    if not played:
        return Bar(world, what, bar=bar)
    harvest, low, high = mean_interval([p["harvest_share"] for p in played])
    kept = mean_interval([p["best"]["kept"] if p["best"] else 0.0 for p in played])[0]
    times = 1 / harvest if harvest else float("inf")
    shown = f"{percent(harvest)}; {times:.3g} times the accounts; {percent(kept)} of the whole harvest with it"
    if not any(p["best"] for p in played):
        shown = "nothing: no round stayed unflagged"
    over = harvest - 0.2
    standing = "met" if over <= 1e-12 or times >= 10 else f"short by {100 * over:.3g} points"
    spread = f"{percent(max(0.0, low))}–{percent(high)}" if len(played) > 1 else "one seed"
    return Bar(world, what, shown, spread, bar, standing)


def _lists(found: Results) -> Iterator[Bar]:
    rows, world = found["dual"], "public lists on both sides (GSM8K, T0)"
    runs = [look for r in rows for look in r["lookalikes"] if look["family"] == "evaluation"]
    honest = share((look["above"], look["of"]) for look in runs)
    yield Bar.at_most(world, "accounts of an honest evaluation above `watch`", honest, 0.0, beside(rows))
    dealt = [c for r in rows for c in r["campaigns"]]
    counted = Share(sum(c["found"] for c in dealt), len(dealt))
    yield Bar.at_least(world, "dealt over 200 accounts: campaigns found", counted, 1.0, beside(rows))


def _printed(found: Results) -> Iterator[Bar]:
    """Yield the bars of the benches that print Markdown of their own; intervals stand in their tables."""
    text = "\n".join(r["markdown"] for r in found["windows"])
    world, what = "windows of 1,500 prompts, 5% of a campaign", "found, against MMD as published"
    means = re.search(r"\| mean of sources, not developed on \| 5% \|[^|]*\| ([\d.]+)% \| [\d.]+% \| ([\d.]+)%", text)
    if means:
        mmd, ours = float(means[1]), float(means[2])
        over = 10 - (ours - mmd)
        standing = "met" if over <= 0 else f"short by {over:.3g} points"
        yield Bar(world, what, f"{ours:g}% against {mmd:g}%", "see below", "≥ 10 points above", standing)
    else:
        yield Bar(world, what, bar="≥ 10 points above")
    cost = re.search(r"^\| Stillwatch \|.*\| 1/([\d,]+) \|$", text, re.MULTILINE)
    times = int(cost[1].replace(",", "")) if cost else 0
    shown = f"1/{times:,}" if times else NOT_RUN
    standing = NOT_RUN if not times else "met" if times >= 1000 else f"short by a factor of {1000 / times:.2g}"
    yield Bar(world, "cost per prompt, of MMD's", shown, "", "≤ 1/1,000", standing)
    honest = re.search(r"disjoint honest windows: ([\d.]+)% \(([\d.]+–[\d.]+)\) of", text)
    rate = float(honest[1]) if honest else 0.0
    standing = NOT_RUN if not honest else "met" if rate <= 1 else f"short by {rate - 1:.3g} points"
    shown, spread = (f"{rate:g}%", f"{honest[2]}%") if honest else (NOT_RUN, "")
    yield Bar(world, "honest windows called unusual", shown, spread, "≤ 1%", standing)
    text = "\n".join(r["markdown"] for r in found["templates"])
    scores = [float(f1) for f1 in re.findall(r"\| frames \| [\d.]+ \| [\d.]+ \| ([\d.]+) \|", text)]
    low = min(scores, default=0.0)
    standing = NOT_RUN if not scores else "met" if low >= 0.7 else f"short by {0.7 - low:.2g}"
    spread = f"{min(scores)}–{max(scores)} over sample sizes" if scores else ""
    yield Bar("templates of T0, held out", "pair-F1", f"{low:g}" if scores else NOT_RUN, spread, "≥ 0.70", standing)
