"""A harvest whose accounts share nothing and spend half of their traffic on an ordinary person's errands."""

from collections.abc import Iterator, Sequence
from random import Random

from strangers.alder.fronts import agent_of, front_accounts
from strangers.alder.grammar import Voice, dealt, voice_of
from strangers.alder.kinds import ALL, KINDS, choose, tasks_of
from strangers.alder.people import fingerprint, home
from strangers.contract import Crowd, Habits, Member, Task

_ACTS = (
    "Write {2-9} paragraphs on how {policy} would change {industry}.",
    "Explain {bio_process} to a {job}, with an analogy from {hobby}.",
    "Compare {topic} and {topic}: three likenesses, three differences, a verdict.",
    "Give a {job} in {city} a plan for learning {lib} in {3-20} weeks.",
    "{math_q}",
    "{science_q}",
    "{code_task}",
    "{human_q}",
    "Write a {genre} of {100-600} words in which a {job} finds a {product} in {city}.",
    "Rewrite for a {age}: {mail_body} {mail_body}",
    "List {5-20} risks of {topic} for {industry} and rank them.",
    "Extract every name, sum and date as JSON: {mail} {mail_body}",
    "Debate {policy}: a {school} against a {school}, {3-8} turns each.",
    "Draft a polite refusal: {mail}",
    "Summarise in {10-60} words: {storyline} {mail_body} {storyline} {note}. {mail_body}",
    "Create a quiz of {5-15} questions on {event} with answers.",
    "Describe {phenomenon} without using numbers or formulas.",
    "A customer of {company} writes: {mail_body} Answer as {tone} support.",
    "Turn into a table: {first} {money} {city}; {first} {money} {city}; {first} {money} {city}; {first} {money} {city}",
)
_AGES = {"age": ("child of {6-12}", "lawyer", "retired {job}", "newcomer to {city}", "busy manager", "teenager")}
_G = ALL.with_tables(_AGES)
_DRESS = (
    "{t}",
    "{t}",
    "{t}",
    "For my {occ}: {t}",
    "Could you do this for me? {t}",
    "{t} It's for {kin}.",
    "{t}\n\nA full answer please.",
    "need this by {weekday}: {t}",
)


def _item(rng: Random, index: int) -> str:
    """Return the instruction at *index*; a seed of the list gives eight variants in a row."""
    form = _ACTS[Random(f"seed/{index // 8}").randrange(len(_ACTS))]
    return _G.say(rng, form)


def _work(seed: str, place: int, n: int, rng: Random, voice: Voice) -> Iterator[Task]:
    own = tasks_of(choose(rng, [k for k in KINDS if k.client == "web"]), rng, voice)
    dress, cover = rng.sample(_DRESS, 4), rng.uniform(0.42, 0.58)
    for item in dealt(seed, place, n, _item):
        while rng.random() < cover:
            yield next(own)
        said = _G.say(
            rng, rng.choice(dress).replace("{occ}", rng.choice(("class", "blog", "team", "course", "newsletter")))
        ).replace("{t}", item)
        follow = [_G.draw(rng, "more")] if rng.random() < 0.5 else []
        yield Task(voice.speak(rng, said), follow_ups=follow)


def _members(rng: Random, n: int) -> Sequence[Member]:
    seed, members = f"instructions/{rng.getrandbits(64)}", []
    for place, account in enumerate(front_accounts(rng, n, columns=(), part=0.0, days=260.0, paid=0.6)):
        mine = Random(f"{rng.getrandbits(64)}")
        agent = agent_of(mine, 0.05)
        members.append(
            Member(
                account=account,
                tasks=_work(seed, place, n, mine, voice_of(mine)),
                user_agent=agent,
                client_fingerprint=fingerprint(agent),
                addresses=home(mine),
            )
        )
    return members


CROWD = Crowd(
    name="harvest_half_cover",
    author="alder",
    sentence=(
        "A harvest of instructions from one list in each account's own voice, half hidden among a persona's errands."
    ),
    is_harvest=True,
    one_list=True,
    accountability="unknown",
    habits=Habits(
        per_day=11.0,
        spread=0.6,
        active_days=0.7,
        hours=(6.0, 23.5),
        answer_tokens=480.0,
        answer_spread=0.7,
        follow_up=0.3,
    ),
    members=_members,
    usual_size=100,
    notes="Nothing is shared; the cover is that of one kind of ordinary people for each account.",
)
