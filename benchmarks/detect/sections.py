"""The sections of the page that lie under the bars: by campaign, family and look-alike, and what each piece found."""

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
        "The bars",
        "Beside each figure of what was found stand the false positives of the same scans: honest accounts above",
        "`watch`, where nothing else is said.",
    )
    headings = "world", "what", "measured", "95% interval", "bar", "", "false positives beside it"
    rows = [(b.world, b.what, b.measured, b.interval, b.required, b.outcome, b.false_positives) for b in targets(found)]
    yield from _table(headings, rows)


def _campaigns(found: Results, _: Options) -> Iterator[str]:
    yield from _section(
        "By campaign",
        "Purity is the least share of campaign accounts, over seeds, in the group that holds most of the campaign.",
    )
    headings = (
        "world",
        "campaign",
        "family",
        "found",
        "accounts above `watch`",
        "of a seed",
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
    """Return *rows* by what they have in *column*, in the order in which that comes."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return list(groups.items())


def _honest(found: Results, _: Options) -> Iterator[str]:
    yield from _section("Honest accounts", "Of the same worlds, the look-alikes among them.")
    rows = []
    for piece in SCANNED:
        if results := found[piece]:
            exchanges = f"{sum(r['n_exchanges'] for r in results):,}"
            anyhow = added((r["honest"] for r in results), "any")
            rows.append((piece, len(results), exchanges, honest_above_watch(results), anyhow.shown()))
    yield from _table(("world", "seeds", "exchanges", "above `watch`", "at any severity"), rows)


def _families(found: Results, _: Options) -> Iterator[str]:
    yield from _section("By campaign family", "World `families`: nothing shared, no cover.")
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
    yield from _section("By look-alike", "All large worlds above, and the small ones of look-alikes only.")
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
        "The stated rate of false discovery is 1%: where nothing is true, the share of worlds with anything false.",
    )
    rows = []
    for piece, name in (("calm", "campaign-free"), ("crowds", "look-alikes only")):
        if small := [w for r in found[piece] for w in r["worlds"]]:
            above, anyhow = (tally(w[k] > 0 for w in small).shown() for k in ("above", "any"))
            rows.append((name, len(small), above, anyhow, honest_above_watch(small)))
    yield from _table(("worlds", "number", "with a campaign above `watch`", "with any reported", _HONEST), rows)


def _alarms(found: Results, options: Options) -> Iterator[str]:
    yield from _section(
        "First alarm",
        f"Campaigns of 26 exchanges per account and day begin on day {options.early_start} of 45 and go on to the",
        f"end; the log is scanned at the end of each day after it, {options.early_days} at most, with a history.",
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
        f"{options.rounds} rounds ([how](../howto/price-of-evasion.md)); *kept* is the harvest share times",
        "the share of the whole harvest.",
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
    headings = "seed", "unhindered flagged", "unflagged rounds", "best of them", "harvest share", "total share", "kept"
    yield from _table(headings, rows)


def _calibration(found: Results, _: Options) -> Iterator[str]:
    yield from _section(
        "Membership",
        "Members of all reported groups of the large worlds: what the probability says, and how many are campaign.",
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
        "Detectors of others on the same worlds ([what each is](peers.md)): accounts flagged of those judged. MMD and",
        f"PRADA read a sample, {options.peer_prompts} prompts of {options.peer_accounts} accounts a side.",
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
    """Yield each detector with what it flagged of every campaign, and of the honest accounts as ``""``."""
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
    # the campaigns of eight accounts are one column
    rows = [{"side": "eight" if name.startswith("eight-") else name, "n": n, "of": of} for name, n, of in counts]
    return {side: added(some, "n") for side, some in _by(rows, "side")}


def _printed(found: Results, _: Options) -> Iterator[str]:
    for name, heading in zip(REAL_ONLY, ("Windows", "Templates"), strict=True):
        texts = [r["markdown"].strip() for r in found[name]]
        yield from _section(heading)
        yield "\n".join(texts) if texts else f"Not run (`make bench-{name} PARTS=folder` is the same by itself)."
        yield ""


def _costs(found: Results, _: Options) -> Iterator[str]:
    yield from _section(
        "What it took",
        "Mean, least and greatest, by the clock, on a machine that other work may share. A task builds its world,",
        "scans it and measures; the scan alone is of the log, or of sketches of it, from files to campaigns; – where",
        "that was not written down. Memory is the most that the task's process held, building included.",
    )
    rows = []
    for piece in PIECES:
        if not (results := found[piece]):
            continue
        costs = [r["cost"] for r in results]
        worlds = [r for r in results if "scan_seconds" in r["cost"]]
        # a task of small worlds has several
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
    headings = "piece", "tasks", "scan of a world, s", "exchanges a second", "whole task, s", "most memory, GB"
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
"""Every section under the head, in order."""
