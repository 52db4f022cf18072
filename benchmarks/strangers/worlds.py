"""Names the worlds of ``bench-strangers`` and composes each from its name, so that any process can scan it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from strangers.authors import crowds_of, ordinary_of
from strangers.compose import Part, hidden_control, swapped
from strangers.contract import Crowd
from strangers.measuring import measure
from strangers.records import code_state

__all__ = ["DAYS", "HABITS", "KINDS", "ORDINARY_ACCOUNTS", "World", "parts_of", "perform", "worlds"]

DAYS = 21
HABITS = ("plain", "swapped")
KINDS = ("alone", "together", "hidden")
ORDINARY_ACCOUNTS = 1_200


@dataclass(frozen=True, slots=True)
class World:
    """One world.

    In *alone* the crowd ``name`` stands among ordinary people of its author. In *together* all honest crowds of the
    author do, and the harvest ``name``. In *hidden* the harvest ``name`` does, and a quarter of its accounts share
    cards. With *swapped* habits, harvests and honest crowds have exchanged what anybody can change for free.
    """

    kind: str
    author: str
    name: str
    habits: str
    seed: int


def worlds(
    authors: Sequence[str], kinds: Sequence[str], habits: Sequence[str], seeds: Sequence[int], only: Sequence[str] = ()
) -> Iterator[World]:
    """Yield the worlds, seed by seed; *only* names crowds (alone) and harvests (together, hidden), empty for all."""
    for seed in seeds:
        for author in authors:
            for crowd in crowds_of(author):
                if only and crowd.name not in only:
                    continue
                for kind in kinds:
                    if kind == "alone" or crowd.is_harvest:
                        yield from (World(kind, author, crowd.name, each, seed) for each in habits)


def parts_of(world: World) -> list[Part]:
    """Return the parts of *world*; raises ``LookupError`` where its author has no such crowd."""
    crowds = crowds_of(world.author)
    found = {crowd.name: crowd for crowd in (swapped(crowds) if world.habits == "swapped" else crowds)}
    if world.name not in found:
        raise LookupError(f"no crowd {world.name} of {world.author}")
    crowd = found[world.name]
    people = Part(ordinary_of(world.author), ORDINARY_ACCOUNTS)
    if world.kind == "hidden":
        return [people, _usual(hidden_control(crowd))]
    honest = [_usual(each) for each in found.values() if not each.is_harvest] if world.kind == "together" else []
    return [people, *honest, _usual(crowd)]


def perform(key: dict[str, Any], *, threads: int = 0) -> tuple[dict[str, Any], str]:
    """Scan the world whose fields are *key*; return the result as plain values, and the state of the code."""
    world = World(**key)
    name = "-".join(str(value) for value in key.values())
    return asdict(measure(name, parts_of(world), seed=world.seed, days=DAYS, threads=threads)), code_state()


def _usual(crowd: Crowd) -> Part:
    return Part(crowd, crowd.usual_size)
