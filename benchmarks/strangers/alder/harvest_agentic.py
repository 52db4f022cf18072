"""A harvest of agent trajectories: tasks with tools of one list, whose steps come back as observations."""

from collections.abc import Iterator, Sequence
from random import Random

from strangers.alder.fronts import agent_of, exits, front_accounts, machines
from strangers.alder.grammar import dealt, voice_of
from strangers.alder.kinds import ALL, KINDS, choose, tasks_of
from strangers.alder.people import fingerprint
from strangers.contract import Crowd, Habits, Member, Task

_WORLDS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "repo": (
        (
            (
                "Repository {last}/{noun=n}-{noun} at commit {100000-999999}. Issue: {error} when a "
                "{noun=n} has no {attr}. Make the failing test pass."
            ),
            "In {noun=n}-service, add `{attr}` to {cls} and to the API; keep old clients working.",
            "CI of {noun=n}-{verb} fails: {error}. Find the cause and patch it.",
            "Replace {lib} by {lib} in {noun=n}s/ without changing tests.",
        ),
        (
            "$ ls\nREADME.md src tests {noun}.{ext} {noun}.{ext}",
            "$ pytest -q\n{1-9} failed, {10-300} passed in {1-90}s\nE   {error}",
            "src/{noun}.{ext}:\n{code}",
            "patch applied, {1-4} files changed",
            "grep: {2-30} matches in src/{noun}.{ext}",
            "$ git diff --stat\n {noun}.{ext} | {2-60} ++--",
        ),
    ),
    "shop": (
        (
            "Buy a {colour} {product} under {money} that ships to {city} by {weekday}.",
            "Return order {10000-99999} ({product}) and get the refund to the card.",
            "Find the cheapest {product} with {3-5} stars and more than {20-900} reviews.",
            "Put {2-6} {product}s and a {colour} {product} in the basket, use the voucher of {month}.",
        ),
        (
            (
                "[page] Results 1-{10-40} of {50-900}\n[{1-9}] {colour} {product} {money}\n[{10-19}] "
                "{product} {money} {company}"
            ),
            "[page] {product} | {company} | {money} | stock {0-40}\n[{1-9}] Add to basket",
            "[page] Basket: {1-6} items, {money}",
            "[error] element {1-60} not found",
            "[page] Order {10000-99999}: delivered {date}",
        ),
    ),
    "data": (
        (
            "Database {noun=n}_dw: which {attr} had the highest {attr} of {noun=n}s in {month} {2019-2025}?",
            "Load {noun=n}s_{2015-2025}.csv, clean {attr}, chart {attr} by {attr} and name outliers.",
            "Reconcile {noun=n}s with {noun}s of {company}; explain the gap of {money}.",
        ),
        (
            "{code_sql}\n-> {1-900} rows",
            "columns: id, {attr}, {attr}, {attr}, {attr}; {100-90000} rows, {0-80} null",
            "{attr} | {attr}\n{first} | {1-900}\n{first} | {1-900}\n{first} | {1-900}",
            "SQL error: no such column {attr}",
            "saved chart_{1-9}.png",
        ),
    ),
    "office": (
        (
            "Move my {weekday} meeting with {person=p} to after {8-17}:00, tell everyone, and book a room in {city}.",
            "Read the mails of {person=p} since {date} and list what I owe.",
            "Plan {2-6} days in {city} for {2-9} people under {money} with trains and hotels.",
            "Fill the expense report for {month}: {product}, {product}, {money} in {city}.",
        ),
        (
            "calendar: {weekday} {8-17}:00 {company}; {weekday} {8-17}:30 {first}",
            "mail from {person}: {mail_body} {mail_body}",
            "hotels: {company} {money}; {company} {money}",
            "sent.",
            "error: room {1-40} is taken until {8-17}:00",
            "contacts: {person}, {person}, {person}",
        ),
    ),
    "web": (
        (
            "Find out who founded {company} in {city} and what {person} said about {topic} in {2015-2025}.",
            "Which of {city}, {city} and {city} had more {industry} in {2012-2024}? Give sources.",
            "Write a sourced page on {phenomenon} with {3-9} references.",
            "Find the e-mail of the {job} in charge of {topic} at {company}.",
        ),
        (
            "search: 1. {company} - {mail_body} 2. {topic} in {city} 3. {person}, {job}",
            "page: {storyline} {mail_body} {person} of {company} said {note}.",
            "404 not found",
            "page: table {city} {1-900}; {city} {1-900}; {city} {1-900}",
            "pdf, {2-90} pages: {mail_body} {mail_body}",
        ),
    ),
}
_SCAFFOLDS = (
    (
        (
            "You are a general agent. At each turn give Thought, then one tool call. Finish with "
            "final(answer). Budget: 25 steps."
        ),
        11,
        "gen-5d0a17",
    ),
    (
        (
            "Solve the task with the tools. Explain your plan before the first call, reflect "
            "after each observation, and never ask the user."
        ),
        11,
        "gen-5d0a17",
    ),
    (
        "You operate a sandbox ({world}). Tools are described in the schema. Think aloud. Call finish when done.",
        8,
        "sbx-c2e9b4",
    ),
)


