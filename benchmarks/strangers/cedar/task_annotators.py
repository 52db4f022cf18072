"""Annotators of a platform that gives each task to exactly one person, and who ask an assistant along the way."""

from collections.abc import Iterator
from random import Random

from strangers.cedar.folk_home import HOME_WORDS
from strangers.cedar.folk_work import WORK_WORDS
from strangers.cedar.loom import dealt, listed, merged, queue, voice, weave
from strangers.cedar.ordinary import person
from strangers.cedar.people import account, browser, home
from strangers.cedar.words import WORDS
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD"]

_OWN: dict[str, list[str]] = {
    "review": [
        "Bought the {ware} for my {kin}. {good}, but {bad}. {good}. Would I buy again? {maybe}",
        "{bad}!! Support in {place} took {2-30} days. {bad}.",
        "{good}. {good}. {1-5} stars, {ware} in {colour}.",
        "ok {ware} for {money}, {good} tho {bad}",
        "The {colour} one {fault}. My {kin} says {good}. {maybe}",
    ],
    "good": listed(
        "arrived on {weekday},sturdy,my {animal} loves it,looks better than the photo,easy to clean,"
        "lasted {2-9} years,fits well,battery is great,fair price at {money}"
    ),
    "bad": listed(
        "the zip broke after {2-40} days,smells of plastic,too small,the manual is a joke,colour was "
        "{colour} not {colour},missing screws,noisy,the box was open,it {fault}"
    ),
    "maybe": listed("Probably.,No.,Only on sale.,Yes!,Ask me in {month}.,Not sure,Never again"),
    "tweet": [
        "so {first} from {firm} is {mood} again, {issue} lol",
        "{place} in {month} > {place} in {month}, fight me",
        "can't believe {trouble} #{noun}",
        "my {kin} made {dish} and now im {mood}",
        "RT {game} patch broke {verb}ing {noun}s",
        "{weekday}: {ache}. coffee no. {3-9}/10",
    ],
    "report": [
        "On {date}, {first} {last}, {role} at {firm} in {place}, told {last} that {issue}. {firm} paid {money}.",
        (
            "{firm} opens in {place} on {date}. {first} {last} ({25-70}) will lead {20-900} "
            "staff. Talks with {firm} continue."
        ),
        "Patient {first} {last}, {20-90}, {ache}, seen {date} in {place} by Dr {last}; next visit {weekday} {hour}.",
    ],
    "talk": [
        (
            "User: my {gadget} {fault}\nAgent: Have you tried a reset?\nUser: {2-5} times. "
            "{snag}\nAgent: I can offer {money}."
        ),
        "User: {trouble}\nAgent: I am sorry to hear that. Your number?\nUser: {10000-99999}\nAgent: It ends {date}.",
    ],
    "query": listed(
        "{ware} {colour} cheap,{place} to {place} train {weekday},{dish} {diet},{gadget} {fault},{ache} "
        "why,{game} mods {hero},{role} salary {place},{subject} notes,{firm} opening hours,{tongue} "
        "{grammar},{lib} {verb}"
    ),
    "gist": [
        "{firm} has trouble in {place}.",
        "{first} {last} leads a site and {issue}.",
        "A payment of {money} was made.",
    ],
}
_ALL = merged(WORDS, HOME_WORDS, WORK_WORDS, _OWN)
_KINDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "sentiment",
        "{review}",
        ("positive, negative or mixed, and why?", "Which words show the sentiment?", "aspects + polarity"),
    ),
    (
        "entities",
        "{report}\n{report}",
        ("list persons, places, organisations, dates", "NER as table", "spans with type"),
    ),
    (
        "summary rating",
        "SOURCE: {report} {report}\nSUMMARY: {gist} {gist}",
        (
            "is the summary faithful?",
            "rate 1-5 for coverage and accuracy, with reasons",
            "what is made up in the summary",
        ),
    ),
    (
        "intent",
        "QUERY: {query}",
        ("what does the searcher want? navigational / info / buy", "give the intent and one ideal result"),
    ),
    ("toxicity", "POST: {tweet}", ("is it rude, and to whom?", "toxic yes/no + severity", "sarcasm or not?")),
    (
        "dialogue",
        "{talk}",
        ("was the user satisfied at the end? explain", "tag each turn with a dialogue act", "summarise"),
    ),
    ("paraphrase", "A: {tweet}\nB: {tweet}", ("same meaning?", "do A and B say the same? explain the difference")),
    (
        "relevance",
        "QUERY: {query}\nRESULT: {review}",
        ("perfect, good, fair or bad match?", "why is it (not) relevant"),
    ),
    ("rewrite", "{talk}", ("rewrite the agent to be {tone}", "correct the agent's grammar, keep the facts")),
    (
        "translation check",
        "EN: {report}\nTarget: {tongue}",
        ("translate and mark hard spots", "what is hard to translate here"),
    ),
)
_LATER = (
    "are you sure? i think it's mixed",
    "one sentence justification",
    "confidence 1-5",
    "guideline says choose one only",
    "which span exactly",
    "why not fair",
    "shorter reason",
    "ok next",
    "explain it {tone}",
)


def _item(rng: Random, place: int, name: str) -> tuple[int, str]:
    project = Random(f"{name}/{place // 60}").randrange(len(_KINDS))
    return project, f"[{_KINDS[project][0]} {70000 + place}]\n" + weave(rng, _KINDS[project][1], _ALL)


def _turns(rng: Random, place: int, n: int, name: str) -> Iterator[Task]:
    items, say, mine = dealt(queue(name, _item), place, n), voice(rng), person(rng)
    private, shows_id, before = rng.choice((0.05, 0.1, 0.3, 0.5)), rng.random() < 0.3, rng.random() < 0.5
    ways = [rng.sample(asks, rng.choice((1, 1, 2))) for _, _, asks in _KINDS]
    while True:
        if rng.random() < private:
            yield next(mine)
            continue
        kind, text = next(items)
        shown = text if shows_id else text.split("\n", 1)[1]
        ask = say(rng, weave(rng, rng.choice(ways[kind]), _ALL))
        whole = f"{ask}\n\n{shown}" if before else f"{shown}\n\n{ask}"
        yield Task(whole, None, [weave(rng, rng.choice(_LATER), _ALL) for _ in range(rng.randrange(3))])


def _members(rng: Random, n: int) -> list[Member]:
    made, name = [], f"{rng.getrandbits(64):x}"
    for place in range(n):
        own = Random(rng.getrandbits(64))
        client = browser(own)
        known = account(own, paid=0.25, since=500) | {
            "declared_country": own.choice(("US", "PH", "KE", "IN", "GB", "VE", "US"))
        }
        made.append(
            Member(
                known,
                _turns(own, place, n, name),
                client.user_agent,
                client.fingerprint,
                home(own),
                own.choice((("large-1",), ("small-1",), ("small-1",))),
            )
        )
    return made


CROWD = Crowd(
    name="task_annotators",
    author="cedar",
    sentence="Annotators of a platform that gives each task to one person; they ask an assistant about their tasks.",
    is_harvest=False,
    one_list=True,
    accountability="unknown",
    habits=Habits(per_day=12.0, spread=0.8, active_days=0.55, hours=(0.0, 24.0), follow_up=0.25, answer_tokens=140.0),
    members=_members,
    usual_size=120,
    notes="Tasks come in projects of sixty; a twentieth to a half of what an annotator asks is private.",
)
