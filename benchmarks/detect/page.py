"""Writes the page: the run, and the sections with its results."""

from collections.abc import Iterator
from dataclasses import fields

from detect import worlds
from detect.options import Options
from detect.pieces import PIECES, tasks
from detect.sections import SECTIONS
from detect.targets import Results

__all__ = ["page"]

_SAME_RESULT = {"seeds", "parts", "jobs", "peers_python", "memory_limit"}
"""Options that are already in the command, or that decide no result."""


def page(found: Results, options: Options) -> str:
    """Return the page in Markdown; it says what was not run."""
    lines: list[str] = []
    for section in (_head, *SECTIONS):
        lines += section(found, options)
        if lines[-1]:
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _head(found: Results, options: Options) -> Iterator[str]:
    parts = "with real parts" if options.parts else "by the embedded generator, without real parts"
    large, small, played = (world(options) for world in (worlds.WORLDS["natural"], worlds.calm, worlds.field))
    yield from ("# Detection: results against their targets", "", "```sh", _command(options), "```", "")
    yield f"This command writes this page. The worlds are built {parts}"
    yield "([benchmark card](benchmark-card.md))."
    yield f"Each large world has {large.accounts:,} honest accounts over {large.days} days, every look-alike, and the"
    yield "campaigns named below."
    yield f"A small world has {small.accounts:,} honest accounts over {small.days} days. The world of the simulated"
    yield f"operator has {played.accounts:,} honest accounts over {played.days} days."
    yield ""
    if options.scale != 1:
        yield f"**This is a trial at {options.scale:g} of the full size. Its figures say nothing about the targets.**"
        yield ""
    yield "All intervals are 95% intervals. Shares have Wilson intervals. These treat the accounts of one campaign as"
    yield "independent, although they are not. Differences have Student intervals over seeds. An account is *above"
    yield "`watch`* if it is in a reported campaign of severity `review` or `urgent` with a membership of at least one"
    yield "half. If only a part of its requests is shared, the membership must be at least four fifths. *Met* refers to"
    yield "the measured value. If the interval includes the target, the seeds do not settle the question."
    yield ""
    yield from _made(found, options)


def _command(options: Options) -> str:
    parts, seeds = "PARTS=folder " if options.parts else "", " ".join(map(str, options.seeds))
    changed = [
        f"--{f.name.replace('_', '-')} {getattr(options, f.name)}"
        for f in fields(Options)
        if f.name not in _SAME_RESULT and getattr(options, f.name) != f.default
    ]
    return f'make bench-detect {parts}SEEDS="{seeds}"' + (f"   # with {' '.join(changed)}" if changed else "")


def _made(found: Results, options: Options) -> Iterator[str]:
    short = []
    for piece in PIECES:
        wanted, there = len(tasks(piece, options)), len(found[piece])
        if not wanted:
            short.append(f"`{piece}` (needs real parts)")
        elif there < wanted:
            short.append(f"`{piece}` {there} of {wanted}")
    if short:
        yield from (f"Not run or incomplete: {', '.join(short)}.", "")
    if len({r["code"] for results in found.values() for r in results}) > 1:
        yield from ("**The results come from different versions of the detector.**", "")
