"""A harvest of graded answers: scores by rubric and preferences between two answers, under false names."""

from collections.abc import Iterator
from random import Random

from strangers.cedar.folk_home import HOME_WORDS
from strangers.cedar.folk_work import WORK_WORDS
from strangers.cedar.fronts import client, front_accounts
from strangers.cedar.loom import dealt, listed, merged, queue, weave
from strangers.cedar.ordinary import PERSON_KINDS, person
from strangers.cedar.words import WORDS
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD"]

_OWN: dict[str, list[str]] = {
    "start": listed(
        "Great question!,Sure., ,There are several things to consider.,In short: it depends on {noun}.,I "
        "understand that you are {mood}.,Here is what I would do.,Let me break this down."
    ),
    "body": [
        "First, look at the {noun} and compare it with {subject}; about {10-90}% of cases are solved like this.",
        "You could {verb} the {noun} before {hour}, which costs around {money}.",
        "Many people in {place} prefer {ware} for that.",
        "According to a study from {1980-2024}, {thesis} is linked to {thesis}.",
        "Try {food} instead of {food}, it is {diet}.",
        "If {snag}, wait {2-9} days and repeat.",
        "1. {verb} the {noun}\n2. check the {noun}\n3. tell {first}",
        "The key idea of {subject} is that the {noun} never leaves the {noun}.",
        "Use {sheet} or {lib}; both {verb} {noun}s.",
        "I am not a doctor, but {ache} usually passes.",
        "Write to {first} in a {tone} way and name {date} as the limit.",
        "```\n{code}\n```",
        "Note that {issue}, so be careful with {money}.",
        "{hobby} helps against it, {2-5} times a week.",
    ],
    "close": listed(
        "I hope this helps!,Let me know if you want more on {noun}.,Good luck with the {noun}.,In the "
        "end it is your choice., , ,In conclusion {subject} matters."
    ),
    "answer": [
        "{start} {body} {close}",
        "{start} {body} {body} {close}",
        "{body}\n\n{body}\n\n{body}",
        "{start}\n- {body}\n- {body}\n- {body}\n{close}",
        "{body}",
    ],
    "axis": listed(
        "helpfulness,accuracy,depth,clarity,harmlessness,tone,instruction following,concision,honesty,structure"
    ),
    "rule": [
        "{axis}: {0-1} = poor, {4-10} = excellent",
        "{axis} counts {10-50}%",
        "take off {1-3} if {fault_of}",
        "full marks only if the answer has {need}",
        "{axis} (1-{5-10})",
    ],
    "fault_of": listed(
        "a number is made up,it ignores a constraint,it lectures,it is longer than needed,the code does not run"
    ),
    "need": listed("a concrete next step,a stated uncertainty,an example,the right unit,no filler,both sides"),
}
_ALL = merged(WORDS, HOME_WORDS, WORK_WORDS, _OWN)
_PAIR = (
    "[User question]\n{q}\n\n[Answer A]\n{a}\n\n[Answer B]\n{b}\n\nWhich is better? Explain, then write A, B or tie.",
    (
        "Two assistants replied to a user. Compare them on {axis}, {axis} and {axis}, "
        "then give a verdict.\n\nUser: {q}\n\nFirst: {a}\n\n"
        "Second: {b}"
    ),
    "q: {q}\n\nI have these two replies and need to pick one.\n\n#1 {a}\n\n#2 {b}\n\nwhich and why",
    'Prompt: {q}\nResponse 1: {a}\nResponse 2: {b}\nReturn JSON {"reasoning": ..., "preferred": 1|2, "margin": 1-5}.',
)
_SCORE = (
    (
        "Grade the reply with this rubric.\n- {rule}\n- {rule}\n- {rule}\n\nPrompt: "
        "{q}\n\nReply: {a}\n\nGive a reason per line, then a "
        "total."
    ),
    "{q}\n\n---\n{a}\n---\nRate {axis} and {axis} from 1 to 10 with a critique of {3-6} sentences.",
    "Critique this answer and improve it.\n\nQuestion: {q}\n\nAnswer: {a}",
    "You mark answers. Criteria: {rule}; {rule}. Question: {q} Answer: {a} Output: score and rationale",
    "Write a rubric of {4-8} criteria for judging answers to: {q}",
    "is this a good answer? {q}\n>> {a}\n\nbe strict on {axis}",
)
_SYSTEMS = (
    None,
    None,
    None,
    "You are an impartial judge.",
    "You are a strict examiner. Do not be swayed by length or order.",
    "Evaluate fairly and explain yourself.",
)


def _case(rng: Random, place: int, name: str) -> dict[str, str]:
    kind = Random(f"{name}/{place // 25}").randrange(len(PERSON_KINDS))
    question = weave(rng, rng.choice(PERSON_KINDS[kind][1]), _ALL)
    return {"{q}": question, "{a}": weave(rng, "{answer}", _ALL).strip(), "{b}": weave(rng, "{answer}", _ALL).strip()}


def _judge(rng: Random, place: int, n: int, name: str) -> Iterator[Task]:
    cases, cover, system = dealt(queue(name, _case), place, n), person(rng), rng.choice(_SYSTEMS)
    forms = rng.sample(_PAIR, rng.choice((1, 2))) + rng.sample(_SCORE, rng.choice((0, 1, 2, 3)))
    hides = rng.choice((0.0, 0.0, 0.1))
    while True:
        if rng.random() < hides:
            yield next(cover)
            continue
        text = weave(
            rng,
            rng.choice(forms),
            {"axis": _OWN["axis"], "rule": _OWN["rule"], **{k: _OWN[k] for k in ("fault_of", "need")}},
        )
        for slot, value in next(cases).items():
            text = text.replace(slot, value)
        yield Task(
            text, system, rng.sample(("swap the order, same verdict?", "be stricter", "as JSON", "why not a tie?"), 1)
        )


def _members(rng: Random, n: int) -> list[Member]:
    known = front_accounts(rng, n, 1 / 3, ("payment_fingerprint", "phone_digest"), waves=4)
    made, name = [], f"{rng.getrandbits(64):x}"
    for place in range(n):
        own = Random(rng.getrandbits(64))
        shown, where = client(own, 0.7)
        made.append(Member(known[place], _judge(own, place, n, name), shown.user_agent, shown.fingerprint, where))
    return made


CROWD = Crowd(
    name="harvest_grading",
    author="cedar",
    sentence="A harvest of scores by rubric and of preferences between two answers; a third "
    "shares payment or telephone.",
    is_harvest=True,
    one_list=True,
    accountability="concealed",
    habits=Habits(
        per_day=18.0,
        spread=0.5,
        active_days=0.8,
        hours=(0.0, 24.0),
        follow_up=0.06,
        answer_tokens=310.0,
        answer_spread=0.5,
        max_output_tokens=1024,
        temperature=0.3,
    ),
    members=_members,
    usual_size=60,
    notes="The questions look like those of ordinary people, the answers like those of a small model.",
)
