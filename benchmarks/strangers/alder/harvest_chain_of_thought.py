"""A harvest of reasoning: natural questions of one list, dealt over accounts, each asked with its reasons shown."""

from collections.abc import Iterator, Sequence
from random import Random

from strangers.alder.fronts import agent_of, exits, front_accounts
from strangers.alder.grammar import dealt, voice_of
from strangers.alder.kinds import ALL, KINDS, choose, tasks_of
from strangers.alder.people import fingerprint
from strangers.contract import Crowd, Habits, Member, Task

_FILES = ("{math_q}", "{math_q}", "{math_q}", "{science_q}", "{science_q}", "{logic_q}", "{human_q}", "{code_task}")
_LEADS = (
    "",
    "",
    "",
    "I'm stuck on this one. ",
    "My teacher gave us this: ",
    "From an old exam: ",
    "Can someone explain? ",
    "We argued about this at {street} last {weekday}. ",
    "I keep getting a different result than {first}. ",
    "Came across this in a book by {last}: ",
    "Not homework, just curious. ",
    "{first} says it's easy but ",
)
_TAILS = (
    "",
    "",
    "",
    " I don't see where to begin.",
    " I think the trick is in the second part.",
    " My guess was {2-90} but I doubt it.",
    " No calculator.",
    " The book only gives the result.",
)
_REASONS = (
    "Think it through step by step before you answer.",
    "Show every step of your reasoning.",
    "Walk me through how you get there.",
    "Reason carefully and then give the result.",
    "Please explain your thinking in detail, also what you rule out.",
    "Work it out from first principles.",
    "Don't skip steps.",
    "Tell me how you would approach it, then solve it, then check it.",
    "I want to see the full working.",
    "explain all the thinking, not just the answer",
    "Take your time and double-check.",
    "Consider other ways as well and say why you drop them.",
    "step by step pls",
)
_MORE = (
    "Check that again another way.",
    "Why is the second step allowed?",
    "Where could this go wrong?",
    "Is there another way to see it?",
    "What did you consider first?",
    "are you sure about the last step?",
)


def _item(rng: Random, index: int) -> str:
    """Return the question at *index*: a file of 300 questions by its many writers after another."""
    subject = _FILES[Random(f"file/{index // 300}").randrange(len(_FILES))]
    said = ALL.say(rng, rng.choice(_LEADS)) + ALL.say(rng, subject) + ALL.say(rng, rng.choice(_TAILS))
    return voice_of(rng).speak(rng, said) if rng.random() < 0.4 else said


def _work(seed: str, place: int, n: int, rng: Random) -> Iterator[Task]:
    asks, in_system = rng.sample(_REASONS, 5), rng.random() < 0.3
    own, cover = (
        tasks_of(choose(rng, [k for k in KINDS if k.client == "web"]), rng, voice_of(rng)),
        rng.choice((0.02, 0.06, 0.12)),
    )
    for item in dealt(seed, place, n, _item, batch=4):
        if rng.random() < cover:
            yield next(own)
        follow = [rng.choice(_MORE)] if rng.random() < 0.3 else []
        if in_system:
            yield Task(item, system_prompt=asks[0], follow_ups=follow)
        else:
            ask = rng.choice(asks)
            yield Task(
                rng.choice((f"{item} {ask}", f"{item}\n\n{ask}", f"{ask}\n\n{item}", f"{ask} {item}"))
                if rng.random() < 0.85
                else item,
                follow_ups=follow,
            )


def _members(rng: Random, n: int) -> Sequence[Member]:
    seed = f"reasons/{rng.getrandbits(64)}"
    accounts = front_accounts(rng, n, columns=("payment_fingerprint", "device_fingerprint"), part=0.25)
    members = []
    for place, (account, addresses) in enumerate(zip(accounts, exits(rng, n, pooled=0.35), strict=True)):
        mine = Random(f"{rng.getrandbits(64)}")
        agent = agent_of(mine, 0.3)
        members.append(
            Member(
                account=account,
                tasks=_work(seed, place, n, mine),
                user_agent=agent,
                client_fingerprint=fingerprint(agent),
                addresses=addresses,
            )
        )
    return members


CROWD = Crowd(
    name="harvest_chain_of_thought",
    author="alder",
    sentence=(
        "A harvest of reasoning over accounts with false names: natural questions of one "
        "list, thirteen ways to ask for steps."
    ),
    is_harvest=True,
    one_list=True,
    accountability="concealed",
    habits=Habits(
        per_day=16.0,
        spread=0.5,
        active_days=0.75,
        hours=(5.0, 23.0),
        answer_tokens=850.0,
        answer_spread=0.5,
        follow_up=0.3,
        temperature=0.7,
    ),
    members=_members,
    usual_size=150,
    notes=(
        "A quarter of the accounts share cards or devices; a third leave through one pool of proxies; a little cover."
    ),
)
