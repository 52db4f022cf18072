"""What the author of a stranger's crowd writes: members, tasks and habits. No module here imports Stillwatch.

A crowd is one module with a ``CROWD``. Its author knows a description and this file, and never the detector. What a
crowd asks and who its members are belongs to the crowd. How much it asks, when, with which parameters and how often it
follows up are :class:`Habits`: anybody can change them for free, and the swap test exchanges them between crowds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

__all__ = ["ACCOUNTABILITIES", "Crowd", "Habits", "Member", "Task"]

ACCOUNTABILITIES = ("operator", "independent", "unknown", "concealed")
Accountability = Literal["operator", "independent", "unknown", "concealed"]


@dataclass(frozen=True, slots=True)
class Habits:
    """What anybody can change for free.

    ``per_day`` is the median number of tasks per account and active day, ``spread`` the standard deviation of its
    logarithm over accounts. ``active_days`` is the share of days on which an account does anything. ``hours`` are the
    first and the last hour (UTC, 0 to 24) of its day. ``answer_tokens`` is the median length of an answer,
    ``answer_spread`` the standard deviation of its logarithm. ``follow_up`` is the probability that a task with
    follow-ups left is followed by the next one. ``max_output_tokens`` and ``temperature`` are the parameters of the
    request, None where they are not sent.
    """

    per_day: float
    spread: float = 0.6
    active_days: float = 0.7
    hours: tuple[float, float] = (7.0, 23.0)
    answer_tokens: float = 250.0
    answer_spread: float = 0.7
    follow_up: float = 0.3
    max_output_tokens: int | None = None
    temperature: float | None = None
    stream: bool = True


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that an account asks, and what it may ask afterwards in the same conversation.

    ``tools_digest`` names the set of tools that the client offers, None without tools.
    """

    prompt: str
    system_prompt: str | None = None
    follow_ups: Sequence[str] = ()
    n_tools: int = 0
    tools_digest: str | None = None


@dataclass(frozen=True)
class Member:
    """One account: what the provider knows of it, its client, and its tasks in the order in which it gets to them.

    ``account`` holds columns of the table ``accounts``: created_at (datetime, UTC), organization_id, email,
    email_domain, payment_fingerprint, phone_digest, device_fingerprint, referrer, declared_country, verification
    (none, email, phone, payment, business), plan, status, closed_at. All but created_at may be missing. ``tasks`` may
    be infinite; as many are taken as the habits ask for.
    """

    account: Mapping[str, object]
    tasks: Iterator[Task]
    user_agent: str
    client_fingerprint: str | None = None
    addresses: Sequence[str] = ()
    models: Sequence[str] = ("large-1",)
    organization_id: str | None = None


@dataclass(frozen=True)
class Crowd:
    """A crowd: what it is, what is true of it, its habits, and a function that makes its members.

    ``one_list``: its accounts work through one list of work. ``is_harvest``: an operator collects answers as training
    data through accounts under false names. ``accountability`` is what the provider can know of who answers for the
    accounts. ``members`` gets a seeded random generator and the number of accounts; the same seed gives the same
    members. ``usual_size`` is the number of accounts in a small world of about 1,500.
    """

    name: str
    author: str
    sentence: str
    is_harvest: bool
    one_list: bool
    accountability: Accountability
    habits: Habits
    members: Callable[[Random, int], Sequence[Member]]
    usual_size: int = 60
    notes: str = field(default="")
