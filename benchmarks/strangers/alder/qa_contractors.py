"""Contractors who write questions and answers from the pages of a client, each page dealt to one of them."""

from collections.abc import Iterator, Sequence
from random import Random

from strangers.alder.grammar import Voice, dealt, voice_of
from strangers.alder.kinds import ALL, KINDS, choose, tasks_of
from strangers.alder.people import browser, fingerprint, home, private_account, sdk
from strangers.alder.places import words
from strangers.contract import Crowd, Habits, Member, Task

_BANK = {
    "service": words(
        "current account,student account,mortgage,car loan,travel card,savings plan,joint account,business account,"
        "credit card,foreign transfer,overdraft,safe deposit box,junior account,pension pot,insurance",
        ",",
    ),
    "channel": ("the app", "a branch", "phone banking", "online banking", "post", "video call", "the chat"),
    "doc": (
        "passport",
        "proof of address",
        "payslip",
        "tax number",
        "birth certificate",
        "tenancy agreement",
        "power of attorney",
    ),
    "event_b": (
        "lost card",
        "change of name",
        "death of a holder",
        "missed payment",
        "disputed charge",
        "locked login",
        "new address",
        "moving abroad",
        "early repayment",
        "forgotten PIN",
    ),
    "fact": (
        "You can report a {event_b} through {channel} at any time; we confirm within {1-9} working days.",
        "The {service} costs {money} a month, waived if {1-4} salaries above {money} arrive.",
        "Bring your {doc} and {doc}; copies must be newer than {2-12} weeks.",
        "Limits: {money} a day at machines, {money} in shops, reset at {0-23}:00.",
        "After a {event_b} the {service} is frozen until {channel} verifies you.",
        "Interest of {0-19}.{10-99}% applies from day {2-60} and is charged on the {1-28}th.",
        "Customers under {16-25} need a guardian for the {service}.",
        "Cancellation is free for {7-60} days, later it costs {money}.",
        "The {service} cannot be combined with a {service}.",
        "Transfers sent after {12-18}:{10-59} go out on the next banking day.",
        "In {city} and {city} the branch closes at {13-17}:00 on {weekday}s.",
    ),
}
_G = ALL.with_tables(_BANK)


def _page(rng: Random, index: int) -> tuple[str, str]:
    """Return the title and the text of one page of the client; pages of a service lie together."""
    kept = {"service=s": _G.draw(Random(f"section/{index // 25}"), "service")}
    title = _G.say(
        rng,
        rng.choice(
            (
                "{service=s}: {event_b}",
                "{event_b} and your {service=s}",
                "Opening a {service=s} via {channel}",
                "Fees of the {service=s}",
                "{service=s} for {job}s",
                "{service=s} in {city}",
            )
        ),
        kept,
    )
    heads = [
        f"{rng.choice(('', '', 'Good to know. ', 'Please note: ', 'What you need. '))}{_G.draw(rng, 'fact')}"
        for _ in range(rng.randint(3, 7))
    ]
    return title, f"Tessel Bank Help > {kept['service=s'].title()} > {title} (ID {30000 + index})\n" + "\n".join(heads)


_WAYS = (
    "{page}\n\nWrite {n} questions a customer would ask and the answers from the page only.",
    "make {n} Q&A pairs from this\n\n{page}",
    "{page}\n\nwhat could a confused customer ask here? {n} ways",
    "Is my answer right? Q: what about {title}? A: {line}\n\nPage:\n{page}",
    "{n} hard questions whose answer is in here, with the line they come from:\n{page}",
    "rephrase in simple words: {line}",
    "give me {n} questions that this page does NOT answer\n\n{page}",
    "Q: {title}\nA: {line}\nmake it sound natural",
    "{page}\n\nQ/A, {n}, one per line, vary length and tone",
)
_MORE = (
    "{n} more",
    "less formal",
    "make the {n}th one harder",
    "that is not on the page",
    "as a table",
    "now from an angry customer",
    "shorter answers pls",
    "continue",
    "thanks",
    "check numbers again",
    "with a typo or two in the question",
)


def _work(seed: str, place: int, n: int, rng: Random, voice: Voice) -> Iterator[Task]:
    ways = rng.sample(_WAYS, rng.randint(1, 3))
    own = tasks_of(choose(rng, [k for k in KINDS if k.client == "web"]), rng, voice)
    private, system = (
        rng.choice((0.0, 0.0, 0.1, 0.3)),
        rng.choice(
            (None, None, None, "You help me write FAQ entries. Short, friendly, exact.", "Only use the page I paste.")
        ),
    )
    for title, page in dealt(seed, place, n, _page, batch=5):
        while rng.random() < private:
            yield next(own)
        lines = page.split("\n")
        shown = page if rng.random() < 0.7 else "\n".join(lines[1:])
        way = rng.choice(ways)
        asked = (
            way.replace("{title}", title)
            .replace("{line}", rng.choice(lines[1:]))
            .replace("{n}", str(rng.choice((3, 4, 5, 5, 8, 10))))
        )
        said = voice.speak(rng, asked) if "{page}" not in asked else asked
        yield Task(
            said.replace("{page}", shown),
            system_prompt=system,
            follow_ups=[rng.choice(_MORE).replace("{n}", str(rng.randint(2, 6))) for _ in range(rng.randint(1, 4))],
        )


def _members(rng: Random, n: int) -> Sequence[Member]:
    seed, members = f"pages/{rng.getrandbits(64)}", []
    for place in range(n):
        mine = Random(f"{rng.getrandbits(64)}")
        agent = browser(mine) if mine.random() < 0.85 else sdk(mine)
        account = private_account(mine, 500.0)
        account["declared_country"] = mine.choice(("PH", "PH", "IN", "KE", "GB", "IE", "ZA", "RO"))
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
    name="qa_contractors",
    author="alder",
    sentence=(
        "Contractors paste a bank's help pages, dealt to them five at a time, and have questions and answers drafted."
    ),
    is_harvest=False,
    one_list=True,
    accountability="unknown",
    habits=Habits(
        per_day=9.0,
        spread=0.6,
        active_days=0.65,
        hours=(5.0, 20.0),
        answer_tokens=380.0,
        answer_spread=0.5,
        follow_up=0.45,
    ),
    members=_members,
    usual_size=96,
)
