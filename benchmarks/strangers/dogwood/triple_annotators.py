"""Annotators of a platform that gives each task to three of them; they ask for help with what they are given."""

from collections.abc import Iterator
from random import Random

from strangers.contract import Crowd, Habits, Member, Task
from strangers.dogwood.grammar import Tongue, Voice, alternatives, deal
from strangers.dogwood.identities import account, client, home_set
from strangers.dogwood.wordstock import TABLES

__all__ = ["CROWD"]

_ITEMS = (
    "Post: \"my {relative} {deed}. {phrase}\"\nLabels: harmless / rude / threat / self-harm / spam",
    "Query: {ask}\nResult: {company} in {town}, {product}\nRelevance 1-5?",
    "Answer A: {para}\nAnswer B: {para}\nWhich is more helpful, and why?",
    "Text: {para}\nMark every person, organization and place.",
    "Review: \"{product} {fault}, {#1-5} stars, {tone} seller\"\nSentiment per aspect (price, quality, delivery)?",
    "Document: {para}\nSummary: {para}\nIs each sentence of the summary supported?",
    "User: {ask}\nIntent: order_status / return / opening_hours / complaint / other",
    "Premise: {para}\nHypothesis: {person} lives in {town}.\nentailment / neutral / contradiction",
    "Caption: {hero} with {product} in {town}. Does it fit the picture description: {hero}, {weekday}, {product}?",
)  # fmt: skip
_PREFACES = alternatives(
    "which label?|what would you pick and why|help me label this|Task {#100000-999999}:|not sure about this "
    "one|Label the following and give a "
    "reason in one sentence.|||batch {#10-99}, item {#1-200}|check my answer: second option|pick one:|is this a "
    "trick question?|guideline says to "
    "be strict"
)
_FOLLOW = alternatives(
    "sure?|reason in {#8-25} words|what if it is sarcasm|next one is similar|ok|guideline "
    "{#1-9}.{#1-9} says otherwise|shorter"
)


def task_text(seed: int, number: int) -> str:
    """Return task *number* of the platform, which comes in batches of one sort."""
    rng = Random(f"{seed}/task/{number}")
    sort = Random(f"{seed}/batch/{number // 160}").randrange(len(_ITEMS))
    return Tongue(rng, TABLES).say(_ITEMS[sort if rng.random() < 0.8 else rng.randrange(len(_ITEMS))])


def _work(rng: Random, seed: int, place: int, n: int) -> Iterator[Task]:
    """Yield what one annotator asks about the tasks that the platform gives to it."""
    tongue, voice = Tongue(rng, TABLES, 0.5), Voice(rng)
    prefaces, after = rng.sample(_PREFACES, 3), rng.random() < 0.3
    system = rng.choice(
        (None, None, None, None, "You help me with annotation work. Be short.", ("Answer with the label first."))
    )
    asks = rng.uniform(0.3, 0.95)
    for number in deal(seed, place, n, copies=3):
        if rng.random() > asks:
            continue
        text, preface = task_text(seed, number), voice.type(tongue.say(rng.choice(prefaces)) or "label:")
        if rng.random() < 0.15:
            text = text.split("\n")[0]
        parts = (text, preface) if after else (preface, text)
        yield Task(
            "\n\n".join(parts), system, tuple(voice.type(tongue.say(rng.choice(_FOLLOW)), opening=False) for _ in "ab")
        )


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* annotators with accounts, homes and clients of their own."""
    seed, found = rng.getrandbits(40), []
    for place in range(n):
        who = account(rng, paid=0.25, own_domain=0.01, age_days=(2, 400))
        if rng.random() < 0.6:
            who["declared_country"] = rng.choice(("KE", "PH", "IN", "IN", "NG", "VE", "EG", "US", "BR"))
        agent, fingerprint = client(rng, rng.choice(("web", "web", "web", "mobile")))
        found.append(Member(who, _work(Random(rng.getrandbits(64)), seed, place, n), agent, fingerprint, home_set(rng)))
    return found


CROWD = Crowd(
    name="triple_annotators",
    author="dogwood",
    sentence="Annotators of a platform that gives each task to three people, who paste it with words of their own.",
    is_harvest=False,
    one_list=True,
    accountability="unknown",
    habits=Habits(per_day=18.0, spread=0.7, active_days=0.65, hours=(4.0, 21.0), answer_tokens=120.0, follow_up=0.2),
    members=members,
    usual_size=120,
)
