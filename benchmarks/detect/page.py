"""The page: the bars, and what lies under them by campaign, family and look-alike."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from detect.bars import bars, beside
from detect.figures import Share, percent, share
from detect.options import REAL_ONLY, Options
from detect.pieces import PIECES, tasks
from detect.worlds import WORLDS

__all__ = ["page"]

Results = dict[str, list[dict[str, Any]]]


def page(found: Results, options: Options) -> str:
    """Return the page in Markdown; what was not run says so."""
    lines: list[str] = []
    for section in _SECTIONS:
        lines += section(found, options)
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _head(found: Results, options: Options) -> Iterator[str]:
    parts = "with real parts" if options.parts else "from the embedded generator, without real parts"
    seeds = " ".join(map(str, options.seeds))
    yield "# Detection, held against its bars"
    yield ""
    yield "```sh"
    extra = "" if options.scale == 1 else f"   # at --scale {options.scale:g}"
    yield f'make bench-detect {"PARTS=folder " if options.parts else ""}SEEDS="{seeds}"{extra}'
    yield "```"
    yield ""
    yield f"Written by that command. Worlds are composed {parts}"
    yield f"([benchmark card](benchmark-card.md)). Each holds {options.size(20_000):,} honest accounts over 45 days,"
    yield f"every look-alike, and the campaigns named below; the small ones {options.size(2_000):,} over 30 days, the"
    yield f"simulated operator's {options.size(options.adapt_accounts):,} over 45 days."
    if options.scale != 1:
        yield ""
        yield f"**A trial at {options.scale:g} of the size: no figure of it says anything about the bars.**"
    yield ""
    yield "Intervals are 95%: Wilson for shares, where accounts of one campaign are counted as if they were"
    yield "independent, which they are not; Student over seeds for differences. *Above `watch`* is a reported campaign"
    yield "of severity review or urgent; an account is in it at a membership of one half or more. *Met* is said of the"
    yield "measured value; where the interval reaches across the bar, the seeds do not settle it."
    yield ""
    yield from _made(found, options)


def _made(found: Results, options: Options) -> Iterator[str]:
    rows = []
    for piece in PIECES:
        wanted, there = len(tasks(piece, options)), found[piece]
        if len(there) < wanted or not wanted:
            rows.append(f"`{piece}` {len(there)} of {wanted}" if wanted else f"`{piece}` (needs real parts)")
    if rows:
        yield f"Not run, or not in full: {', '.join(rows)}."
    if len({r["code"] for results in found.values() for r in results}) > 1:
        yield ""
        yield "**The pieces were not all made by the same state of the detector.**"


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield "|---" * len(headings) + "|"
    for row in rows:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"


def _bars(found: Results, _: Options) -> Iterator[str]:
    yield "## The bars"
    yield ""
    headings = "world", "what", "measured", "95% interval", "bar", "", "honest accounts above `watch`"
    rows = [(b.world, b.what, b.measured, b.interval, b.bar, b.standing, b.beside) for b in bars(found)]
    yield from _table(headings, rows)


def _campaigns(found: Results, _: Options) -> Iterator[str]:
    yield "## By campaign"
    yield ""
    yield "Purity is the least share of campaign accounts, over seeds, in the group that holds most of the campaign."
    yield ""
    headings = (
        "world",
        "campaign",
        "family",
        "found",
        "accounts above `watch`",
        "of a seed",
        "at any severity",
        "purity",
    )
    rows = []
    for piece in (*WORLDS, "sketch-natural", "sketch-cover"):
        for name in _names(found[piece]):
            ours = [c for r in found[piece] for c in r["campaigns"] if c["name"] == name]
            rates = sorted(c["above"] / c["of"] for c in ours if c["of"])
            known = [c["purity"] for c in ours if c["purity"] is not None]
            rows.append(
                (
                    piece,
                    f"`{name}`",
                    ours[0]["family"],
                    f"{sum(c['found'] for c in ours)} of {len(ours)}",
                    share((c["above"], c["of"]) for c in ours).shown(),
                    f"{percent(rates[0])}–{percent(rates[-1])}",
                    percent(share((c["any"], c["of"]) for c in ours).rate),
                    percent(min(known)) if known else "–",
                )
            )
    yield from _table(headings, rows)
    yield ""
    yield "Honest accounts in the same worlds:"
    yield ""
    pieces = [piece for piece in (*WORLDS, "sketch-natural", "sketch-cover") if found[piece]]
    rows = [(p, len(found[p]), _exchanges(found[p]), beside(found[p]), _any(found[p])) for p in pieces]
    yield from _table(("world", "seeds", "exchanges", "above `watch`", "at any severity"), rows)


def _names(results: Sequence[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(c["name"] for r in results for c in r["campaigns"]))


def _any(results: Sequence[dict[str, Any]]) -> str:
    return share((r["honest"]["any"], r["honest"]["of"]) for r in results).shown()


def _exchanges(results: Sequence[dict[str, Any]]) -> str:
    return f"{sum(r['n_exchanges'] for r in results):,}"


def _families(found: Results, _: Options) -> Iterator[str]:
    yield "## By campaign family"
    yield ""
    yield "World `families`: nothing shared, no cover."
    yield ""
    rows = []
    for name in _names(found["families"]):
        ours = [c for r in found["families"] for c in r["campaigns"] if c["name"] == name]
        whole = Share(sum(c["found"] for c in ours), len(ours))
        rows.append((f"`{name}`", whole.shown(), share((c["above"], c["of"]) for c in ours).shown()))
    yield from _table(("family", "campaigns found", "accounts above `watch`"), rows)


def _lookalikes(found: Results, _: Options) -> Iterator[str]:
    yield "## By look-alike"
    yield ""
    yield "All large worlds above, and the small ones of look-alikes only."
    yield ""
    large = [look for piece in WORLDS for r in found[piece] for look in r["lookalikes"]]
    small = [look for r in found["crowds"] for w in r["worlds"] for look in w["lookalikes"]]
    rows = []
    for family in sorted({look["family"] for look in (*large, *small)}):
        cells: list[str] = [f"`{family}`"]
        for some in (large, small):
            ours = [look for look in some if look["family"] == family]
            cells.append(f"{sum(look['above'] > 0 for look in ours)} of {len(ours)}")
            cells.append(share((look["above"], look["of"]) for look in ours).shown())
            cells.append(share((look["any"], look["of"]) for look in ours).shown())
        rows.append(cells)
    what = "crowds above `watch`", "accounts", "at any severity"
    yield from _table(("look-alike", *(f"{w}, large" for w in what), *(f"{w}, small" for w in what)), rows)


def _small_worlds(found: Results, _: Options) -> Iterator[str]:
    yield "## Worlds without a campaign"
    yield ""
    yield "The stated rate of false discovery is 1%: where nothing is true, the share of worlds with anything false."
    yield ""
    rows = []
    for piece, name in (("calm", "campaign-free"), ("crowds", "look-alikes only")):
        small = [w for r in found[piece] for w in r["worlds"]]
        if small:
            above, any_at_all = (Share(sum(w[k] > 0 for w in small), len(small)) for k in ("above", "any"))
            rows.append((name, len(small), above.shown(), any_at_all.shown(), beside(small)))
    headings = "worlds", "number", "with a campaign above `watch`", "with any reported", "honest accounts above `watch`"
    yield from _table(headings, rows)


def _alarms(found: Results, options: Options) -> Iterator[str]:
    yield "## First alarm"
    yield ""
    yield f"Campaigns of 26 exchanges per account and day begin on day {options.early_start} of 45 and go on to the"
    yield f"end; the log is scanned at the end of each day after it, {options.early_days} at most, with a history."
    yield ""
    rows = []
    for r in found["early"]:
        alarms = {a["name"]: a for a in r["alarms"]}
        for name in r["campaigns"]:
            if a := alarms.get(name):
                cells = a["days"], percent(a["accounts_named"]), percent(a["harvest_gone"]), a["honest_named"]
                rows.append((r["seed"], f"`{name}`", *cells))
            else:
                rows.append((r["seed"], f"`{name}`", "none", "–", "–", "–"))
    headings = "seed", "campaign", "first alarm, days", "accounts named", "harvest gone", "honest accounts named"
    yield from _table(headings, rows)


def _adaptations(found: Results, options: Options) -> Iterator[str]:
    yield "## Price of evasion"
    yield ""
    yield f"{options.rounds} rounds ([how](../howto/price-of-evasion.md)); *kept* is the harvest share times"
    yield "the share of the whole harvest."
    yield ""
    rows = []
    for p in found["adapt"]:
        best = p["best"]
        knobs = "none"
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
    yield "## Membership"
    yield ""
    yield "Members of all reported groups of the large worlds: what the probability says, and how many are campaign."
    yield ""
    every = [bin_ for piece in WORLDS for r in found[piece] for bin_ in r["calibration"]]
    rows = []
    for low, high in dict.fromkeys((b["low"], b["high"]) for b in every):
        ours = [b for b in every if b["low"] == low]
        n = sum(b["n"] for b in ours)
        if n:
            stated = sum(b["stated"] for b in ours) / n
            true = Share(sum(b["true"] for b in ours), n)
            rows.append((f"{low:g}–{high:g}", f"{n:,}", percent(stated), true.shown()))
    yield from _table(("`p_member`", "members", "stated", "true"), rows)


def _peers(found: Results, options: Options) -> Iterator[str]:
    yield "## Peers"
    yield ""
    yield "Detectors of others on the same worlds ([what each is](peers.md)): accounts flagged of those judged. MMD and"
    yield f"PRADA read a sample, {options.peer_prompts} prompts of {options.peer_accounts} accounts a side."
    for world in ("natural", "cover"):
        yield ""
        rows = [*_peer_rows(found[f"peers-{world}"], found[world])]
        names = list(dict.fromkeys(name for _, counts in rows for name in counts if name))
        if not rows:
            yield f"World `{world}`: not run."
            continue
        cells = [
            [f"{peer}", *(counts[n].shown() if n in counts else "–" for n in (*names, ""))] for peer, counts in rows
        ]
        headings = f"world `{world}`", *(f"`{n}`" for n in names), "honest accounts"
        yield from _table(headings, cells)


def _peer_rows(
    results: Sequence[dict[str, Any]], ours: Sequence[dict[str, Any]]
) -> Iterator[tuple[str, dict[str, Share]]]:
    seeds = {r["seed"] for r in results}
    if not seeds:
        return
    for peer in dict.fromkeys(peer for r in results for peer in r["peers"]):
        counts: dict[str, list[tuple[int, int]]] = {}
        for r in results:
            for side, (n, of) in r["peers"].get(peer, {}).items():
                counts.setdefault(_side(side), []).append((n, of))
        yield peer.replace("_", " "), {side: share(pairs) for side, pairs in counts.items()}
    same = [r for r in ours if r["seed"] in seeds]
    mine: dict[str, list[tuple[int, int]]] = {"": [(r["honest"]["above"], r["honest"]["of"]) for r in same]}
    for c in (c for r in same for c in r["campaigns"]):
        mine.setdefault(_side(c["name"]), []).append((c["above"], c["of"]))
    yield "**Stillwatch**", {side: share(pairs) for side, pairs in mine.items()}


def _side(name: str) -> str:
    return "eight" if name.startswith("eight-") else name


def _printed(found: Results, _: Options) -> Iterator[str]:
    for name, heading in zip(REAL_ONLY, ("Windows", "Templates"), strict=True):
        yield f"## {heading}"
        yield ""
        texts = [r["markdown"].strip() for r in found[name]]
        yield "\n".join(texts) if texts else f"Not run (`make bench-{name} PARTS=folder` is the same by itself)."
        yield ""


_SECTIONS: tuple[Callable[[Results, Options], Iterator[str]], ...] = (
    _head,
    _bars,
    _campaigns,
    _families,
    _lookalikes,
    _small_worlds,
    _alarms,
    _adaptations,
    _calibration,
    _peers,
    _printed,
)
