"""Ordinary customers: some thirty-five kinds of people and small programmes, each with tastes and habits."""

from collections.abc import Iterator, Sequence
from random import Random

from strangers.cedar.accents import accent
from strangers.cedar.folk_home import HOME, HOME_WORDS
from strangers.cedar.folk_work import WORK, WORK_WORDS
from strangers.cedar.loom import merged, taste, voice, weave
from strangers.cedar.machines import MACHINES, machine
from strangers.cedar.people import account, browser, business, cloud, home, sdk
from strangers.cedar.words import WORDS
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD", "FOLLOW_UPS", "PERSON_KINDS", "person"]

PERSON_KINDS = HOME + WORK
_ALL = merged(WORDS, HOME_WORDS, WORK_WORDS)
FOLLOW_UPS = (
    "continue",
    "thanks, now shorter",
    "shorter",
    "make it {tone}",
    "can you give an example?",
    "why?",
    "no, {size} please",
    "ok and what about {place}?",
    "are you sure",
    "simpler please",
    "go on",
    "in a table",
    "that's not what I meant",
    "and if I only have {money}?",
    "thank you!",
    "try again",
    "more {tone} and less {tone}",
    "what about {weekday}",
    "number {1-5} sounds good, tell me more",
    "Another one",
    "without the list",
    "my {kin} says the opposite",
    "great, thx",
)
_SYSTEMS = (
    "Answer briefly.",
    "You are a helpful assistant.",
    "I live in {place}. Use metric units.",
    "Be {tone}. No emojis. Call me {first}.",
    "I work as {role} at {firm}; assume I know the basics.",
)

_PASTED = (
    "On {date} we met in {place}; {first} said that {issue}.",
    "As to the {gadget}: it {fault}.",
    "{firm} offers {money}.",
    "I have kept {hobby} up for {2-30} years, though {snag}.",
    "{first} {last} wrote: '{trouble}.'",
    "Then {twist}.",
    "The {noun} of {month} shows {10-900} {noun}s, {2-60}% more than in {month}.",
    "She likes {dish} and {dish}.",
    "My {kin} was {mood} and left at {hour}.",
    "Please answer by {date}.",
    "{thesis} was measured with {stat}.",
)


def person(rng: Random, kinds: Sequence[int] | None = None) -> Iterator[Task]:
    """Yield what one private person asks: one main sort of matter and one or two others, in a voice of their own."""
    sorts = list(kinds or rng.sample(range(len(PERSON_KINDS)), rng.choice((1, 2, 2, 3))))
    own, say, put = taste(rng, _ALL, 0.4), voice(rng), accent(rng)
    system = weave(rng, rng.choice(_SYSTEMS), own) if rng.random() < 0.2 else None
    liked = {s: rng.sample(PERSON_KINDS[s][1], max(3, len(PERSON_KINDS[s][1]) - rng.randrange(4))) for s in sorts}
    chatty = rng.sample(FOLLOW_UPS, 7)
    last = ""
    while True:
        sort = sorts[0] if rng.random() < 0.65 else rng.choice(sorts)
        text = say(rng, weave(rng, put(rng, rng.choice(liked[sort])), own))
        if rng.random() < 0.12:
            text += f"\n{rng.choice(('fyi', 'context:', 'btw', 'note,'))} " + weave(rng, "{trouble}, {issue}", own)
        if rng.random() < 0.08:
            text += "\n\n" + weave(rng, " ".join(rng.choice(_PASTED) for _ in range(rng.randint(3, 9))), own)
        if last and rng.random() < 0.03:
            text = last
        last = text
        yield Task(text, system, [weave(rng, rng.choice(chatty), own) for _ in range(rng.randrange(5))])


def _members(rng: Random, n: int) -> list[Member]:
    made = []
    for _ in range(n):
        own = Random(rng.getrandbits(64))
        if own.random() < 0.77:
            client, where = browser(own), home(own)
            if own.random() < 0.1:
                client = sdk(own)
            made.append(Member(account(own), person(own), client.user_agent, client.fingerprint, where, _models(own)))
            continue
        kind = own.randrange(len(MACHINES))
        firm = weave(own, "{firm}{1-99}", WORDS)
        known = business(own, firm, verified=own.random() < 0.3) if own.random() < 0.5 else account(own, paid=0.9)
        client = sdk(own, 1) if MACHINES[kind][0] == "editor agent" else sdk(own)
        where = home(own) if MACHINES[kind][0] == "editor agent" else cloud(own, own.randint(1, 3))
        organization = known.get("organization_id")
        made.append(
            Member(
                known,
                machine(own, kind),
                client.user_agent,
                client.fingerprint,
                where,
                _models(own),
                str(organization) if organization else None,
            )
        )
    return made


def _models(rng: Random) -> tuple[str, ...]:
    return rng.choice(
        (("large-1",), ("large-1",), ("small-1",), ("large-1", "small-1"), ("large-1", "large-1", "small-1"))
    )


CROWD = Crowd(
    name="ordinary",
    author="cedar",
    sentence="Ordinary customers of some thirty-five kinds, from pupils to a shop's bot, that have nothing in common.",
    is_harvest=False,
    one_list=False,
    accountability="unknown",
    habits=Habits(per_day=4.0, spread=0.9, active_days=0.6, follow_up=0.4, answer_tokens=280.0, answer_spread=0.8),
    members=_members,
    usual_size=400,
    notes="About a ninth are firms with their own organization; the rest are private "
    "people of whom nothing more is known.",
)
