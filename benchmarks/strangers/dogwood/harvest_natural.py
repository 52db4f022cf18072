"""A harvest that asks what people ask: natural texts from one list, with nothing shared but a proxy network."""

from collections.abc import Iterator
from random import Random

from strangers.contract import Crowd, Habits, Member, Task
from strangers.dogwood.grammar import deal
from strangers.dogwood.identities import account, address, client, token
from strangers.dogwood.kinds import KINDS, person_tasks

__all__ = ["CROWD"]

_NAMES = tuple(name for name, kind in KINDS.items() if not kind.systems)
_WEIGHTS = tuple(
    KINDS[name].weight + 5 * (name in ("developer", "student", "writer", "analyst", "researcher")) for name in _NAMES
)


def item(seed: int, number: int) -> Task:
    """Return text *number* of the list, a collection of first turns and follow-ups that people really wrote."""
    rng = Random(f"{seed}/text/{number}")
    name = rng.choices(_NAMES, _WEIGHTS)[0]
    task = next(person_tasks(rng, [KINDS[name]], share=1.0))
    return Task(task.prompt, None, task.follow_ups[: rng.choice((0, 0, 1, 2, 3))])


def _asks(seed: int, place: int, n: int) -> Iterator[Task]:
    for number in deal(seed, place, n):
        yield item(seed, number)


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* accounts with cards, mails and devices of their own, opened over the last three months."""
    seed = rng.getrandbits(40)
    pool = [address(rng) for _ in range(max(12, round(1.5 * n)))]
    found = []
    for place in range(n):
        who = account(rng, paid=0.8, own_domain=0.03, age_days=(4, 95))
        if rng.random() < 0.7:
            who.update(phone_digest=token(rng, "ph"), verification="phone" if who["plan"] == "free" else "payment")
        agent, fingerprint = client(rng, rng.choice(("web", "web", "python", "node", "script", "mobile")))
        sticky = rng.sample(pool, rng.randint(2, 5))
        where = [a for a in sticky for _ in range(rng.randint(2, 9))] + rng.sample(pool, rng.randint(1, 4))
        found.append(Member(who, _asks(seed, place, n), agent, fingerprint, where, ("large-1",)))
    return found


CROWD = Crowd(
    name="harvest_natural",
    author="dogwood",
    sentence="A harvest of some 26 exchanges per account and day with natural texts dealt from one list.",
    is_harvest=True,
    one_list=True,
    accountability="unknown",
    habits=Habits(per_day=19.5, spread=0.25, active_days=0.85, hours=(6.0, 24.0), answer_tokens=330.0, follow_up=0.45),
    members=members,
    usual_size=100,
    notes="Only the addresses of a proxy network are shared.",
)
