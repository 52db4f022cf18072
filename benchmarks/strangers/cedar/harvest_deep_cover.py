"""A harvest in which four fifths of what each account asks is cover unrelated to the list."""

from collections.abc import Iterator
from random import Random

from strangers.cedar.folk_home import HOME_WORDS
from strangers.cedar.folk_work import WORK_WORDS
from strangers.cedar.loom import dealt, listed, merged, queue, voice, weave
from strangers.cedar.ordinary import person
from strangers.cedar.people import account, browser, home, sdk
from strangers.cedar.words import WORDS
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD"]

_OWN: dict[str, list[str]] = {
    "limit": listed(
        "at most {40-300} words,without the letter {letter},as a table,in {2-8} steps,for {crowd},in a "
        "{tone} tone,with one counterexample,as JSON,with {2-5} sources of error,in rhyme,as a dialogue "
        "of {first} and {first}"
    ),
    "letter": list("abcdghkmpqvwz"),
    "struct": listed(
        "a heap,a trie,a ring buffer,an interval tree,a bloom filter,a union-find,a skip list,an LRU cache"
    ),
    "claim": listed(
        "{metric} predicts {metric},{thesis} explains {thesis},every {noun} needs a {noun},{subject} is "
        "a special case of {subject},{ware} sell better in {month},{stat} is always safe with {20-200} "
        "subjects"
    ),
    "plot": listed("{hero} must {verb} a {noun} before {hour},{twist}"),
}
_ALL = merged(WORDS, HOME_WORDS, WORK_WORDS, _OWN)
_SKILLS = (
    "Implement {struct} in {lang} that can {verb} {noun}s, {limit}.",
    "Explain how {struct} helps to {verb} {20-900}k {noun}s, {limit}.",
    "Argue against the claim that {claim}, {limit}.",
    "Find the flaw: 'Since {claim} and {claim}, {claim}.'",
    "Compare {stat} and {stat} for a study on {thesis}, {limit}.",
    "Write a scene in which {plot} and {plot}, {limit}.",
    (
        "Given the schema {noun}(id, {noun}_id, total) and {noun}(id, name), write SQL "
        "that finds each {noun} with more than {2-90} "
        "{noun}s in {month}, {limit}."
    ),
    "Turn into a formal definition: {claim}, {limit}.",
    "Design a {2-9} week curriculum on {subject} and {topic}, {limit}.",
    "A {role} and a {role} disagree on whether {issue}. Mediate, {limit}.",
    "Debug and explain, {limit}:\n{code}",
    "Summarise what is known on {thesis} and state what would change your mind about '{claim}', {limit}.",
    "Plan the launch of {ware} in {place} with {money}, name risks and their odds, {limit}.",
    "Translate the idea of {subject} to a domain such as {hobby}, {limit}.",
    "Estimate the number of {noun}s in {place}, {limit}.",
    "Write unit tests that would catch {error} in\n{code}",
    "What follows if {claim}? Chain at least {3-7} consequences, {limit}.",
    "Rewrite for {crowd}, {limit}: {firm} regrets that {issue}; {trouble}.",
    "Prove or refute: {struct} can be {verb}d in O(log n), {limit}.",
    "Extract who, what, when, how much, {limit}: on {date}, {first} {last} of {firm} paid {money} because {issue}.",
)


def _seed_task(rng: Random, place: int, name: str) -> str:
    return weave(rng, Random(f"{name}/{place // 12}").choice(_SKILLS), _ALL)


def _agent(rng: Random, place: int, n: int, name: str) -> Iterator[Task]:
    wanted, cover, say = dealt(queue(name, _seed_task), place, n), person(rng), voice(rng)
    part = min(0.3, max(0.12, rng.gauss(0.2, 0.03)))
    spoken = rng.random() < 0.6
    while True:
        if rng.random() >= part:
            yield next(cover)
            continue
        text = next(wanted)
        yield Task(say(rng, text) if spoken else text, None, rng.sample(("go on", "why?", "shorter", "an example?"), 2))


def _members(rng: Random, n: int) -> list[Member]:
    made, name = [], f"{rng.getrandbits(64):x}"
    for place in range(n):
        own = Random(rng.getrandbits(64))
        shown = sdk(own) if own.random() < 0.08 else browser(own)
        models = own.choice((("large-1",), ("large-1",), ("large-1", "small-1")))
        made.append(
            Member(
                account(own, paid=0.6),
                _agent(own, place, n, name),
                shown.user_agent,
                shown.fingerprint,
                home(own),
                models,
            )
        )
    return made


CROWD = Crowd(
    name="harvest_deep_cover",
    author="cedar",
    sentence="A harvest whose accounts each ask a fifth from one list of seed tasks, and ordinary things otherwise.",
    is_harvest=True,
    one_list=True,
    accountability="unknown",
    habits=Habits(per_day=9.0, spread=0.7, active_days=0.7, hours=(6.0, 24.0), follow_up=0.35, answer_tokens=330.0),
    members=_members,
    usual_size=120,
    notes="Nothing is shared. Each account keeps one persona of cover, like a person of the ordinary crowd.",
)
