"""Reads targets from the Markdown tables that the benchmarks of windows and templates print."""

import re
from collections.abc import Iterator

from detect.figures import NOT_RUN, Target

__all__ = ["templates", "windows"]

_ROW = re.compile(r"^\|(.*)\|\s*$")
_RULE = re.compile(r"^[|\s:-]+$")
_SOURCES = "mean of sources, not developed on"
_HONEST = re.compile(r"disjoint honest windows: ([\d.]+)% \(([\d.]+–[\d.]+)\) of (\d+)")


def windows(text: str) -> Iterator[Target]:
    """Yield the targets of ``benchmarks/windows.py`` from its output *text*; they say "not run" if *text* is empty."""
    world = "windows of 1,500 prompts, 5% of a campaign"
    rows, honest = [*_rows(text)], _HONEST.search(text)
    false_positives = f"{honest[1]}% ({honest[2]}%) of {honest[3]} honest windows" if honest else ""
    what, required = "found, against MMD as published", "≥ 10 points above"
    means = [row for row in rows if row.get("windows of") == _SOURCES and row["share"] == "5%"]
    if means:
        mmd, ours = (float(means[0][test].rstrip("%")) for test in ("MMD, as published", "Stillwatch"))
        shown = f"{ours:g}% against {mmd:g}%"
        yield Target(
            world, what, shown, "see below", required, _standing(10 - (ours - mmd), " points"), false_positives
        )
    else:
        yield _none(text, world, what, required)
    what, required = "cost per prompt, relative to MMD", "≤ 1/1,000"
    costs = [row["of MMD, as published"] for row in rows if row.get("test") == "Stillwatch"]
    if costs:
        times = int(costs[0].removeprefix("1/").replace(",", ""))
        outcome = "met" if times >= 1000 else f"short by a factor of {1000 / times:.2g}"
        yield Target(world, what, f"1/{times:,}", "", required, outcome)
    else:
        yield _none(text, world, what, required)
    what, required = "honest windows called unusual", "≤ 1%"
    if honest:
        rate = float(honest[1])
        yield Target(world, what, f"{rate:g}%", f"{honest[2]}%", required, _standing(rate - 1, " points"))
    else:
        yield _none(text, world, what, required)


def templates(text: str) -> Target:
    """Return the target of ``benchmarks/templates.py`` from its output *text*.

    The outcome is for all prompts of the held-out templates; smaller samples are shown after the figure.
    """
    world, what, required = "templates of T0, held out", "pair-F1, all prompts", "≥ 0.70"
    scores = {row["prompts per template"]: row for row in _rows(text) if row.get("method") == "frames"}
    whole = scores.pop("all", None)
    if whole is None:
        return _none(text, world, what, required)
    f1 = float(whole["pair-F1"])
    smaller = ", ".join(f"{row['pair-F1']} at {n}" for n, row in scores.items())
    shown = f"{f1:.3f} ({smaller} prompts a template)" if smaller else f"{f1:.3f}"
    precision = f"precision {whole['precision']}, recall {whole['recall']}"
    return Target(world, what, shown, "", required, _standing(0.7 - f1, ""), precision)


def _standing(short: float, unit: str) -> str:
    return "met" if short <= 1e-9 else f"short by {short:.3g}{unit}"


def _none(text: str, world: str, what: str, required: str) -> Target:
    # a benchmark that ran without printing the figure differs from one that did not run
    return Target(world, what, "not in the output" if text else NOT_RUN, "", required, "–" if text else NOT_RUN)


def _rows(text: str) -> Iterator[dict[str, str]]:
    """Yield the rows of every table in *text*, each keyed by the headings of its table."""
    headings: list[str] = []
    for line in text.splitlines():
        found = _ROW.match(line)
        if not found:
            headings = []
        elif not headings:
            headings = _cells(found[1])
        elif not _RULE.match(line):
            yield dict(zip(headings, _cells(found[1]), strict=False))


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.split("|")]
