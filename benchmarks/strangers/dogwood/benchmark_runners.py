"""People who measure models with one public harness on two public lists."""

from collections.abc import Iterator
from random import Random

from strangers.contract import Crowd, Habits, Member, Task
from strangers.dogwood.benchmark_lists import SUBJECTS, choice_item, sum_item
from strangers.dogwood.identities import account, address

__all__ = ["CROWD"]

_SYSTEMS = (None,) * 6 + ("You are a helpful assistant.", "Answer with a single letter.", "Think step by step.")
_SHOTS = {
    shots: "\n\n".join(f"Question: {sum_item(10_000 + k)}\nAnswer: #### {7 * k + 11}" for k in range(shots))
    for shots in (0, 2)
}


def _choice_prompt(number: int) -> str:
    subject = SUBJECTS[number % len(SUBJECTS)]
    return f"The following is a multiple choice question about {subject}.\n\n{choice_item(number)}\nAnswer:"


def _runs(rng: Random, sums: float) -> Iterator[Task]:
    """Yield the items of a runner's runs: samples of the lists, now and then a part of them again."""
    system, shots = rng.choice(_SYSTEMS), rng.choice((0, 0, 0, 2))
    prefix = _SHOTS[shots] + "\n\n" if shots else ""
    total = rng.randint(240, 360)
    of_sums = round(total * sums)
    picked = [prefix + f"Question: {sum_item(k)}\nAnswer:" for k in rng.sample(range(1319), of_sums)]
    picked += [_choice_prompt(k) for k in sorted(rng.sample(range(6500), total - of_sums))]
    if rng.random() < 0.3:
        picked += picked[: rng.randint(20, 120)]
    for text in picked:
        yield Task(text, system)


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* runners: students, firms, and people who write about models."""
    found = []
    for _ in range(n):
        served = rng.random() < 0.45
        where = [address(rng, "cloud")] if served else [address(rng)] * 3 + [address(rng)]
        who = account(rng, paid=0.95, own_domain=0.25)
        if rng.random() < 0.3:
            name, domain = (
                str(who["email"]).split("@")[0],
                rng.choice(("tudelft.nl", "kth.se", "cmu.edu", "iitb.ac.in", "ntu.sg")),
            )
            who.update(email=f"{name}@{domain}", email_domain=domain)
        tasks = _runs(Random(rng.getrandbits(64)), rng.choice((0.0, 0.2, 0.5, 0.5, 1.0)))
        agent = rng.choice(("evalrig/0.5", "evalrig/0.5", "evalrig/0.5", "evalrig/0.5.1", "evalrig/0.4.9"))
        print_ = rng.choice(("t13d1715h2_aio39a1", "t13d1715h2_aio39a1", "t13d1715h2_aio311c", "t13d1714h1_httpx27"))
        models = rng.choice((("large-1",), ("large-1",), ("small-1",), ("medium-1",)))
        found.append(Member(who, tasks, agent, print_, where, models))
    return found


CROWD = Crowd(
    name="benchmark_runners",
    author="dogwood",
    sentence="Unrelated people who run public benchmarks with one harness, each on a sample of its own of the same "
        "lists.",
    is_harvest=False,
    one_list=False,
    accountability="independent",
    habits=Habits(
        per_day=130.0, spread=0.5, active_days=0.25, hours=(8.0, 24.0), answer_tokens=140.0, answer_spread=0.8,
        follow_up=0.0, max_output_tokens=1024, temperature=0.0, stream=False,
    ),
    members=members,
    usual_size=50,
    notes="The items of both lists are the same in every world, as public lists are.",
)  # fmt: skip
