"""Users of one coding agent: its system prompt, tools and client are the same, the repositories are their own."""

from collections.abc import Iterator
from random import Random

from strangers.contract import Crowd, Habits, Member, Task
from strangers.dogwood.grammar import Tongue, Voice, alternatives
from strangers.dogwood.identities import account, address, home_set
from strangers.dogwood.wordstock import TABLES

__all__ = ["CROWD", "SYSTEM"]

SYSTEM = (
    "You are Trowel, an interactive command line agent for software engineering. Use the tools to read, search, "
    "edit and run. "
    "Answer in fewer than four lines unless asked for detail. Never commit unless the user asks. Follow the "
    "conventions of the "
    "repository, look at neighbouring files before you write, and run the project's checks after a change. Refuse "
    "to write "
    "malicious code. If a TROWEL.md is present, obey it. Tools: read, glob, grep, edit, write, shell, todo, fetch, "
    "ask_user, plan."
)
_ROOTS = alternatives(
    "src|app|lib|pkg|internal|packages/core|crates|backend|web|services/api|cmd|tests|firmware|notebooks|mobile/src"
)
_ENDS = alternatives("py|ts|tsx|go|rs|rb|java|kt|swift|php|ex|cpp|cs|vue|sql|tf|yaml|sh|c|scala")
_ASKS = (
    "fix {file}: {module} fails when the {noun} is empty", "{module} in {file} should also {aim}", ("add tests for "
        "{file}"),
    "why does {file} import {module}?", "run the tests and fix what breaks", "we need to {aim} in {file}, plan first",
    "refactor {module} into its own file", "this came up in CI\n\n{trace}", ("upgrade {stack} in this repo and fix "
        "the fallout"),
    "write a migration that adds {noun}_id to {noun}s", "explain how {file} talks to {file}", ("delete dead code in "
        "{root}/"),
    "port this to {file}\n\n{code}", "look at these logs and find the cause in {file}\n\n{log}", ("implement issue "
        "#{#3-2900}: {aim}"),
    "make {file} pass the linter", "commit this, message about {noun}s", "add a --{noun} flag to {module}",
        "review my diff in {file}",
    "document {module}", "the {noun} page is slow, {#2-30}s, profile {file}", "rename {module} to {module}",
        "bump to {#0-9}.{#1-40}.0",
    "<tool_result name=\"read\" path=\"{file}\">\n\n{code}\n</tool_result>", ("<tool_result name=\"shell\" "
        "exit=\"1\">\n\n{trace}\n</tool_result>"),
    "<tool_result name=\"grep\">\n\n{file}:{#3-400}: {module}(\n{file}:{#3-400}: {module}(\n</tool_result>",
)  # fmt: skip
_FOLLOW = (
    "<tool_result name=\"edit\" path=\"{file}\">ok, {#1-40} lines changed</tool_result>", "yes", "continue",
        "no, keep {module} as it is",
    "<tool_result name=\"shell\" exit=\"0\">\n\n{#4-900} passed in {#1-90}.{#1-99}s</tool_result>", "go ahead",
        "now commit", "undo that",
    "<tool_result name=\"read\" path=\"{file}\">\n\n{code}\n</tool_result>", ("<tool_result name=\"shell\" "
        "exit=\"1\">\n\n{trace}</tool_result>"),
    "also in {file}", "tests still red\n\n{trace}", "use {stack} for that", "ok but simpler", "put it in {root}/{noun}",
)  # fmt: skip


def _repository(rng: Random) -> dict[str, object]:
    """Return the words of one repository: its files, its names, its parts."""
    free = Tongue(rng, TABLES)
    names = [free.say("{module}") for _ in range(rng.randint(15, 90))]
    nouns = sorted({name.split("_")[2] for name in names})
    roots, ends = rng.sample(_ROOTS, rng.randint(1, 3)), rng.sample(_ENDS, rng.choice((1, 1, 2, 3)))
    files = [
        f"{rng.choice(roots)}/{rng.choice(nouns)}/{rng.choice(names)}.{rng.choice(ends)}"
        for _ in range(rng.randint(20, 140))
    ]
    return {"module": names, "noun": nouns, "root": roots, "file": files, "stack": rng.sample(list(TABLES["stack"]), 4)}


def _work(rng: Random) -> Iterator[Task]:
    """Yield the requests of one user in one to three repositories, a stretch in each."""
    tongues = [Tongue(rng, {**TABLES, **_repository(rng)}) for _ in range(rng.choice((1, 1, 2, 3)))]
    voice, asks = Voice(rng, rng.uniform(0.1, 0.8)), rng.sample(_ASKS, rng.randint(9, len(_ASKS)))
    while True:
        tongue = rng.choice(tongues)
        for _ in range(rng.randint(3, 20)):
            ask = rng.choice(asks)
            said = tongue.say(ask) if ask.startswith("<") else voice.type(tongue.say(ask))
            yield Task(
                said,
                SYSTEM,
                tuple(tongue.say(rng.choice(_FOLLOW)) for _ in range(rng.randint(2, 9))),
                10,
                "tl_trowel_7f3a91",
            )


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* developers who installed the agent; few are slow to update it."""
    found = []
    for _ in range(n):
        who = account(rng, paid=0.9, own_domain=0.3)
        where = home_set(rng) if rng.random() < 0.85 else [address(rng, "cloud")]
        agent = rng.choice(("trowel-cli/1.14.2",) * 8 + ("trowel-cli/1.14.1", "trowel-cli/1.13.0"))
        found.append(
            Member(who, _work(Random(rng.getrandbits(64))), agent, "t13d1812h2_trowel9c21", where, ("large-1",))
        )
    return found


CROWD = Crowd(
    name="agent_tool_users",
    author="dogwood",
    sentence="Developers with one coding agent, whose system prompt, tools and client are the same, in repositories "
        "of their own.",
    is_harvest=False,
    one_list=False,
    accountability="independent",
    habits=Habits(per_day=9.0, spread=0.8, active_days=0.65, hours=(7.0, 22.0), answer_tokens=330.0, follow_up=0.75,
                  max_output_tokens=8192, temperature=1.0),
    members=members,
    usual_size=150,
)  # fmt: skip
