"""Pupils who ask the questions of one exam while it is written."""

from collections.abc import Iterator
from random import Random

from strangers.contract import Crowd, Habits, Member, Task
from strangers.dogwood.grammar import Tongue, Voice, alternatives
from strangers.dogwood.identities import account, address, client
from strangers.dogwood.kinds import KINDS, person_tasks
from strangers.dogwood.wordstock import TABLES

__all__ = ["CROWD"]

_QUESTIONS = (
    "Describe two causes and two effects of {subject}. ({#4-8} marks)", ("Compare {subject} with {subject}. Refer to "
        "Source {letter}. ({#6-16} marks)"),
    ("A trolley of mass {#2-9} kg moves at {#2-20} m/s and hits a wall in {#1-9} ms. Calculate the mean force. "
        "({#3-5} marks)"),
    "Solve {#2-9}x² - {#3-30}x + {#1-20} = 0. Give your answers to {#2-3} decimal places. ({#3-4} marks)",
    "Source {letter}: {para} How useful is Source {letter} for a study of {subject}? ({#8-12} marks)",
    "State what is meant by {subject}. (2 marks)", ("The table shows the {metric} of a firm.\n{csv}\nDescribe the "
        "trend. ({#3-6} marks)"),
    "\"{subject} was more important than {subject}.\" How far do you agree? ({#12-20} marks)",
    "{#20-60} cm³ of acid reacts with {#1-9}.{#1-9} g of zinc. Calculate the volume of gas. ({#3-5} marks)",
    "Explain why {person} chose {#3-12} samples in the study of {thesis}. ({#2-4} marks)",
)  # fmt: skip
_PREFACES = alternatives("|||answer this|quick|help asap|{#4-9} sentences max|in simple words|q{#1-24}|write like a "
        "{#14-18} year old|only the answer|"
                         "need it in {#2-10} min")  # fmt: skip
_FOLLOW = alternatives(
    "shorter|is that right?|simpler words|other reason?|show working|less ai sounding|for "
    "{#2-12} marks|ok next|b)|c)|and part b"
)


def _paper(seed: int) -> list[str]:
    """Return the questions of the exam."""
    rng = Random(f"{seed}/paper")
    subjects = rng.sample(list(TABLES["subject"]), 9)
    tongue = Tongue(rng, {**TABLES, "letter": ("A", "B", "C"), "subject": subjects})
    return [f"{k + 1}. " + tongue.say(rng.choice(_QUESTIONS)) for k in range(24)]


def _sits(rng: Random, paper: list[str]) -> Iterator[Task]:
    """Yield what one pupil asks in the exam, then, of some, a little homework."""
    tongue, voice = Tongue(rng, TABLES, 0.5), Voice(rng, rng.uniform(0.0, 0.4))
    picked = sorted(rng.sample(range(len(paper)), rng.randint(4, 14)))
    habit, preface = rng.choice(("photo", "retype", "retype", "part")), rng.sample(_PREFACES, 3)
    for number in picked:
        text = paper[number]
        if habit != "photo" and rng.random() < 0.8:
            text = text.split(". ", 1)[1]
        if habit == "part" or (habit == "retype" and len(text) > 160):
            text = text.split(" (")[0]
        said = tongue.say(rng.choice(preface))
        text = text if habit == "photo" else voice.type(text.replace("\n", " "))
        yield Task(f"{said}\n{text}".strip(), None, tuple(tongue.say(rng.choice(_FOLLOW)) for _ in range(3)))
    homework = person_tasks(rng, [KINDS["pupil"]])
    for _ in range(rng.choice((0, 0, 0, 2, 5, 9))):
        yield next(homework)


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* pupils of some schools: phones on mobile gateways, a few on the school's network."""
    paper, school = _paper(rng.getrandbits(40)), [address(rng) for _ in range(5)]
    found = []
    for _ in range(n):
        where = [address(rng, "mobile")] if rng.random() < 0.75 else [rng.choice(school)]
        who = account(rng, paid=0.06, own_domain=0.0, age_days=(0, 400))
        who["declared_country"] = "GB" if rng.random() < 0.9 else who["declared_country"]
        agent, fingerprint = client(rng, rng.choice(("mobile", "mobile", "mobile", "web")))
        found.append(
            Member(who, _sits(Random(rng.getrandbits(64)), paper), agent, fingerprint, where, ("small-1", "large-1"))
        )
    return found


CROWD = Crowd(
    name="exam_cheats",
    author="dogwood",
    sentence="Pupils who photograph or retype the questions of one exam within three hours, and so collide.",
    is_harvest=False,
    one_list=False,
    accountability="unknown",
    habits=Habits(per_day=13.0, spread=0.25, active_days=1.0, hours=(8.0, 11.0), answer_tokens=170.0, follow_up=0.25),
    members=members,
    usual_size=45,
    notes="The tasks are finite, so that nearly all of them fall on the first day.",
)
