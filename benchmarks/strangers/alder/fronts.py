"""The accounts behind which an operator of a harvest stands: names, sign-ups in waves, rented addresses."""

from collections.abc import Sequence
from random import Random

from strangers.alder.people import browser, cloud, home, private_account, sdk, share


def front_accounts(
    rng: Random, n: int, *, columns: Sequence[str], part: float, days: float = 130.0, paid: float = 0.8
) -> list[dict[str, object]]:
    """Return *n* accounts under false names that open in waves; *part* of them share values of *columns*."""
    waves = [(start, rng.uniform(2.0, 9.0)) for start in (rng.uniform(6.0, days) for _ in range(max(2, n // 12)))]
    accounts = []
    for _ in range(n):
        start, width = rng.choice(waves)
        old = rng.random() < 0.12  # bought from somebody who opened it long ago
        account = private_account(rng, 600.0 if old else start + width, until=60.0 if old else start)
        if rng.random() < paid and not account["payment_fingerprint"]:
            account.update(
                payment_fingerprint=f"card_{rng.getrandbits(48):012x}",
                verification="payment",
                plan=rng.choice(("payg", "plus")),
            )
        accounts.append(account)
    if columns:
        share(rng, accounts, columns, part)
    return accounts


def exits(rng: Random, n: int, *, pooled: float) -> list[list[str]]:
    """Return the addresses of *n* accounts: a *pooled* share of them uses a pool of proxies."""
    pool = [address for _ in range(max(3, n // 3)) for address in home(rng)]
    return [
        rng.sample(pool, min(len(pool), rng.randint(2, 6))) if rng.random() < pooled else home(rng) for _ in range(n)
    ]


def machines(rng: Random, n: int) -> list[list[str]]:
    """Return rented machines for *n* accounts, a few accounts to a machine."""
    rented = [cloud(rng, rng.randint(1, 3)) for _ in range(max(2, n // 3))]
    return [rng.choice(rented) for _ in range(n)]


def agent_of(rng: Random, scripted: float) -> str:
    """Return a user agent: a programming kit for a *scripted* share, else a browser."""
    return sdk(rng) if rng.random() < scripted else browser(rng)
