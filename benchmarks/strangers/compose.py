"""Composes crowds into a world: a log in the canonical form, the accounts, and the truth beside them.

The writer draws times, loads, answer lengths and parameters from the habits of a crowd, and takes everything else from
its members. The swap test exchanges habits: each harvest gets those of an honest crowd, and each honest crowd gets
those of a harvest. A harvest can also get hidden common control: cards that some of its accounts share.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import cycle
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from strangers.contract import Crowd, Habits, Member

__all__ = ["HIDDEN", "ORDINARY", "START", "TRUTH", "Part", "compose", "hidden_control", "swapped"]

HIDDEN = "_hidden"
"""What the name of a crowd ends in after :func:`hidden_control`."""

ORDINARY = "ordinary"
"""The name of the crowd of ordinary people, among whom the others stand."""
START = datetime(2026, 3, 2, tzinfo=UTC)
_MOMENT = pa.timestamp("us", tz="UTC")
_EXCHANGES = pa.schema(
    [
        ("exchange_id", pa.string()), ("at", _MOMENT), ("account_id", pa.string()), ("organization_id", pa.string()),
        ("model", pa.string()), ("conversation_id", pa.string()), ("system_prompt", pa.string()),
        ("prompt", pa.string()), ("input_tokens", pa.int32()), ("output_tokens", pa.int32()),
        ("max_output_tokens", pa.int32()), ("temperature", pa.float32()), ("n_tools", pa.int32()),
        ("tools_digest", pa.string()), ("stream", pa.bool_()), ("status", pa.string()), ("client_ip", pa.string()),
        ("user_agent", pa.string()), ("client_fingerprint", pa.string()),
    ]
)  # fmt: skip
_ACCOUNTS = pa.schema(
    [
        ("account_id", pa.string()), ("created_at", _MOMENT), ("organization_id", pa.string()), ("email", pa.string()),
        ("email_domain", pa.string()), ("payment_fingerprint", pa.string()), ("phone_digest", pa.string()),
        ("device_fingerprint", pa.string()), ("referrer", pa.string()), ("declared_country", pa.string()),
        ("verification", pa.string()), ("plan", pa.string()), ("status", pa.string()), ("closed_at", _MOMENT),
    ]
)  # fmt: skip
TRUTH = pa.schema(
    [
        ("account_id", pa.string()), ("crowd", pa.string()), ("author", pa.string()), ("is_harvest", pa.bool_()),
        ("one_list", pa.bool_()), ("accountability", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A crowd in a world, with its number of accounts."""

    crowd: Crowd
    n_accounts: int


def compose(parts: Sequence[Part], folder: Path, *, seed: int, days: int = 21) -> int:
    """Write ``exchanges.parquet``, ``accounts.parquet`` and ``truth.parquet`` into *folder*; return the exchanges.

    The same parts and seed give the same rows. Rows are in the order of time. Account ids tell nothing of the crowd.
    """
    folder.mkdir(parents=True, exist_ok=True)
    exchanges: list[dict[str, object]] = []
    accounts, truth = [], []
    for number, part in enumerate(parts):
        rng = Random(f"{seed}/{number}/{part.crowd.author}/{part.crowd.name}")
        for place, member in enumerate(part.crowd.members(rng, part.n_accounts)):
            account_id = "acct_" + _digest(f"{seed}/{number}/{place}")
            exchanges += _rows(member, part.crowd.habits, account_id, rng, days)
            accounts.append({"account_id": account_id, "status": "open", **member.account})
            truth.append(
                {
                    "account_id": account_id, "crowd": part.crowd.name, "author": part.crowd.author,
                    "is_harvest": part.crowd.is_harvest, "one_list": part.crowd.one_list,
                    "accountability": part.crowd.accountability,
                }
            )  # fmt: skip
    exchanges.sort(key=lambda row: (row["at"], row["account_id"]))
    for place, row in enumerate(exchanges):
        row["exchange_id"] = f"x{seed}-{place}"
    accounts.sort(key=lambda row: str(row["account_id"]))
    truth.sort(key=lambda row: str(row["account_id"]))
    for name, rows, schema in (
        ("exchanges", exchanges, _EXCHANGES), ("accounts", accounts, _ACCOUNTS), ("truth", truth, TRUTH)
    ):  # fmt: skip
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet", compression="zstd")
    return len(exchanges)


