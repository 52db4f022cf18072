"""Writes the sections of the page: targets, campaigns, families, look-alikes, and the results of each piece."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from detect.figures import Share, added, percent, spread, tally
from detect.options import REAL_ONLY, Options
from detect.pieces import PIECES, SCANNED
from detect.targets import Results, campaigns, honest_above_watch, targets
from detect.worlds import WORLDS

__all__ = ["SECTIONS"]

_HONEST = "honest accounts above `watch`"


def _section(heading: str, *text: str) -> Iterator[str]:
    yield from (f"## {heading}", "")
    if text:
        yield from (*text, "")


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    lines = ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    if not lines:
        yield "Not run."
        return
    yield f"| {' | '.join(headings)} |"
    yield "|---" * len(headings) + "|"
    yield from lines


def _bars(found: Results, _: Options) -> Iterator[str]:
    yield from _section(
        "Targets",
        "Each detection figure has the false positives of the same scans beside it. These are honest accounts above",
        "`watch`, unless the text says otherwise.",
    )
    headings = "world", "figure", "measured", "95% interval", "target", "result", "false positives in the same scans"
    rows = [(b.world, b.what, b.measured, b.interval, b.required, b.outcome, b.false_positives) for b in targets(found)]
    yield from _table(headings, rows)


def _campaigns(found: Results, _: Options) -> Iterator[str]:
    yield from _section(
        "By campaign",
        "Purity is the share of campaign accounts in the reported group that holds most of the campaign. The table",
        "shows the lowest purity over the seeds.",
    )
    headings = (
        "world",
        "campaign",
        "family",
        "found",
        "accounts above `watch`",
        "range over seeds",
        "at any severity",
        "purity",
        _HONEST,
    )
    rows = []
    for piece in SCANNED:
        for name, ours in _by(campaigns(found[piece]), "name"):
            rates = sorted(c["above"] / c["of"] for c in ours if c["of"])
            known = [c["purity"] for c in ours if c["purity"] is not None]
            rows.append(
                (
                    piece,
                    f"`{name}`",
                    ours[0]["family"],
                    tally(c["found"] for c in ours).shown(),
                    added(ours).shown(),
                    f"{percent(rates[0])}–{percent(rates[-1])}" if rates else "–",
                    added(ours, "any").shown(),
                    percent(min(known)) if known else "–",
                    honest_above_watch(found[piece]),
                )
            )
    yield from _table(headings, rows)


def _by(rows: Iterable[dict[str, Any]], column: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return *rows* grouped by *column*, in order of first appearance."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return list(groups.items())


def _honest(found: Results, _: Options) -> Iterator[str]:
    yield from _section("Honest accounts", "Honest accounts of the same worlds, look-alikes included.")
    rows = []
    for piece in SCANNED:
        if results := found[piece]:
            exchanges = f"{sum(r['n_exchanges'] for r in results):,}"
            anyhow = added((r["honest"] for r in results), "any")
            rows.append((piece, len(results), exchanges, honest_above_watch(results), anyhow.shown()))
    yield from _table(("world", "seeds", "exchanges", "above `watch`", "at any severity"), rows)


def _families(found: Results, _: Options) -> Iterator[str]:
    yield from _section("By campaign family", "World `families`: no shared metadata, no cover traffic.")
    rows = [
        (
            f"`{family}`",
            tally(c["found"] for c in ours).shown(),
            added(ours).shown(),
            honest_above_watch(found["families"]),
        )
        for family, ours in _by(campaigns(found["families"]), "family")
    ]
    yield from _table(("family", "campaigns found", "accounts above `watch`", _HONEST), rows)


def _lookalikes(found: Results, _: Options) -> Iterator[str]:
    yield from _section(
        "By look-alike",
        "*Large* means all large worlds above. *Small* means the small worlds with look-alikes and without campaigns.",
    )
    large = [look for piece in WORLDS for r in found[piece] for look in r["lookalikes"]]
    small = [look for r in found["crowds"] for w in r["worlds"] for look in w["lookalikes"]]
    rows = []
    for family, _ours in sorted(_by((*large, *small), "family")):
        cells = [f"`{family}`"]
        for some in (large, small):
            ours = [look for look in some if look["family"] == family]
            cells += [tally(look["above"] > 0 for look in ours).shown(), added(ours).shown()]
            cells.append(added(ours, "any").shown())
        rows.append(cells)
    what = "crowds above `watch`", "accounts", "at any severity"
    yield from _table(("look-alike", *(f"{w}, large" for w in what), *(f"{w}, small" for w in what)), rows)


def _small_worlds(found: Results, _: Options) -> Iterator[str]:
    yield from _section(
        "Worlds without a campaign",
        "The stated false discovery rate is 1%. In worlds without campaigns this rate is the share of worlds with any",
        "false report.",
    )
    rows = []
    for piece, name in (("calm", "honest accounts only"), ("crowds", "with look-alikes")):
        if small := [w for r in found[piece] for w in r["worlds"]]:
            above, anyhow = (tally(w[k] > 0 for w in small).shown() for k in ("above", "any"))
            rows.append((name, len(small), above, anyhow, honest_above_watch(small)))
    yield from _table(("worlds", "number", "with a campaign above `watch`", "with any reported", _HONEST), rows)


def _alarms(found: Results, options: Options) -> Iterator[str]:
    yield from _section(
        "First alarm",
        f"Campaigns with 26 exchanges per account and day begin on day {options.early_start} of 45 and run to the end.",
        f"The log is scanned with a history at the end of each following day, for at most {options.early_days} days.",
    )
    rows = []
    for r in found["early"]:
        alarms = {a["name"]: a for a in r["alarms"]}
        for name in r["campaigns"]:
            cells: Sequence[object] = "none", "–", "–", "–"
            if a := alarms.get(name):
                honest = Share(a["honest_named"], r["n_honest"]).shown()
                cells = a["days"], percent(a["accounts_named"]), percent(a["harvest_gone"]), honest
            rows.append((r["seed"], f"`{name}`", *cells))
    headings = "seed", "campaign", "first alarm, days", "accounts named", "harvest gone", "honest accounts named"
    yield from _table(headings, rows)


def _adaptations(found: Results, options: Options) -> Iterator[str]:
    yield from _section(
        "Price of evasion",
        f"The game has {options.rounds} rounds ([method](../howto/price-of-evasion.md)). *Kept* is the harvest",
        "share times the total share, which counts at most 100%.",
    )
    rows = []
    for p in found["adapt"]:
        best, knobs = p["best"], "none"
        if best:
            per_day, cover = best["knobs"]["per_day"], percent(best["knobs"]["cover"])
            knobs = f"{best['accounts']} accounts, {per_day:.1f} a day, {cover} cover"
        cells = percent(p["harvest_share"]), percent(p["total_share"]), percent(best["kept"] if best else 0.0)
        unflagged = sum(not r["flagged"] for r in p["rounds"])
        seen = "yes" if p["unhindered"]["flagged"] else "no"
        rows.append((p["seed"], seen, f"{unflagged} of {len(p['rounds'])}", knobs, *cells))
    headings = (
        "seed",
        "unhindered flagged",
        "unflagged rounds",
        "best unflagged round",
        "harvest share",
        "total share",
        "kept",
    )
    yield from _table(headings, rows)


def _calibration(found: Results, _: Options) -> Iterator[str]:
    yield from _section(
        "Membership",
        "Members of all reported groups of the large worlds: the mean stated probability, and the share of campaign",
        "accounts.",
    )
    every = [bin_ for piece in WORLDS for r in found[piece] for bin_ in r["calibration"]]
    rows = []
    for low, high in dict.fromkeys((b["low"], b["high"]) for b in every):
        ours = [b for b in every if b["low"] == low]
        true = added(ours, "true", "n")
        if true.of:
            stated = percent(sum(b["stated"] for b in ours) / true.of)
            rows.append((f"{low:g}–{high:g}", f"{true.of:,}", stated, true.shown()))
    yield from _table(("`p_member`", "members", "stated", "true"), rows)


def _peers(found: Results, options: Options) -> Iterator[str]:
    yield from _section(
        "Peers",
        "Other detectors on the same worlds ([descriptions](peers.md)). Each cell has the flagged accounts out of the",
        f"accounts that the detector can judge. MMD and PRADA read a sample: at most {options.peer_prompts} prompts",
        f"per account, from at most {options.peer_accounts} accounts per side.",
    )
    for world in ("natural", "cover"):
        rows = [*_peer_rows(found[f"peers-{world}"], found[world])]
        names = list(dict.fromkeys(name for _, counts in rows for name in counts if name))
        headings = "detector", *(f"`{n}`" for n in names), "honest accounts"
        yield from (f"World `{world}`:", "")
        nothing = Share(0, 0)
        yield from _table(headings, [[peer, *(c.get(n, nothing).shown() for n in (*names, ""))] for peer, c in rows])
        yield ""


def _peer_rows(
    results: Sequence[dict[str, Any]], ours: Sequence[dict[str, Any]]
) -> Iterator[tuple[str, dict[str, Share]]]:
    """Yield each detector with its flagged accounts of every campaign, and of the honest accounts as ``""``."""
    if not results:
        return
    for peer in dict.fromkeys(peer for r in results for peer in r["peers"]):
        sides = [side for r in results for side in r["peers"].get(peer, {}).items()]
        yield peer.replace("_", " "), _sides((name, n, of) for name, (n, of) in sides)
    seeds = {r["seed"] for r in results}
    same = [r for r in ours if r["seed"] in seeds]
    hidden = [(c["name"], c["above"], c["of"]) for c in campaigns(same)]
    yield "**Stillwatch**", _sides([*hidden, *(("", r["honest"]["above"], r["honest"]["of"]) for r in same)])


def _sides(counts: Iterable[tuple[str, int, int]]) -> dict[str, Share]:
    # the campaigns of eight accounts share one column
    rows = [{"side": "eight" if name.startswith("eight-") else name, "n": n, "of": of} for name, n, of in counts]
    return {side: added(some, "n") for side, some in _by(rows, "side")}


def _printed(found: Results, _: Options) -> Iterator[str]:
    for name, heading in zip(REAL_ONLY, ("Windows", "Templates"), strict=True):
        texts = [r["markdown"].strip() for r in found[name]]
        yield from _section(heading)
        yield "\n".join(texts) if texts else f"Not run. `make bench-{name} PARTS=folder` runs this part alone."
        yield ""


def _costs(found: Results, _: Options) -> Iterator[str]:
    yield from _section(
        "Cost",
        "Mean, minimum and maximum wall-clock times, on a machine that may run other work. A task builds its world,",
        "scans it and measures the result. The scan alone goes from the log, or its sketches, to the campaigns; –",
        "means that this time was not recorded. Memory is the peak of the task's process, including the build.",
    )
    rows = []
    for piece in PIECES:
        if not (results := found[piece]):
            continue
        costs = [r["cost"] for r in results]
        worlds = [r for r in results if "scan_seconds" in r["cost"]]
        # a task of small worlds has several worlds
        seconds = [r["cost"]["scan_seconds"] / len(r.get("worlds", [r])) for r in worlds]
        spent = sum(r["cost"]["scan_seconds"] for r in worlds)
        exchanges = sum(w["n_exchanges"] for r in worlds for w in r.get("worlds", [r]))
        rows.append(
            (
                f"`{piece}`",
                len(costs),
                spread(seconds) if seconds else "–",
                f"{exchanges / spent:,.0f}" if spent else "–",
                spread([c["seconds"] for c in costs]),
                f"{max(c['peak_gb'] for c in costs):g}",
            )
        )
    headings = "piece", "tasks", "scan of a world, s", "exchanges per second", "whole task, s", "peak memory, GB"
    yield from _table(headings, rows)


SECTIONS: tuple[Callable[[Results, Options], Iterator[str]], ...] = (
    _bars,
    _campaigns,
    _honest,
    _families,
    _lookalikes,
    _small_worlds,
    _alarms,
    _adaptations,
    _calibration,
    _peers,
    _printed,
    _costs,
)
"""Every section after the head, in order."""
