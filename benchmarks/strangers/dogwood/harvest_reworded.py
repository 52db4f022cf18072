"""A harvest that words each payload anew for each account, in varied frames; a quarter share cards."""

from collections.abc import Iterator
from random import Random

from strangers.contract import Crowd, Habits, Member, Task
from strangers.dogwood.grammar import Tongue, Voice, deal
from strangers.dogwood.identities import account, address, client, token
from strangers.dogwood.payloads import FRAMES, SYSTEMS, payload, reword
from strangers.dogwood.wordstock import TABLES

__all__ = ["CROWD"]


def _asks(rng: Random, seed: int, place: int, n: int) -> Iterator[Task]:
    """Yield the payloads of one account in its own wording; each payload goes to two accounts."""
    voice, tongue = Voice(rng, rng.uniform(0.4, 1.0)), Tongue(rng, TABLES, 0.4)
    frames = rng.sample(FRAMES, rng.randint(4, 9))
    system = tongue.say(rng.choice(SYSTEMS)) if rng.random() < 0.5 else None
    habit = rng.getrandbits(40)
    for number in deal(seed, place, n, copies=2):
        said = reword(payload(seed, number), habit, rng)
        frame = rng.choice(frames)
        before, _, after = tongue.say(frame).partition("@")
        later = (
            tongue.say(rng.choice(("why not {#2-9}?", "check it", "another way?", "shorter", "and if {feeling}?"))),
        )
        yield Task((before + voice.type(said, opening=not before) + after).strip(), system, later)


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* accounts under separate names; a quarter share cards by twos to fours."""
    seed, found = rng.getrandbits(40), []
    cards: list[str] = []
    while len(cards) < round(n / 4):
        cards += [token(rng, "pf")] * rng.randint(2, 4)
    cards = cards[: max(2, round(n / 4))]
    if len(cards) > 2 and cards[-1] != cards[-2]:
        cards[-1] = cards[-2]
    shared = dict(zip(rng.sample(range(n), min(n, len(cards))), cards, strict=False))
    nets = [address(rng, "cloud").rsplit(".", 1)[0] for _ in range(max(3, n // 6))]
    for place in range(n):
        who = account(rng, paid=0.75, own_domain=0.12, age_days=(3, 150))
        if place in shared:
            who.update(payment_fingerprint=shared[place], plan="payg", verification="payment")
        if rng.random() < 0.3:
            where = [f"{rng.choice(nets)}.{rng.randint(2, 250)}" for _ in range(2)]
        else:
            where = [address(rng) for _ in range(rng.randint(1, 4))]
        agent, fingerprint = client(rng, rng.choice(("python", "python", "web", "node", "script", "ide")))
        tasks = _asks(Random(rng.getrandbits(64)), seed, place, n)
        models = rng.choice((("large-1",), ("large-1",), ("large-1", "large-1", "small-1")))
        found.append(Member(who, tasks, agent, fingerprint, where, models))
    return found


CROWD = Crowd(
    name="harvest_reworded",
    author="dogwood",
    sentence="A harvest that rewords each payload for each account and varies the frames; a quarter of it shares "
        "cards.",
    is_harvest=True,
    one_list=True,
    accountability="concealed",
    habits=Habits(
        per_day=32.0, spread=0.4, active_days=0.85, hours=(4.0, 24.0), answer_tokens=420.0, answer_spread=0.6,
        follow_up=0.15,
        max_output_tokens=4096, temperature=0.7,
    ),
    members=members,
    usual_size=80,
)  # fmt: skip
