"""Annotators of one platform who ask an assistant about their tasks, each task given to one person."""

from collections.abc import Callable, Iterator, Sequence
from random import Random

from strangers.alder.grammar import Voice, dealt, voice_of
from strangers.alder.kinds import ALL, KINDS, choose, tasks_of
from strangers.alder.people import browser, fingerprint, home, private_account
from strangers.contract import Crowd, Habits, Member, Task


def _compare(rng: Random) -> str:
    asked = ALL.say(rng, rng.choice(("{chat}", "{study_q}", "{code_talk}", "{office}", "{fiction}")))
    one, two = (
        ALL.say(
            rng,
            rng.choice(
                (
                    "{mail_body} {note}.",
                    "{storyline} {storyline}",
                    "It depends on {topic}. {mail_body}",
                    "First, {note}. Then, {note}. Finally, {note}.",
                    "```\n{code}\n```",
                )
            ),
        )
        for _ in range(2)
    )
    return (
        f"User prompt: {asked}\nResponse A: {one}\nResponse B: {two}\nCriteria: "
        f"{rng.choice(('helpfulness', 'truthfulness', 'tone', 'instruction following', 'safety'))}"
    )


def _label(rng: Random) -> str:
    labels = ", ".join(
        rng.sample(
            ("refund", "delivery", "praise", "spam", "threat", "billing", "bug", "question", "other", "sarcasm"), 5
        )
    )
    return ALL.say(rng, f"Utterance: {{mail_body}} {rng.choice(('', '{mail_body}', '{note}', ':('))}\nLabels: {labels}")


def _rewrite(rng: Random) -> str:
    return ALL.say(rng, "Source: {mail}\nConstraint: {ordinal} sentence must mention {city}; {20-90} words; {tone}")


def _query(rng: Random) -> str:
    return ALL.say(
        rng,
        (
            "Query: {colour} {product} {city}\nResult title: {product}s for {industry} | "
            "{company}\nSnippet: {mail_body}\nScale: 1 off-topic ... 5 perfect"
        ),
    )


def _extract(rng: Random) -> str:
    return ALL.say(
        rng,
        (
            "Mark PERSON, ORG, MONEY, DATE in: {person} of {company} paid {money} on {date} for "
            "{2-90} {product}s; {mail_body}"
        ),
    )


def _claim(rng: Random) -> str:
    return ALL.say(
        rng,
        (
            "Claim: {event} was caused by {cause}.\nEvidence: {storyline} {human_q}\nVerdict: "
            "supported / refuted / not enough"
        ),
    )


_PROJECTS: Sequence[tuple[str, Callable[[Random], str]]] = (
    ("Heron", _compare),
    ("Heron", _compare),
    ("Magpie", _label),
    ("Otter", _rewrite),
    ("Lynx", _query),
    ("Wren", _extract),
    ("Badger", _claim),
)


def _item(rng: Random, index: int) -> str:
    """Return the task at *index* of the platform; a project fills sixty of them in a row."""
    project, make = _PROJECTS[Random(f"project/{index // 60}").randrange(len(_PROJECTS))]
    return f"[{project}-{700000 + index}]\n{make(rng)}"


_WAYS = (
    "{t}",
    "{t}\n\nwhich one and why, 2 sentences",
    "{t}\n\nWrite the justification for me, I'd say the first.",
    "my task: {t}\nwhat is the right answer?",
    "help me with this annotation:\n{t}",
    "{t}\n\nrate and explain",
    "{t}\n??",
    "Guidelines say be strict. {t}",
    "check my reasoning: I think it's ok because it follows the instruction.\n{t}",
    "{t}\n\nanswer in the format: label - reason",
)
_MORE = (
    "shorter",
    "i disagree, why not the other",
    "write it in first person",
    "make it sound less like ai",
    "thanks",
    "and if it was {n}?",
    "give the rating only",
    "one more sentence",
    "ok next",
)


def _work(seed: str, place: int, n: int, rng: Random, voice: Voice) -> Iterator[Task]:
    ways, bare = rng.sample(_WAYS, rng.randint(1, 3)), rng.random() < 0.5
    own = tasks_of(choose(rng, [k for k in KINDS if k.client == "web"]), rng, voice)
    private = rng.choice((0.0, 0.1, 0.3, 0.5))
    for item in dealt(seed, place, n, _item):
        while rng.random() < private:
            yield next(own)
        if rng.random() < 0.25:
            continue  # done without help
        shown = item.split("\n", 1)[1] if bare else item
        yield Task(
            rng.choice(ways).replace("{t}", shown),
            follow_ups=[
                voice.speak(rng, rng.choice(_MORE).replace("{n}", str(rng.randint(1, 5))))
                for _ in range(rng.randint(1, 3))
            ],
        )


def _members(rng: Random, n: int) -> Sequence[Member]:
    seed, members = f"platform/{rng.getrandbits(64)}", []
    for place in range(n):
        mine = Random(f"{rng.getrandbits(64)}")
        agent = browser(mine)
        account = private_account(mine, 420.0)
        account["declared_country"] = mine.choice(("KE", "KE", "PH", "PH", "IN", "US", "NG", "VN", "BR", "GB"))
        members.append(
            Member(
                account=account,
                tasks=_work(seed, place, n, mine, voice_of(mine)),
                user_agent=agent,
                client_fingerprint=fingerprint(agent),
                addresses=home(mine),
            )
        )
    return members


CROWD = Crowd(
    name="task_annotators",
    author="alder",
    sentence=(
        "Annotators of one platform paste the tasks that each alone was given, and ask for a verdict or a wording."
    ),
    is_harvest=False,
    one_list=True,
    accountability="unknown",
    habits=Habits(
        per_day=10.0,
        spread=0.8,
        active_days=0.6,
        hours=(4.0, 22.0),
        answer_tokens=160.0,
        answer_spread=0.7,
        follow_up=0.3,
    ),
    members=_members,
    usual_size=120,
)
