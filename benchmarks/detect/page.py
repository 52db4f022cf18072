"""The page: what was run, and the sections with what it found."""

from collections.abc import Iterator
from dataclasses import fields

from detect import worlds
from detect.options import Options
from detect.pieces import PIECES, tasks
from detect.sections import SECTIONS
from detect.targets import Results

__all__ = ["page"]

_SAME_RESULT = {"seeds", "parts", "jobs", "peers_python", "memory_limit"}
"""Options that stand in the command already, or decide no result."""


def page(found: Results, options: Options) -> str:
    """Return the page in Markdown; what was not run says so."""
    lines: list[str] = []
    for section in (_head, *SECTIONS):
        lines += section(found, options)
        if lines[-1]:
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _head(found: Results, options: Options) -> Iterator[str]:
    parts = "with real parts" if options.parts else "from the embedded generator, without real parts"
    large, small, played = (world(options) for world in (worlds.WORLDS["natural"], worlds.calm, worlds.field))
    yield from ("# Detection, held against its bars", "", "```sh", _command(options), "```", "")
    yield f"Written by that command. Worlds are composed {parts}"
    yield f"([benchmark card](benchmark-card.md)). Each holds {large.accounts:,} honest accounts over {large.days} days"
    yield f"and every look-alike, and the campaigns named below; the small ones hold {small.accounts:,} over"
    yield f"{small.days} days, the simulated operator's {played.accounts:,} over {played.days} days."
    yield ""
    if options.scale != 1:
        yield f"**A trial at {options.scale:g} of the size: no figure of it says anything about the bars.**"
        yield ""
    yield "Intervals are 95%: Wilson for shares, where accounts of one campaign are counted as if they were"
    yield "independent, which they are not; Student over seeds for differences. *Above `watch`* is a reported campaign"
    yield "of severity review or urgent; an account is in it at a membership of one half or more, of four fifths where"
    yield "only a part of what it asks is in common. *Met* is said of the measured value; where the interval reaches"
    yield "across the bar, the seeds do not settle it."
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
        yield from (f"Not run, or not in full: {', '.join(short)}.", "")
    if len({r["code"] for results in found.values() for r in results}) > 1:
        yield from ("**The pieces were not all made by the same state of the detector.**", "")
