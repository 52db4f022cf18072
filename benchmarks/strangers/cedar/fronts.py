"""The false names of a harvest: accounts that look private, some of which share what an operator could not avoid."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from strangers.cedar.people import Client, account, browser, home, mark, sdk

__all__ = ["client", "front_accounts"]


def front_accounts(
    rng: Random, n: int, share: float, columns: Sequence[str], *, waves: int = 6
) -> list[dict[str, object]]:
    """Return *n* accounts opened in *waves*; a part *share*, in small groups, has a value of *columns* in common."""
    start = datetime(2025, 10, 1, tzinfo=UTC)
    opened = [start + timedelta(days=rng.uniform(0, 145)) for _ in range(waves)]
    made = [account(rng, paid=0.8, phone=0.7) for _ in range(n)]
    for known in made:
        if rng.random() < 0.7:
            known["created_at"] = rng.choice(opened) + timedelta(hours=rng.uniform(0, 90))
    left = rng.sample(range(n), round(share * n))
    while len(left) > 1:
        size = min(len(left), rng.choice((2, 3, 3, 4, 5)))
        if len(left) - size == 1:
            size = len(left)
        group, left = left[:size], left[size:]
        column = rng.choice(columns)
        value = mark(rng, {"payment_fingerprint": "card", "phone_digest": "tel"}.get(column, "dev"))
        for place in group:
            made[place][column] = value
            if column == "phone_digest" and made[place]["verification"] != "payment":
                made[place]["verification"] = "phone"
            if column == "payment_fingerprint":
                made[place] |= {"verification": "payment", "plan": rng.choice(("plus", "pro", "api"))}
    return made


def client(rng: Random, programmes: float) -> tuple[Client, list[str]]:
    """Return a client and its addresses; a part *programmes* shows itself as a library, the rest as browsers."""
    return (sdk(rng) if rng.random() < programmes else browser(rng)), home(rng, 6)
