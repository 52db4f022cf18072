"""Names, accounts, addresses and clients of people and firms."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from random import Random

from strangers.alder.places import COUNTRIES, FIRST, LAST, WEBMAIL

_OPENING = datetime(2026, 3, 2, tzinfo=UTC)
_CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
_DESKS = ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64")
_HOME_NETS = (
    24,
    31,
    46,
    62,
    68,
    71,
    73,
    76,
    77,
    78,
    79,
    80,
    81,
    82,
    84,
    85,
    86,
    87,
    88,
    89,
    90,
    91,
    92,
    93,
    94,
    95,
    96,
    98,
    99,
    101,
    103,
    105,
    109,
    110,
    112,
    115,
    117,
    122,
    124,
    151,
    176,
    178,
    186,
    188,
    190,
    197,
    213,
)
_CLOUD_NETS = (
    "3.88",
    "18.196",
    "34.89",
    "35.246",
    "52.58",
    "13.70",
    "20.73",
    "5.161",
    "65.108",
    "95.217",
    "139.59",
    "164.92",
    "167.99",
    "51.15",
    "141.95",
    "54.36",
)


def token(rng: Random, prefix: str) -> str:
    """Return a fresh opaque value, such as the fingerprint of a card."""
    return f"{prefix}_{rng.getrandbits(48):012x}"


def fingerprint(user_agent: str, salt: str = "") -> str:
    """Return the TLS fingerprint of a client, which all its users share."""
    return "t13d" + blake2b(f"{user_agent}{salt}".encode(), digest_size=8).hexdigest()


def browser(rng: Random) -> str:
    """Return the user agent of a browser or of a phone app."""
    roll = rng.random()
    if roll < 0.55:
        return _CHROME.format(rng.choice(_DESKS), rng.choice((141, 142, 143, 143, 144, 144, 145)))
    if roll < 0.68:
        return f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{(v := rng.choice((140, 146, 147)))}.0) Firefox/{v}.0"
    if roll < 0.82:
        return f"AssistantApp/{rng.choice(('4.12.0', '4.13.1', '4.14.0'))} (iOS 18.{rng.randint(1, 4)})"
    return f"AssistantApp/{rng.choice(('4.11.2', '4.13.1', '4.14.0'))} (Android {rng.choice((13, 14, 15, 16))})"


def sdk(rng: Random) -> str:
    """Return the user agent of a programming kit."""
    return rng.choice(
        (
            f"provider-python/1.{rng.choice((38, 42, 51, 55, 58, 61))}.{rng.randint(0, 3)}",
            f"provider-python/1.{rng.choice((55, 58, 61))}.0",
            f"provider-node/4.{rng.choice((19, 24, 28, 30))}.{rng.randint(0, 2)}",
            f"python-httpx/0.{rng.choice((25, 27, 28))}.{rng.randint(0, 2)}",
            f"langkit/0.3.{rng.randint(4, 27)} provider-python/1.58.0",
            "Go-http-client/2.0",
            f"curl/8.{rng.randint(4, 11)}.0",
        )
    )


def home(rng: Random) -> list[str]:
    """Return the addresses of somebody at home, at work and on the phone."""
    count = rng.choice((1, 1, 2, 2, 3, 5))
    places = [f"{rng.choice(_HOME_NETS)}.{rng.randrange(256)}.{rng.randrange(256)}" for _ in range(min(count, 3))]
    return [f"{rng.choice(places)}.{rng.randint(2, 254)}" for _ in range(count)]


def cloud(rng: Random, count: int = 1) -> list[str]:
    """Return addresses of rented machines in one network."""
    net = f"{rng.choice(_CLOUD_NETS)}.{rng.randrange(256)}"
    return [f"{net}.{rng.randint(2, 254)}" for _ in range(count)]


def full_name(rng: Random) -> tuple[str, str]:
    """Return a first and a last name."""
    return rng.choice(FIRST), rng.choice(LAST)


def mailbox(rng: Random, first: str, last: str) -> str:
    """Return what stands before the @ in somebody's address."""
    f, la = first.lower(), last.lower()
    return rng.choice(
        (
            f"{f}.{la}",
            f"{f}{la}{rng.randint(1, 99)}",
            f"{f[0]}{la}",
            f"{la}.{f}{rng.randint(60, 99)}",
            f"{f}_{rng.randint(100, 9999)}",
        )
    )


def since(rng: Random, days: float, until: float = 0.0) -> datetime:
    """Return a moment of sign-up between *days* and *until* days before the log begins."""
    return _OPENING - timedelta(days=until + (days - until) * rng.random(), seconds=rng.randrange(86400))


def private_account(rng: Random, days: float = 800.0, *, until: float = 1.0) -> dict[str, object]:
    """Return the account of a private person who shares nothing with anybody."""
    first, last = full_name(rng)
    domain = (
        rng.choice(WEBMAIL) if rng.random() < 0.9 else f"{last.lower()}{rng.choice(('.me', '.net', '.studio', '.io'))}"
    )
    pays = rng.random() < 0.62
    return {
        "created_at": since(rng, days, until),
        "email": f"{mailbox(rng, first, last)}@{domain}",
        "email_domain": domain,
        "payment_fingerprint": token(rng, "card") if pays else None,
        "phone_digest": token(rng, "tel") if rng.random() < 0.55 else None,
        "device_fingerprint": token(rng, "dev") if rng.random() < 0.8 else None,
        "referrer": rng.choice((None, None, "search", "search", "friend", "newsletter", "appstore", "youtube")),
        "declared_country": rng.choice(COUNTRIES),
        "verification": "payment" if pays else rng.choice(("email", "email", "phone", "none")),
        "plan": rng.choice(("plus", "plus", "payg", "pro")) if pays else "free",
    }


def firm_account(rng: Random, domain: str, *, days: float = 700.0, verified: bool = False) -> dict[str, object]:
    """Return the account of a firm with its own domain and card."""
    first, last = full_name(rng)
    return {
        "created_at": since(rng, days, 5.0),
        "organization_id": token(rng, "org"),
        "email": f"{rng.choice((mailbox(rng, first, last), 'it', 'office', 'admin', 'accounts'))}@{domain}",
        "email_domain": domain,
        "payment_fingerprint": token(rng, "card"),
        "phone_digest": token(rng, "tel") if rng.random() < 0.7 else None,
        "device_fingerprint": token(rng, "dev") if rng.random() < 0.6 else None,
        "referrer": rng.choice((None, "search", "sales", "partner")),
        "declared_country": rng.choice(COUNTRIES),
        "verification": "business" if verified else "payment",
        "plan": rng.choice(("team", "payg", "payg", "business")),
    }


def share(
    rng: Random, accounts: Sequence[dict[str, object]], columns: Sequence[str], part: float, most: int = 4
) -> None:
    """Let *part* of *accounts* share values of *columns* in small groups, one column a group."""
    order = rng.sample(range(len(accounts)), round(part * len(accounts)))
    while len(order) > 1:
        group = [order.pop() for _ in range(min(len(order), rng.randint(2, most)))]
        column = rng.choice(list(columns))
        value = token(rng, column[:3])
        for place in group:
            accounts[place][column] = value
            if column == "payment_fingerprint":
                accounts[place].update(verification="payment", plan="payg")
