"""Says which bars the scanned worlds meet: a row per bar with what was measured."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from strangers.compose import HIDDEN, ORDINARY
from strangers.measuring import CrowdResult, GroupResult, Result
from strangers.worlds import World

__all__ = ["CLEAN_BEFORE", "FIRST_OF_QUEUE", "READERS", "Bar", "Scanned", "bars", "people"]

CLEAN_BEFORE = (
    "translators",
    "triple_annotators",
    "agent_tool_users",
    "viral_template",
    "bug_bounty",
    "exam_cheats",
    "reseller_customers",
)
"""Crowds of which no account was above ``watch`` in the measurement that these bars were made from."""
READERS = ("benchmark_runners",)
"""Independent readers of a public list."""
FIRST_OF_QUEUE = 3
_ANSWERED_FOR = {"operator", "independent"}
_PEOPLE, _FIRST, _HALF = 1e-4, 0.9, 0.5

Scanned = tuple[World, Result]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. ``is_met`` is None where nothing was measured, or where no bar is set."""

    what: str
    required: str
    measured: str
    is_met: bool | None = None

    @property
    def outcome(self) -> str:
        """Return ``met``, ``not met``, or a dash."""
        return "–" if self.is_met is None else "met" if self.is_met else "not met"


def bars(scanned: Sequence[Scanned]) -> list[Bar]:
    """Return the bars of *scanned*, which are worlds of the same habits."""
    honest = [crowd for _, result in scanned for crowd in result.crowds if not crowd.is_harvest]
    apart = [crowd for crowd in honest if crowd.crowd != ORDINARY]
    return [
        _none("accounts of crowds with an operator or of independent parties above `watch`",
              (c for c in apart if c.accountability in _ANSWERED_FOR), "n_above"),
        _none("readers of a public benchmark above `watch`", (c for c in apart if c.crowd in READERS), "n_above"),
        _none("honest accounts at `urgent`, ordinary people too", honest, "n_urgent"),
        _none("accounts of crowds that were clean before above `watch`",
              (c for c in apart if c.crowd in CLEAN_BEFORE), "n_above"),
        _ordinary(scanned),
        _first(scanned),
        _hidden(scanned),
        *_load(scanned),
    ]  # fmt: skip


def people(scanned: Iterable[Scanned]) -> tuple[int, int, int, int]:
    """Return ordinary people above ``watch`` and all, each once, then the same counted in every scan.

    Ordinary people of one author and seed are the same in all worlds. A person counts as above ``watch`` if any scan
    says so.
    """
    above: set[tuple[str, int, str]] = set()
    sizes: dict[tuple[str, int], int] = {}
    scans = [0, 0]
    for world, result in scanned:
        for crowd in result.crowds:
            if crowd.crowd == ORDINARY:
                sizes[world.author, world.seed] = crowd.n_accounts
                scans[0] += crowd.n_above
                scans[1] += crowd.n_accounts
        above |= {(world.author, world.seed, account) for account in result.people_above}
    return len(above), sum(sizes.values()), scans[0], scans[1]


def _none(what: str, crowds: Iterable[CrowdResult], counted: str) -> Bar:
    found = list(crowds)
    if not found:
        return Bar(what, "none", "not run")
    n, of = sum(int(getattr(crowd, counted)) for crowd in found), sum(crowd.n_accounts for crowd in found)
    blamed = sorted({crowd.crowd for crowd in found if getattr(crowd, counted)})
    return Bar(what, "none", f"{n:,} of {of:,}" + (f" ({', '.join(blamed)})" if blamed else ""), n == 0)


def _ordinary(scanned: Sequence[Scanned]) -> Bar:
    above, of, in_scans, of_scans = people(scanned)
    what, required = "ordinary people above `watch` in any scan, each counted once", "≤ 1 in 10,000"
    if not of:
        return Bar(what, required, "not run")
    measured = f"{above:,} of {of:,}; over all scans {in_scans:,} of {of_scans:,}"
    return Bar(what, required, measured, above <= _PEOPLE * of)


def _first(scanned: Sequence[Scanned]) -> Bar:
    what, required = "campaigns among the first three of the queue, all honest crowds in the log", "≥ 90% of worlds"
    found = [_of(result, world.name) for world, result in scanned if world.kind == "together"]
    if not found:
        return Bar(what, required, "not run")
    early = sum(crowd.place is not None and crowd.place <= FIRST_OF_QUEUE for crowd in found)
    missing = sum(crowd.place is None for crowd in found)
    swapped = any(world.habits == "swapped" for world, _ in scanned)
    measured = f"{early} of {len(found)}; no group above `watch` in {missing}"
    return Bar(what, "no bar" if swapped else required, measured, None if swapped else early >= _FIRST * len(found))


def _hidden(scanned: Sequence[Scanned]) -> Bar:
    what, required = "campaigns with shared cards in a quarter of their accounts at `urgent`", "every world"
    found = [_of(result, world.name + HIDDEN) for world, result in scanned if world.kind == "hidden"]
    if not found:
        return Bar(what, required, "not run")
    urgent = sum(crowd.n_urgent >= _HALF * crowd.n_accounts for crowd in found)
    unseen = sum(not crowd.n_above for crowd in found)
    measured = f"{urgent} of {len(found)} with at least half of the accounts; nothing above `watch` in {unseen}"
    return Bar(what, required, measured, urgent == len(found))


def _load(scanned: Sequence[Scanned]) -> Iterator[Bar]:
    """Yield the groups at review per 100,000 accounts, which have no bar: one row per kind of world."""
    for kind in dict.fromkeys(world.kind for world, _ in scanned):
        results = [result for world, result in scanned if world.kind == kind]
        accounts = sum(result.n_accounts for result in results)
        at_review = [group for result in results for group in result.groups if group.severity == "review"]
        honest = sum(not _is_campaign(group) for group in at_review)
        shown = [f"{1e5 * n / accounts:.1f} ({n})" for n in (honest, len(at_review) - honest)]
        yield Bar(
            f"groups at `review` per 100,000 accounts, {kind}", "no bar", f"honest {shown[0]}, campaigns {shown[1]}"
        )


def _is_campaign(group: GroupResult) -> bool:
    return group.is_harvest and group.share >= _HALF


def _of(result: Result, name: str) -> CrowdResult:
    return next(crowd for crowd in result.crowds if crowd.crowd == name)
