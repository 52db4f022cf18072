"""An ordinary population: some thirty kinds of people, most of whom share nothing."""

from collections.abc import Sequence
from random import Random

from strangers.alder.kinds import choose, person
from strangers.contract import Crowd, Habits, Member


def _members(rng: Random, n: int) -> Sequence[Member]:
    members = [person(rng, choose(rng)) for _ in range(n)]
    for _ in range(round(n * 0.04)):  # couples and flatmates: one card or one router
        one, other = rng.sample(members, 2)
        if rng.random() < 0.5 and one.account.get("payment_fingerprint"):
            other.account["payment_fingerprint"] = one.account["payment_fingerprint"]  # type: ignore[index]
        else:
            other.addresses.append(one.addresses[0])  # type: ignore[attr-defined]
    return members


CROWD = Crowd(
    name="ordinary",
    author="alder",
    sentence="Thirty kinds of people, from pupils to nightly jobs, each with tastes, habits and a client of their own.",
    is_harvest=False,
    one_list=False,
    accountability="unknown",
    habits=Habits(
        per_day=4.0,
        spread=1.0,
        active_days=0.5,
        hours=(6.0, 23.5),
        answer_tokens=260.0,
        answer_spread=0.9,
        follow_up=0.45,
    ),
    members=_members,
    usual_size=700,
    notes="A few couples share a card or a router; coders share the system prompt and tools of two popular clients.",
)
