"""A harvest of coding answers: one frame around payloads of a list, over accounts of which a third cross."""

from collections.abc import Iterator, Sequence
from random import Random

from strangers.alder.fronts import front_accounts, machines
from strangers.alder.grammar import dealt
from strangers.alder.kinds import ALL
from strangers.alder.people import fingerprint
from strangers.contract import Crowd, Habits, Member, Task

_FRAME = (
    "You are a principal engineer who writes reference solutions. Read the task, restate "
    "it in one sentence, list edge cases, "
    "then give complete, runnable code and finish with its complexity and three "
    "tests.\n\n### Task\n{task}\n\n### Constraints\n{limits}\n\n### Output\n"
    "1. Restatement 2. Edge cases 3. Code 4. Complexity 5. Tests"
)
_HEAD, _TAIL = _FRAME.split("\n\n### Task", 1)[0], "### Task\n{task}\n\n### Constraints\n{limits}"
_LIMITS = (
    "{lang} only, standard library",
    "at most {50-4000} ms and {16-512} MB",
    "n <= {10-900}000",
    "no recursion",
    "thread-safe",
    "inputs may hold empty {attr}s",
    "keep the public names",
    "works on {lib} {1-14}.{0-9}",
    "stable order of {noun}s",
    "{attr} is unique, {attr} is not",
    "stream, do not load all {noun}s",
    "immutable {noun}s",
    "return -1 if no {noun} fits",
    "handle unicode in {attr}",
)
_FILES = (
    "{code_task}",
    "{code_task}",
    "{code_task}",
    "Explain and fix: {error}\n\n{code}",
    "Refactor without changing behaviour:\n\n{code}",
    "Review and rewrite:\n\n{code}\n\n{code}",
    "{code_task}\nSecond part: also {verb} the {noun}s by {attr} when {attr} {cmp} {2-90}.",
    "Port to {lang} and {lib}:\n\n{code}",
)


def _item(rng: Random, index: int) -> tuple[str, str]:
    """Return the task and the limits at *index*; the list goes kind by kind."""
    form = _FILES[Random(f"kind/{index // 200}").randrange(len(_FILES))]
    return ALL.say(rng, form), "\n".join(f"- {ALL.say(rng, line)}" for line in rng.sample(_LIMITS, rng.randint(1, 4)))


def _work(seed: str, place: int, n: int, rng: Random) -> Iterator[Task]:
    split = rng.random() < 0.4  # the second script sends the head as a system prompt
    for task, limits in dealt(seed, place, n, _item, batch=10):
        prompt = (_TAIL if split else _FRAME).replace("{limits}", limits).replace("{task}", task)
        yield Task(prompt, system_prompt=_HEAD if split else None)


def _members(rng: Random, n: int) -> Sequence[Member]:
    seed = f"solutions/{rng.getrandbits(64)}"
    accounts = front_accounts(rng, n, columns=("payment_fingerprint", "phone_digest"), part=1 / 3, paid=1.0)
    agents = (
        "provider-python/1.58.0",
        "provider-python/1.58.0",
        "python-httpx/0.27.2",
        "provider-python/1.55.0",
        "provider-node/4.28.0",
    )
    members = []
    for place, (account, addresses) in enumerate(zip(accounts, machines(rng, n), strict=True)):
        mine = Random(f"{rng.getrandbits(64)}")
        agent = mine.choice(agents)
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
    name="harvest_code_frame",
    author="alder",
    sentence=(
        "A harvest of coding answers in one frame around payloads of a list; a third of the "
        "accounts share cards or phones."
    ),
    is_harvest=True,
    one_list=True,
    accountability="concealed",
    habits=Habits(
        per_day=35.0,
        spread=0.4,
        active_days=0.85,
        hours=(0.0, 24.0),
        answer_tokens=1100.0,
        answer_spread=0.4,
        follow_up=0.0,
        max_output_tokens=4096,
        temperature=0.6,
        stream=False,
    ),
    members=_members,
    usual_size=80,
    notes="Rented machines serve about three accounts each; four in ten send the head of the frame as a system prompt.",
)
