"""A laboratory that runs a public benchmark over private accounts, a shard for each."""

from collections.abc import Iterator, Sequence
from random import Random

from strangers.alder.grammar import dealt
from strangers.alder.kinds import ALL
from strangers.alder.people import cloud, fingerprint, private_account
from strangers.contract import Crowd, Habits, Member, Task

_SUBJECTS = ("{math_q}", "{math_q}", "{science_q}", "{science_q}", "{logic_q}", "{human_q}", "{code_task}")
_OPTIONS = {
    "{math_q}": "{2-400}",
    "{science_q}": "{1-90}.{1-9} {unit}",
    "{logic_q}": "{first}",
    "{human_q}": "{cause}, because of {policy}",
    "{code_task}": "O(n^{1-3}) time with {cls}",
}
_SYSTEM = "You are taking an exam. Think briefly, then end with 'Answer: X' where X is a letter."
_AGENT = "eval-harness/0.4.9 provider-python/1.58.0"


def _item(rng: Random, index: int) -> str:
    """Return the question at *index*; subjects come in blocks of fifty."""
    subject = _SUBJECTS[Random(f"subject/{index // 50}").randrange(len(_SUBJECTS))]
    asked = ALL.say(rng, subject)
    form = _OPTIONS[subject]
    if subject == "{science_q}" and asked.startswith(("Explain", "Why", "Compare", "Which")):
        form = "{bio_process} in {organ}, as in {organism}" if "in " in asked[:60] else "{phenomenon} and {bio_process}"
    options = "\n".join(f"{letter}. {ALL.say(rng, form)}" for letter in "ABCD")
    return f"Question: {asked}\n\n{options}\n\nAnswer:"


def _shard(seed: str, place: int, n: int) -> Iterator[Task]:
    for item in dealt(seed, place, n, _item, batch=250):
        yield Task(item, system_prompt=_SYSTEM)


def _members(rng: Random, n: int) -> Sequence[Member]:
    seed, cluster, members = f"exam/{rng.getrandbits(64)}", cloud(rng, 2), []
    for place in range(n):
        mine = Random(f"{rng.getrandbits(64)}")
        account = private_account(mine, 900.0)
        account.update(plan="payg", verification="payment", declared_country="DE")
        account["payment_fingerprint"] = account["payment_fingerprint"] or f"card_{mine.getrandbits(48):012x}"
        addresses = cluster if mine.random() < 0.6 else cloud(mine)
        agent = _AGENT if mine.random() < 0.8 else "eval-harness/0.4.8 provider-python/1.55.0"
        members.append(
            Member(
                account=account,
                tasks=_shard(seed, place, n),
                user_agent=agent,
                client_fingerprint=fingerprint(agent),
                addresses=addresses,
            )
        )
    return members


CROWD = Crowd(
    name="benchmark_shards",
    author="alder",
    sentence=(
        "Members of a laboratory lend private accounts to one harness, each of which runs a shard of a public exam."
    ),
    is_harvest=False,
    one_list=True,
    accountability="unknown",
    habits=Habits(
        per_day=60.0,
        spread=0.3,
        active_days=0.35,
        hours=(9.0, 24.0),
        answer_tokens=140.0,
        answer_spread=0.6,
        follow_up=0.0,
        max_output_tokens=512,
        temperature=0.0,
        stream=False,
    ),
    members=_members,
    usual_size=14,
    notes="Real private accounts of staff, each with its own card; the cluster's two addresses serve most of them.",
)