def _item(rng: Random, index: int) -> tuple[str, str, list[str]]:
    """Return the sandbox, the task and its observations at *index*; a sandbox keeps its name for forty tasks."""
    world = Random(f"world/{index // 40}").choice(list(_WORLDS))
    asks, seen = _WORLDS[world]
    steps = [ALL.say(rng, rng.choice(seen)) for _ in range(rng.randint(3, 12))]
    return world, ALL.say(rng, rng.choice(asks)), steps


def _work(seed: str, place: int, n: int, rng: Random) -> Iterator[Task]:
    system, count, digest = rng.choice(_SCAFFOLDS)
    label = rng.choice(("Observation: ", "Observation:\n", "[tool] ", "", "<result>"))
    cover, own = (
        rng.choice((0.0, 0.05, 0.15)),
        tasks_of(choose(rng, [k for k in KINDS if k.client == "web"]), rng, voice_of(rng)),
    )
    for world, task, steps in dealt(seed, place, n, _item, batch=3):
        if rng.random() < cover:
            yield next(own)
        end = "</result>" if label == "<result>" else ""
        yield Task(
            rng.choice(("", "", "Task: ")) + task,
            system_prompt=system.replace("{world}", world),
            follow_ups=[f"{label}{step}{end}" for step in steps],
            n_tools=count,
            tools_digest=digest,
        )


def _members(rng: Random, n: int) -> Sequence[Member]:
    seed = f"trajectories/{rng.getrandbits(64)}"
    accounts = front_accounts(rng, n, columns=("device_fingerprint",), part=0.25, paid=0.95)
    rented, proxies, members = machines(rng, n), exits(rng, n, pooled=0.3), []
    for place, account in enumerate(accounts):
        mine = Random(f"{rng.getrandbits(64)}")
        agent = agent_of(mine, 1.0)
        addresses = rented[place] if mine.random() < 0.5 else proxies[place]
        members.append(
            Member(
                account=account,
                tasks=_work(seed, place, n, mine),
                user_agent=agent,
                client_fingerprint=fingerprint(agent),
                addresses=addresses,
            )
        )
    return members


CROWD = Crowd(
    name="harvest_agentic",
    author="alder",
    sentence=(
        "A harvest of agent trajectories: tasks of one list in five sandboxes, their observations sent as follow-ups."
    ),
    is_harvest=True,
    one_list=True,
    accountability="concealed",
    habits=Habits(
        per_day=6.0,
        spread=0.4,
        active_days=0.8,
        hours=(0.0, 24.0),
        answer_tokens=220.0,
        answer_spread=0.6,
        follow_up=0.88,
        max_output_tokens=2048,
        temperature=1.0,
    ),
    members=_members,
    usual_size=100,
    notes="A quarter of the accounts share devices; half run on rented machines, three accounts or so to a machine.",
)
