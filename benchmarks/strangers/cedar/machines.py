"""What small programmes ask: a shop's bot, an agent in an editor, nightly jobs, a chat server's toy."""

from collections.abc import Iterator
from random import Random

from strangers.cedar.folk_home import HOME_WORDS
from strangers.cedar.folk_work import WORK_WORDS
from strangers.cedar.loom import listed, merged, taste, weave
from strangers.cedar.words import WORDS
from strangers.contract import Task

__all__ = ["MACHINES", "machine"]

_OWN: dict[str, list[str]] = {
    "buyer": listed(
        "where is my order {10000-99999}?,do you ship to {place},is the {colour} one back in stock,"
        "can i return {ware} after {10-40} days,the {ware} arrived {fault_short},"
        "what size for {90-199} cm,discount for {3-40} pieces?,open on {weekday}?,"
        "my code {firm} doesn't work,need invoice for {date},are your {ware} {diet},hello??,human please"
    ),
    "fault_short": listed("scratched,wet,in the wrong colour,without the lid,two days late,half empty"),
    "feed": [
        (
            "{firm} said on {weekday} that {issue}. Shares fell {1-9}% in {place}. Chief "
            "executive {first} {last} blamed {metric}."
        ),
        "Council in {place} votes on {money} for a new bridge; {first} {last} objects, a decision is due by {date}.",
        (
            "Researchers in {place} report on {thesis}: {20-900} samples, {stat}, effect "
            "{2-48}%. Critics want replication."
        ),
    ],
    "mail": [
        "From: {email}\nSubject: {issue}\n\n{first}, can you look at it before {hour}? {trouble}.\n{last}",
        (
            "From: {email}\nSubject: Re: {ware}\n\nWe would take {10-400} at {money}. Delivery "
            "to {place} by {date}?\n{first}"
        ),
        "From: {email}\nSubject: {noun} {1000-9999}\n\nattached. {error} again since {date}",
    ],
    "step": [
        "In `src/{noun}/{verb}.ts` {error}. Fix it and run the tests.",
        "Add a `--{verb}` flag to {noun}s, default {2-50}",
        "Rename {noun} to {noun} across the {lib} module",
        "write the migration for {noun}s.{verb}ed_at",
        "why is test_{verb}_{noun}_{1-30} flaky?",
        "/commit",
        "Selected code:\n{code}\n\nMake it handle empty {noun}s",
        "extract {verb}{noun} into a hook",
        "bump {lib} to {2-19} and repair what breaks",
    ],
    "chat": [
        "{first}: who wins, {animal} or {animal}",
        "!ask {game} tips",
        "!roast {first}",
        "{first}: {verse} about {dish}",
        "!lore {hero}",
        "{last}: is {place} real",
        "!trivia {hobby}",
        "!8ball will {firm} hire me",
        "!eli5 {subject}",
    ],
    "phrase": ["{issue}.", "{ware}, {colour}, {2-90} pcs", "Please return the {noun} before {date}.", "{trouble}."],
    "page": [
        "{ware} | {firm} | {money} | {colour}, {diet}, made in {place}, {2-40} reviews, {1-5} stars",
        "{role}, {place}, {money} a year, start {date}, {firm}",
        "{firm}, {place}: {ware}, {metric} {2-60}%, founded {1950-2024}",
    ],
    "note": [
        "Log {date}: {error}; {error}; {noun}s {100-9999}, {verb}ed {10-990}",
        "{metric} {2-90}%, {metric} {2-90}%, {issue}",
    ],
}
_ALL = merged(WORDS, HOME_WORDS, WORK_WORDS, _OWN)
# kind, system prompts, prompts, tools, first SDK kinds
MACHINES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], int], ...] = (
    (
        "shop bot",
        (
            (
                "You are the helper of {firm!}, a shop for {ware} in {place}. Answer in {size}, "
                "be {tone}. Returns within "
                "{14-60} days. If unsure, give {email}."
            ),
            "{firm!} chat. Only talk about {ware}. Never promise a date.",
        ),
        ("{buyer}",),
        0,
    ),
    (
        "editor agent",
        (
            "You are a coding assistant inside the user's editor. Workspace: ~/{noun}-{verb}. Language: {lang}.",
            "You edit files with tools. House rules: {lang}, {lib}, no comments, small diffs.",
        ),
        ("{step}",),
        9,
    ),
    (
        "news digest",
        ("Summarise in {size}, {tone}, for a reader in {place}.", "Return title and gist as JSON."),
        ("{feed}\n{feed}", "{feed}"),
        0,
    ),
    (
        "mail sorter",
        (
            "Label the mail: urgent, sales, {noun}, other. One word.",
            "Which of {first}, {first}, {first} should answer? Give name and reason.",
        ),
        ("{mail}",),
        0,
    ),
    (
        "chat server toy",
        ("You are {hero}, the bot of a server about {game}. Stay in character, {size}.",),
        ("{chat}",),
        0,
    ),
    (
        "translator job",
        ("Translate to {tongue}. Keep numbers.", "{tongue} for the catalogue of {firm!}, {tone}"),
        ("{phrase}\n{phrase}\n{phrase}", "{phrase}", "{phrase} {phrase}"),
        0,
    ),
    (
        "scraper",
        ("Extract name, price, place as JSON.", "Columns: firm; place; number. No prose."),
        ("{page}\n{page}",),
        0,
    ),
    (
        "nightly report",
        ("Write the morning report for {firm!}. {size}.", "Find what is odd in the night's log."),
        ("{note}\n{note}\n{note}", "{note}\n{note}"),
        0,
    ),
)


def machine(rng: Random, kind: int) -> Iterator[Task]:
    """Yield what one small programme sends: one system prompt, its owner's matters."""
    name, systems, prompts, n_tools = MACHINES[kind]
    own = taste(rng, _ALL, 0.3)
    system, form = weave(rng, rng.choice(systems), own), rng.choice(prompts)
    tools = f"tools_editor_{rng.choice('abcde')}" if n_tools else None
    chatty = name in ("shop bot", "editor agent", "chat server toy")
    while True:
        later = [weave(rng, form, own) for _ in range(rng.randrange(4))] if chatty else []
        yield Task(weave(rng, form, own), system, later, n_tools, tools)
