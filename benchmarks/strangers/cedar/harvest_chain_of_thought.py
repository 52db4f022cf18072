"""A harvest of solutions step by step: natural problems from one list, dealt over accounts under false names."""

from collections.abc import Iterator
from random import Random

from strangers.cedar.fronts import client, front_accounts
from strangers.cedar.loom import dealt, queue
from strangers.cedar.ordinary import person
from strangers.cedar.riddles import riddle
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD"]

_ASKS = (
    "{p}\n\nThink step by step and show all of your reasoning.",
    "{p}",
    "{p}\n\nExplain every step.",
    "Solve, with full working:\n{p}",
    "{p}\n\nReason carefully before the final answer. Put the answer on the last line.",
    "{p} Show your work please.",
    "Please walk me through this in detail: {p}",
    "{p}\n\nWhat would you check first? Then solve it.",
    "can you solve this, with every step?\n\n{p}",
    "{p}\n\nWrite your thoughts first, then 'Answer:'.",
    "I want to understand how to think about it. {p}",
    "{p}\n\nTry two different ways and compare.",
    "Step by step: {p}",
    "{p}\n\nDo not skip any algebra.",
)
_SYSTEMS = (
    None,
    None,
    None,
    None,
    "You are a patient tutor. Show your reasoning in full.",
    "Think before you answer.",
    "You are an expert in mathematics and science.",
    "Answer in numbered steps.",
)
_LATER = (
    "Are you sure? Check each step.",
    "Is there another way?",
    "verify the result",
    "where could one go wrong here?",
    "Explain step 2 more.",
    "now as a short proof",
)


def _worker(rng: Random, place: int, n: int, name: str) -> Iterator[Task]:
    problems, cover = dealt(queue(name, riddle), place, n), person(rng)
    ways, system, hides = (
        rng.sample(_ASKS, rng.choice((2, 3, 4, 5))),
        rng.choice(_SYSTEMS),
        rng.choice((0.0, 0.0, 0.05, 0.15)),
    )
    while True:
        if rng.random() < hides:
            yield next(cover)
            continue
        text = rng.choice(ways).replace("{p}", next(problems))
        yield Task(text, system, rng.sample(_LATER, rng.choice((0, 0, 1, 2))))


def _members(rng: Random, n: int) -> list[Member]:
    known = front_accounts(rng, n, 0.25, ("payment_fingerprint", "device_fingerprint"), waves=8)
    made, name = [], f"{rng.getrandbits(64):x}"
    for place in range(n):
        own = Random(rng.getrandbits(64))
        shown, where = client(own, 0.6)
        models = own.choice((("large-1",), ("large-1",), ("large-1", "large-1", "small-1")))
        made.append(
            Member(known[place], _worker(own, place, n, name), shown.user_agent, shown.fingerprint, where, models)
        )
    return made


CROWD = Crowd(
    name="harvest_chain_of_thought",
    author="cedar",
    sentence="A harvest of step-by-step solutions to natural problems of one list; a quarter shares cards or devices.",
    is_harvest=True,
    one_list=True,
    accountability="concealed",
    habits=Habits(
        per_day=20.0,
        spread=0.5,
        active_days=0.8,
        hours=(0.0, 24.0),
        follow_up=0.15,
        answer_tokens=780.0,
        answer_spread=0.5,
        max_output_tokens=4096,
        temperature=0.8,
    ),
    members=_members,
    usual_size=150,
    notes="Half of the accounts hide a twentieth to a seventh of their traffic behind ordinary questions.",
)
