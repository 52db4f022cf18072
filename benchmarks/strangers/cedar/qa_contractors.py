"""Contractors whom a client pays to write questions and answers from its own pages."""

from collections.abc import Iterator
from random import Random

from strangers.cedar.client_pages import page
from strangers.cedar.loom import dealt, queue, voice
from strangers.cedar.ordinary import person
from strangers.cedar.people import account, browser, home
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD"]

_RULES = (
    "Guidelines v{v}: {k} pairs per page. Questions as a customer would ask them, no "
    "yes/no. Answers only from the page, at "
    "most 60 words, no marketing. Mark the difficulty (easy, medium, hard). At least "
    "one question needs two sentences of "
    "the page."
)
_ASKS = (
    "Write {k} questions and answers from this page.\n\n{p}",
    "{p}\n\n{k} Q&A from the above please",
    "page {u}\n{p}\n\nQ/A x{k}",
    "Which questions would a customer have who reads this?\n\n{p}",
    "{r}\n\nPAGE {u}\n{p}",
    "{r}\n---\n{p}",
    "Here is a support page. I need {k} question/answer pairs, mixed difficulty, table with 3 columns.\n\n{p}",
    "Only hard questions for this one ({u}):\n{p}",
    "q and a:\n{p}",
    'check my question and answer against the page. Q: what does it say about "{h}"? A: see first step.\n\n{p}',
    "reword {k} questions so they sound less robotic, page is:\n{p}",
)
_LATER = (
    "one more hard one",
    "too long, max 60 words",
    "answer 2 isn't on the page",
    "replace the yes/no question",
    "as csv",
    "next page coming",
    "more natural questions",
    "merge 1 and 3",
    "ok",
    "mark difficulty",
    "without quotes",
)


def _shift(rng: Random, place: int, n: int, name: str) -> Iterator[Task]:
    pages = dealt(queue(name, page), place, n)
    say, mine, private = voice(rng), person(rng), rng.choice((0.0, 0.0, 0.05, 0.15, 0.3))
    ways, k, v = rng.sample(_ASKS, rng.choice((1, 1, 2, 3))), rng.choice((3, 5, 5, 5, 8)), rng.choice(("2", "2.1", "3"))
    rules = _RULES.replace("{v}", v).replace("{k}", str(k))
    system = rules if rng.random() < 0.12 else None
    while True:
        if rng.random() < private:
            yield next(mine)
            continue
        address, text = next(pages)
        if rng.random() < 0.15:
            text = text[: rng.randint(len(text) // 2, len(text))]
        form = rng.choice(ways)
        ask = (
            form.replace("{k}", str(k))
            .replace("{r}", rules)
            .replace("{u}", address)
            .replace("{h}", text.split("\n")[0])
        )
        ask = ask.replace("{p}", text)
        if not form.startswith(("{p}", "{r}")):
            ask = say(rng, ask)
        yield Task(ask, system, rng.sample(_LATER, rng.randrange(4)))


def _members(rng: Random, n: int) -> list[Member]:
    made, name = [], f"{rng.getrandbits(64):x}"
    for place in range(n):
        own = Random(rng.getrandbits(64))
        client = browser(own)
        made.append(
            Member(
                account(own, since=400, paid=0.4),
                _shift(own, place, n, name),
                client.user_agent,
                client.fingerprint,
                home(own),
                own.choice((("large-1",), ("small-1",), ("large-1", "small-1"))),
            )
        )
    return made


CROWD = Crowd(
    name="qa_contractors",
    author="cedar",
    sentence="Contractors who write questions and answers from a client's pages, each page given to one of them.",
    is_harvest=False,
    one_list=True,
    accountability="unknown",
    habits=Habits(per_day=9.0, spread=0.6, active_days=0.6, hours=(6.0, 22.0), follow_up=0.35, answer_tokens=330.0),
    members=_members,
    usual_size=96,
    notes="The client's guidelines are pasted by some; wording, clients and addresses are each contractor's own.",
)
