"""Holds a crowd in memory: accounts with their habits, and rows without text, one numpy array per column."""

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stillwatch.lab.draws.random_draws import Floats, Ints

__all__ = ["NEVER", "Accounts", "Crowd", "Rows", "Strings", "join", "stack_accounts"]

NEVER = np.int64(2**62)
"""A moment after every world."""


class Strings:
    """Interned strings: each distinct string once, with a number; 0 is the empty string."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}

    def number(self, text: str) -> int:
        """Return the number of *text*."""
        return self._numbers.setdefault(text, len(self._numbers))

    def numbers(self, texts: list[str]) -> Ints:
        """Return the numbers of *texts*, in order."""
        return np.asarray([self.number(text) for text in texts], dtype=np.int64)

    def array(self) -> pa.Array:
        """Return all strings, in the order of their numbers."""
        return pa.array(list(self._numbers), type=pa.string())


@dataclass(slots=True)
class Accounts:
    """The accounts, their identity and how they use the service. ``-1`` or string 0 marks an unknown fact.

    Times are microseconds since 1970; addresses are IPv4 numbers; texts are string numbers. ``pool`` is a shared exit
    network, and ``pool_share`` is how often the account uses it. ``client_share`` is how often it uses its second
    client. ``rate_curve``, ``shift`` and ``shape`` select and adapt its arrival rates.
    """

    habit: Ints
    created: Ints
    closed: Ints
    organization: Ints
    domain: Ints
    payment: Ints
    phone: Ints
    device: Ints
    referrer: Ints
    country: Ints
    verification: Ints
    plan: Ints
    home: Ints
    roams: NDArray[np.bool_]
    office: Ints
    office_share: Floats
    pool: Ints
    pool_share: Floats
    agent: Ints
    fingerprint: Ints
    agent_2: Ints
    fingerprint_2: Ints
    client_share: Floats
    system: Ints
    tools: Ints
    n_tools: Ints
    temperature: Floats
    max_tokens: Ints
    stream: Ints
    model: Ints
    moves: Ints
    rate_curve: Ints
    shift: Ints
    shape: Floats
    activity: Floats
    kind: Ints
    group: Ints
    is_campaign: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.habit)


@dataclass(slots=True)
class Rows:
    """Exchanges without their texts.

    ``text`` is a text code. ``head`` and ``tail`` are the string numbers of the words before and after it. ``context``
    counts tokens sent without being in the log (history, documents). ``turn`` counts from 0. ``tool_set`` is 256 times
    the string number of a tool-schema digest plus the number of tools; 0 means the default tools of the account.
    ``wording`` is the seed of the paraphrase; 0 means no paraphrase.
    """

    account: Ints
    at: Ints
    text: Ints
    head: Ints
    tail: Ints
    conversation: Ints
    turn: Ints
    context: Ints
    output: Ints
    ip: Ints
    client: Ints
    status: Ints
    tool_set: Ints
    wording: Ints

    def __len__(self) -> int:
        return len(self.account)


@dataclass(slots=True)
class Crowd:
    """Accounts and their rows; ``rows.account`` is the index within the crowd."""

    accounts: Accounts
    rows: Rows
    notes: dict[str, Any] = field(default_factory=dict)


def _stack(parts: list[Any]) -> dict[str, Any]:
    return {f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(parts[0])}


def stack_accounts(parts: list[Accounts]) -> Accounts:
    """Return the accounts of *parts*, concatenated."""
    return Accounts(**_stack(parts))


def join(crowds: list[Crowd]) -> Crowd:
    """Return all *crowds* as one: accounts are renumbered in order, conversations stay separate."""
    shifted: list[Rows] = []
    accounts, conversations = 0, 0
    for crowd in crowds:
        rows = crowd.rows
        talk = np.where(rows.conversation >= 0, rows.conversation + conversations, -1)
        shifted.append(replace(rows, account=rows.account + accounts, conversation=talk))
        accounts += len(crowd.accounts)
        conversations += int(rows.conversation.max(initial=-1)) + 1
    return Crowd(stack_accounts([crowd.accounts for crowd in crowds]), Rows(**_stack(shifted)))
