"""Writes results as the Markdown tables of ``docs/reference/strangers.md``, and replaces them between its markers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from stillwatch.statistics import clopper_pearson
from strangers.authors import REPORTING, TUNING
from strangers.bars import FIRST_OF_QUEUE, Scanned, bars
from strangers.calibration import EDGES, Bin, calibrated, groups_stated, members_stated
from strangers.compose import ORDINARY
from strangers.contract import ACCOUNTABILITIES
from strangers.measuring import MOSTLY, CrowdResult, GroupResult, Result
from strangers.worlds import HABITS, KINDS

__all__ = ["begin", "end", "open_tables", "replaced", "tables", "write_page"]

_TITLES = {
    "alone": "One crowd among ordinary people",
    "together": "All honest crowds of an author and one harvest",
    "hidden": "One harvest, a quarter of whose accounts share cards",
}
_INSIDE = {True: "yes", False: "no", None: "too few crowds"}
_MOST_OPEN = 0.01


def begin(name: str) -> str:
    """Return the line that stands before the tables *name*."""
    return f"<!-- begin {name}: written by the command, not by hand -->"


def end(name: str) -> str:
    """Return the line that stands after the tables *name*."""
    return f"<!-- end {name} -->"


def write_page(page: Path, name: str, tables: str) -> None:
    """Replace the tables *name* of the file *page*; raises ``ValueError`` where a marker is missing."""
    page.write_text(replaced(page.read_text("utf-8"), name, tables), "utf-8")


def replaced(text: str, name: str, tables: str) -> str:
    """Return *text* with *tables* between the markers *name*; raises ``ValueError`` where a marker is missing."""
    before, first, rest = text.partition(begin(name))
    _, last, after = rest.partition(end(name))
    if not first or not last:
        raise ValueError(f"the page has no markers {name}")
    return f"{before}{first}\n\n{tables.strip()}\n\n{last}{after}"


def tables(scanned: Sequence[Scanned], code: str, command: str) -> str:
    """Return all tables of ``bench-strangers``, those of reporting authors before those of tuning authors."""
    lines = [f"`{command}` · {len(scanned):,} worlds · code `{code}`", ""]
    for group, authors in (("reporting", REPORTING), ("tuning", TUNING)):
        own = [(world, result) for world, result in scanned if world.author in authors]
        if own:
            lines += _section(own, f" ({', '.join(authors)}, for tuning)" if group == "tuning" else "")
    return "\n".join(lines)


def open_tables(results: Sequence[Result], code: str, command: str) -> str:
    """Return the tables of ``bench-open``: worlds with anything above ``watch``, and what it was."""
    n = sum(_is_above(result) for result in results)
    low, high = clopper_pearson(n, len(results))
    outcome = "met" if n <= _MOST_OPEN * len(results) else "not met"
    accounts, share = sum(result.n_accounts for result in results), _percent(n / max(len(results), 1))
    interval = f"{_percent(low)}–{_percent(high)}"
    lines = [
        f"`{command}` · code `{code}`",
        "",
        "| worlds | accounts | with anything above `watch` | share | 95% interval | required | result |",
        "|---|---|---|---|---|---|---|",
        _line(len(results), accounts, n, share, interval, "≤ 1%", outcome if results else "–"),
        "",
        "| crowd | author | truth | worlds | worlds with one of it above `watch` | accounts | above `watch` | watch |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for first, found in _by_crowd(results):
        counts = [len(found), sum(c.n_above > 0 for c in found), *_sums(found, "n_accounts", "n_above", "n_watch")]
        lines.append(_line(first.crowd, first.author, _truth(first), *counts))
    return "\n".join(lines)


def _section(scanned: Sequence[Scanned], whose: str) -> Iterator[str]:
    """Yield the tables of one side of the split by author."""
    sides = {h: [(w, r) for w, r in scanned if w.habits == h] for h in HABITS}
    sides = {habits: own for habits, own in sides.items() if own}
    yield from (f"## Bars{whose}", "", *_bars(sides), "")
    for kind in KINDS:
        for habits, own in sides.items():
            results = [result for world, result in own if world.kind == kind]
            if results:
                yield from (f"## {_TITLES[kind]}, {habits}{whose}", "", f"{len(results)} worlds.", "")
                yield from (*_crowds(results), "")
    for habits, own in sides.items():
        groups = [(world.seed, group) for world, result in own for group in result.groups]
        yield from (f"## Accountability: truth and answer, {habits}{whose}", "", *_answers(groups), "")
        alike = sum(group.is_true and not group.is_one_list for _, group in groups)
        yield from (f"## Calibration of `p_group`, {habits}{whose}", "")
        yield f"{len(groups):,} groups. {alike} of them are true as one operator's accounts alone, not as one list."
        yield from ("", *_bins(calibrated(groups_stated(groups)), "groups"), "")
        yield from (f"## Groups that are not true, {habits}{whose}", "", *_untrue(groups), "")
        yield from (f"## Calibration of `p_member` in true groups, {habits}{whose}", "")
        yield from (*_bins(calibrated(members_stated(groups)), "members"), "")


def _bars(sides: dict[str, list[Scanned]]) -> Iterator[str]:
    """Yield one table: measured and result of each of *sides* next to each other."""
    found = {habits: bars(own) for habits, own in sides.items()}
    rows: dict[str, dict[str, tuple[str, str, str]]] = {}
    for habits, own in found.items():
        for bar in own:
            rows.setdefault(bar.what, {})[habits] = bar.required, bar.measured, bar.outcome
    heads = [head for habits in found for head in (habits, "result")]
    yield _line("bar", "required", *heads)
    yield "|---" * (2 + len(heads)) + "|"
    for what, cells in rows.items():
        required = next(iter(cells.values()))[0]
        yield _line(what, required, *(cell for habits in found for cell in cells.get(habits, ("", "not run", "–"))[1:]))


def _crowds(results: Sequence[Result]) -> Iterator[str]:
    """Yield a row per crowd, all worlds of its kind added up."""
    yield "| crowd | author | truth | accounts | urgent | review | watch | answers (groups) | place in the queue |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for first, found in _by_crowd(results):
        answers: Counter[str] = Counter()
        for crowd in found:
            answers.update(crowd.answers)
        places = sorted(crowd.place for crowd in found if crowd.place is not None)
        early = sum(place <= FIRST_OF_QUEUE for place in places)
        span = "–".join(map(str, dict.fromkeys((places[0], places[-1])))) + "; " if places else ""
        yield _line(
            first.crowd, first.author, _truth(first), *_sums(found, "n_accounts", "n_urgent", "n_review", "n_watch"),
            ", ".join(f"{name} {answers[name]}" for name in ACCOUNTABILITIES if answers[name]) or "–",
            f"{span}first three in {early} of {len(found)}",
        )  # fmt: skip


def _answers(groups: Sequence[tuple[int, GroupResult]]) -> Iterator[str]:
    """Yield a row per truth: how many groups got which answer."""
    counts = Counter((g.accountability, g.answer) for _, g in groups if g.share >= MOSTLY and g.crowd != ORDINARY)
    yield _line("truth", *(f"answered {answer}" for answer in ACCOUNTABILITIES))
    yield "|---" * (1 + len(ACCOUNTABILITIES)) + "|"
    for truth in ACCOUNTABILITIES:
        yield _line(truth, *(counts[truth, answer] for answer in ACCOUNTABILITIES))


def _untrue(groups: Sequence[tuple[int, GroupResult]]) -> Iterator[str]:
    """Yield a row per crowd that has most members of a group that is not true."""
    rows: dict[tuple[str, str], list[GroupResult]] = {}
    for _, group in groups:
        if not group.is_true:
            rows.setdefault((group.crowd, group.author), []).append(group)
    yield _line(
        "mostly of", "author", "groups", "above `watch`", "members", "mean `p_group`", "mean share of the crowd"
    )
    yield "|---" * 7 + "|"
    for (crowd, author), found in sorted(rows.items()):
        above, size = sum(g.severity != "watch" for g in found), sum(g.size for g in found)
        means = (sum(values) / len(found) for values in ((g.p_group for g in found), (g.share for g in found)))
        yield _line(crowd, author, len(found), above, size, *(f"{mean:.3f}" for mean in means))


def _bins(bins: Sequence[Bin], counted: str) -> Iterator[str]:
    """Yield a row per bin: what was stated, what is true, and whether the one lies in the interval of the other."""
    of_members = ("groups",) if counted == "members" else ()
    heads = ("stated", counted, *of_members, "crowds", "author-seeds", "mean stated", "true", "95% interval", "inside")
    yield _line(*heads)
    yield "|---" * len(heads) + "|"
    for row in bins:
        counts = (row.n, *((row.n_groups,) if of_members else ()), row.n_crowds, row.n_populations)
        lower = f"{row.low:g}–{row.high:g}" if row.low else f"< {row.high:g}"
        name = "all" if (row.low, row.high) == (EDGES[0], EDGES[-1]) else lower
        low, high = row.interval
        yield _line(
            name, *counts, f"{row.stated:.3f}", f"{row.true:.3f}", f"{low:.3f}–{high:.3f}", _INSIDE[row.is_covered]
        )  # fmt: skip


def _by_crowd(results: Sequence[Result]) -> Iterator[tuple[CrowdResult, list[CrowdResult]]]:
    """Yield each crowd with its results, honest crowds before harvests."""
    rows: dict[tuple[bool, str, str], list[CrowdResult]] = {}
    for result in results:
        for crowd in result.crowds:
            rows.setdefault((crowd.is_harvest, crowd.crowd, crowd.author), []).append(crowd)
    yield from ((rows[key][0], rows[key]) for key in sorted(rows))


def _is_above(result: Result) -> bool:
    return any(group.severity != "watch" for group in result.groups)


def _sums(found: Sequence[CrowdResult], *names: str) -> list[int]:
    return [sum(int(getattr(crowd, name)) for crowd in found) for name in names]


def _truth(crowd: CrowdResult) -> str:
    kind = "harvest" if crowd.is_harvest else "honest, one list" if crowd.one_list else "honest"
    return f"{kind}, {crowd.accountability}"


def _line(*cells: str | int) -> str:
    return f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else cell for cell in cells)} |"


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"