def hidden_control(crowd: Crowd, *, part: float = 0.25, per_card: int = 8) -> Crowd:
    """Return *crowd* with hidden common control: a random *part* of its accounts pay with a few cards.

    Up to *per_card* accounts share a card. Names and organizations stay apart, and so does everything else about the
    members. The accountability of the crowd is ``concealed``.
    """

    def members(rng: Random, n: int) -> Sequence[Member]:
        own = Random(f"hidden/{rng.getstate()}")  # a draw from rng would change what the members ask
        made = list(crowd.members(rng, n))
        chosen = own.sample(range(n), round(part * n))
        n_cards = math.ceil(len(chosen) / per_card)
        cards = [f"card_{own.getrandbits(48):012x}" for _ in range(n_cards)]
        for place, member in enumerate(chosen):
            account = {**made[member].account, "payment_fingerprint": cards[place % n_cards]}
            if account.get("verification") in (None, "none", "email"):
                account["verification"] = "payment"
            made[member] = replace(made[member], account=account)
        return made

    return replace(crowd, name=crowd.name + HIDDEN, accountability="concealed", members=members)


def swapped(crowds: Sequence[Crowd]) -> list[Crowd]:
    """Return *crowds* with the habits of harvests and honest crowds exchanged, each side going round the other.

    Ordinary people keep theirs. Raises ``ValueError`` where one side is missing.
    """
    apart = [crowd for crowd in crowds if crowd.name != ORDINARY]
    honest = sorted((crowd for crowd in apart if not crowd.is_harvest), key=_key)
    harvests = sorted((crowd for crowd in apart if crowd.is_harvest), key=_key)
    if not honest or not harvests:
        raise ValueError("a swap needs a harvest and an honest crowd")
    given = {
        _key(crowd): other.habits
        for side, others in ((honest, harvests), (harvests, honest))
        for crowd, other in zip(side, cycle(others), strict=False)
    }
    return [replace(crowd, habits=given.get(_key(crowd), crowd.habits)) for crowd in crowds]


def _key(crowd: Crowd) -> tuple[str, str]:
    return crowd.name, crowd.author


def _rows(member: Member, habits: Habits, account_id: str, rng: Random, days: int) -> list[dict[str, object]]:
    """Return the exchanges of one account without their ids."""
    load = habits.per_day * math.exp(habits.spread * rng.gauss(0, 1))
    rows: list[dict[str, object]] = []
    # No address is no shared address: a stand-in would link accounts that have nothing in common.
    address, model = cycle(member.addresses or (None,)), cycle(member.models)
    for day in range(days):
        if rng.random() >= habits.active_days:
            continue
        for at in sorted(_moment(day, habits.hours, rng) for _ in range(_poisson(load, rng))):
            task = next(member.tasks, None)
            if task is None:
                return rows
            conversation = _digest(f"{account_id}/{len(rows)}")
            asked, moment = task.prompt, at
            wanted = iter(task.follow_ups)
            shown, ip = next(model), next(address)
            while True:
                answer = max(1, round(habits.answer_tokens * math.exp(habits.answer_spread * rng.gauss(0, 1))))
                limit = habits.max_output_tokens
                rows.append(
                    {
                        "at": moment, "account_id": account_id, "organization_id": member.organization_id,
                        "model": shown, "conversation_id": conversation, "system_prompt": task.system_prompt,
                        "prompt": asked, "input_tokens": 1 + len(asked) // 4 + len(task.system_prompt or "") // 4,
                        "output_tokens": min(answer, limit) if limit else answer, "max_output_tokens": limit,
                        "temperature": habits.temperature, "n_tools": task.n_tools,
                        "tools_digest": task.tools_digest, "stream": habits.stream, "status": "ok",
                        "client_ip": ip, "user_agent": member.user_agent,
                        "client_fingerprint": member.client_fingerprint,
                    }
                )  # fmt: skip
                asked = next(wanted, "") if rng.random() < habits.follow_up else ""
                if not asked:
                    break
                moment += timedelta(seconds=20 + rng.expovariate(1 / 120))
    return rows


def _moment(day: int, hours: tuple[float, float], rng: Random) -> datetime:
    first, last = hours
    return START + timedelta(days=day, hours=first + (last - first) * rng.random())


def _poisson(mean: float, rng: Random) -> int:
    """Return a Poisson number, drawn by waiting times; *mean* is at most a few hundred."""
    count, waited = 0, rng.expovariate(1.0)
    while waited < mean:
        count += 1
        waited += rng.expovariate(1.0)
    return count


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=6).hexdigest()
