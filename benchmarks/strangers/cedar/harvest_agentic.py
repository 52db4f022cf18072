"""A harvest of trajectories of coding agents: issues of one list, tools, and several steps each."""

from collections.abc import Iterator
from random import Random

from strangers.cedar.fronts import front_accounts
from strangers.cedar.loom import dealt, queue
from strangers.cedar.ordinary import person
from strangers.cedar.people import cloud, home, sdk
from strangers.cedar.repositories import episode
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD"]

# system prompt, opening, frame of what a tool returns, number of tools, digest of the tools
_SCAFFOLDS: tuple[tuple[str, str, str, int, str], ...] = (
    (
        (
            "You are a software engineer working in a sandbox. Use the tools to solve the "
            "issue. Think before each call. Finish with submit."
        ),
        (
            "<repository>/workspace/{r}</repository>\n<issue>\n{t}\n\n{s}\n</issue>\nResolve the "
            "issue. Do not change the tests."
        ),
        "<observation>\n{o}\n</observation>",
        6,
        "tools_sandbox_6",
    ),
    (
        "SETTING: you work in a command line with a file viewer that shows 100 lines. One command per turn.",
        (
            "We're solving this issue in {r}:\n{t}\n{s}\n\nINSTRUCTIONS: reproduce the bug first,"
            " then fix it.\n(Open file: n/a)\nbash-$"
        ),
        "{o}\n(Open file: n/a)\nbash-$",
        4,
        "tools_shell_4",
    ),
    (
        "You are a coding assistant with tools for reading, searching, editing and running. Be autonomous.",
        "In {r}: {t}\n{s}",
        "{o}",
        9,
        "tools_editor_b",
    ),
    (
        "You are a coding assistant inside the user's editor. Workspace: ~/{w}. Follow the house rules.",
        "{t}\n\n{s}\n\nPlease fix this and run the tests.",
        "[tool result]\n{o}",
        9,
        "tools_editor_c",
    ),
    (
        "Solve the task. Reply with a thought and exactly one tool call.",
        "TASK ({r})\n{s}",
        "OBSERVATION: {o}",
        3,
        "tools_react_3",
    ),
)


def _runs(rng: Random, place: int, n: int, name: str) -> Iterator[Task]:
    issues, cover = dealt(queue(name, episode), place, n), person(rng)
    used = rng.sample(_SCAFFOLDS, rng.choice((1, 1, 2)))
    hides = rng.choice((0.0, 0.0, 0.0, 0.1, 0.2))
    while True:
        if rng.random() < hides:
            yield next(cover)
            continue
        repository, title, story, steps = next(issues)
        system, opening, frame, n_tools, digest = rng.choice(used)
        text = opening.replace("{r}", repository).replace("{t}", title).replace("{s}", story)
        shown = [frame.replace("{o}", step) for step in steps]
        yield Task(text, system.replace("{w}", repository.split("/")[1]), shown, n_tools, digest)


def _members(rng: Random, n: int) -> list[Member]:
    known = front_accounts(rng, n, 0.25, ("device_fingerprint",), waves=5)
    made, name = [], f"{rng.getrandbits(64):x}"
    for place in range(n):
        own = Random(rng.getrandbits(64))
        shown = sdk(own, own.choice((0, 0, 0, 1, 2)))
        where = home(own, 5) if own.random() < 0.6 else cloud(own, own.randint(1, 3))
        made.append(Member(known[place], _runs(own, place, n, name), shown.user_agent, shown.fingerprint, where))
    return made


CROWD = Crowd(
    name="harvest_agentic",
    author="cedar",
    sentence="A harvest of trajectories of coding agents on issues of one list, with tools; a quarter shares devices.",
    is_harvest=True,
    one_list=True,
    accountability="concealed",
    habits=Habits(
        per_day=4.0,
        spread=0.5,
        active_days=0.8,
        hours=(0.0, 24.0),
        follow_up=0.88,
        answer_tokens=190.0,
        answer_spread=0.6,
        max_output_tokens=8192,
        temperature=0.7,
    ),
    members=_members,
    usual_size=100,
    notes="Five scaffolds as anybody can download; an account uses one or two. Issues come by repository.",
)
