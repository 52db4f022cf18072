"""People who fill in one prompt template that went viral, beside what they ask otherwise."""

from collections.abc import Iterator
from random import Random

from strangers.contract import Crowd, Habits, Member, Task
from strangers.dogwood.grammar import Tongue, Voice, alternatives
from strangers.dogwood.identities import account, client, home_set
from strangers.dogwood.kinds import KINDS, person_tasks
from strangers.dogwood.wordstock import TABLES

__all__ = ["CROWD"]

_TEMPLATE = (
    "Act as my brutally honest personal strategist with an IQ of 180 who has built several billion-dollar "
    "companies. You care about "
    "my success but will not tolerate excuses. Focus on leverage points that create the most impact.\n\nMy "
    "situation: {situation}\n"
    "My goal: {goal}\nMy biggest obstacle: {obstacle}\nTime I have: {time}\n\nFor each answer: 1) name the truth I "
    "need to hear, 2) give "
    "three concrete actions for the next seven days, 3) end with a challenge."
)
_SHORT = (
    "Act as my brutally honest strategist, IQ 180. Situation: {situation}. Goal: {goal}. Obstacle: {obstacle}. "
    "Truth, 3 actions, challenge."
)
_GOALS = alternatives(
    "{sport} by {weekday} in {#3-40} weeks|quit being a {job} and sell {product}|speak {lang} well enough for "
    "{town}|finish my {genre} novel|pay "
    "back {#800-60000} in debt|become a {job} at {company}|lose {#3-40} kg|get {#100-90000} followers with "
    "{product}|pass the exam on {subject}|"
    "talk to my {relative} again|learn {stack}|build a {craft} business|publish on {thesis}|move to {town}|sleep "
    "{#6-9} hours|{aim} with {stack} alone"
)
_STATES = alternatives(
    "{#16-67}, {job}, {feeling}|I work as a {job} in {town} and feel {feeling}|single parent of {#1-4}, {job}|"
    "student of {subject}, no money|just left "
    "{company} after {#1-25} years|my {relative} {deed}|I sell {product} on {channel}, {#0-90} orders a month|"
    "retired {job}, {symptom}|I live with my "
    "{relative} in {town}, {#200-4000} saved|I play {game} {#2-9} hours a day|learning {lang} since {#1-12} months"
)
_BLOCKS = alternatives(
    "{symptom}|my {relative} {deed}|I feel {feeling} all the time|no time because of {#1-5} kids|{game}|I start and "
    "never finish|{law}|nobody buys "
    "{product}|money|I compare myself with {person}|{channel} eats my evenings|fear of {company} saying no|"
    "perfectionism|{food} at midnight"
)
_TIMES = alternatives(
    "{#10-90} minutes a day|{weekday} evenings|{#3-30} hours a week|none really|all day|until "
    "{#1-28} June|after the {event}|mornings"
)
_FOLLOW = alternatives(
    "ouch. what if i only have {#5-50} minutes|Give me the seven days as a table|harsher|too harsh|my {relative} "
    "would never accept that|done with action "
    "{#1-3}, what next|accepted|i disagree, {obstacle}|week {#2-9} update: {goal} not there yet|continue|now as a "
    "letter to myself|why action {#1-3}?"
)


def _asks(rng: Random) -> Iterator[Task]:
    """Yield the tasks of one person: the template at first, then less and less of it."""
    words = {
        **TABLES,
        "goal": rng.sample(_GOALS, 2),
        "situation": rng.sample(_STATES, 2),
        "obstacle": rng.sample(_BLOCKS, 3),
        "time": _TIMES,
    }
    tongue, voice = Tongue(rng, words, 0.3), Voice(rng)
    names = [name for name, kind in KINDS.items() if not kind.systems]
    other = person_tasks(rng, [KINDS[name] for name in rng.sample(names, rng.randint(1, 2))])
    shape, fond = rng.choice((_TEMPLATE,) * 5 + (_SHORT,)), rng.uniform(0.5, 1.0)
    if rng.random() < 0.25:
        shape = shape.replace("1) ", "\n- ").replace("2) ", "\n- ").replace("3) ", "\n- ")
    if rng.random() < 0.3:
        shape = shape.replace("IQ of 180", f"IQ of {rng.choice((150, 160, 200, 300))}").replace(
            "brutally honest", rng.choice(("kind", "ruthless"))
        )
    while True:
        if rng.random() < fond:
            said = tongue.say(shape)
            later = tuple(voice.type(tongue.say(rng.choice(_FOLLOW)), opening=False) for _ in range(4))
            yield Task(said if rng.random() < 0.9 else said.replace("My situation: ", "my situation: so "), None, later)
        else:
            yield next(other)
        fond = max(0.12, fond * 0.93)


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* people, many of whom signed up in the fortnight in which the template went round."""
    found = []
    for _ in range(n):
        fresh = rng.random() < 0.5
        who = account(rng, paid=0.25, own_domain=0.03, age_days=(0, 16) if fresh else (10, 600))
        if rng.random() < 0.4:
            who["referrer"] = rng.choice(("tiktok", "tiktok", "x", "linkedin"))
        agent, fingerprint = client(rng, rng.choice(("mobile", "mobile", "web")))
        found.append(Member(who, _asks(Random(rng.getrandbits(64))), agent, fingerprint, home_set(rng)))
    return found


CROWD = Crowd(
    name="viral_template",
    author="dogwood",
    sentence="People who fill in one viral template with their own lives, and ask other things as well.",
    is_harvest=False,
    one_list=False,
    accountability="independent",
    habits=Habits(per_day=3.0, spread=0.8, active_days=0.5, hours=(6.0, 24.0), answer_tokens=480.0, follow_up=0.45),
    members=members,
    usual_size=200,
)
