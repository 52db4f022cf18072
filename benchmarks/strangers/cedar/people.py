"""Accounts, clients and addresses: what a provider knows of people, and what they connect with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from strangers.cedar.loom import listed
from strangers.cedar.words import FIRST, HOSTS, LAST

__all__ = ["BROWSERS", "PLANS", "SDKS", "Client", "account", "browser", "business", "cloud", "home", "mark", "sdk"]

_NOW = datetime(2026, 3, 2, tzinfo=UTC)
_HOME = tuple(
    int(part)
    for part in listed(
        "24,31,46,62,67,71,73,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,98,"
        "99,108,109,151,173,176,178,184,188,189,201,212,213,217"
    )
)
_CLOUD = ((3, 120), (13, 52), (18, 196), (34, 90), (35, 187), (52, 28), (54, 93), (5, 161), (65, 108), (95, 216))
_MAILS = (("gmail.com", 60), ("outlook.com", 14), ("yahoo.com", 8), ("icloud.com", 9), ("proton.me", 5), ("gmx.net", 4))
_LANDS = (
    ("US", 40),
    ("GB", 12),
    ("CA", 8),
    ("IN", 10),
    ("DE", 7),
    ("AU", 5),
    ("NL", 4),
    ("IE", 3),
    ("BR", 4),
    ("PH", 3),
    ("NG", 2),
    ("PL", 2),
)
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 "
        "Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 "
        "Safari/605.1.15"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.3 "
        "Mobile/15E148 Safari/604.1"
    ),
    (
        "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Mobile "
        "Safari/537.36"
    ),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{w}.0) Gecko/20100101 Firefox/{w}.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{w}.0) Gecko/20100101 Firefox/{w}.0",
)
SDKS = (
    "python-sdk/1.{m} CPython/3.{p}",
    "node-sdk/4.{m} node/{n}",
    "python-requests/2.32.{q}",
    "curl/8.{q}.1",
    "go-http-client/2.0",
    "okhttp/4.12.{q}",
    "axios/1.7.{q}",
)
PLANS = ("free", "free", "plus", "plus", "api", "pro")


@dataclass(frozen=True, slots=True)
class Client:
    """A client as it shows itself."""

    user_agent: str
    fingerprint: str


def mark(rng: Random, head: str) -> str:
    """Return a fresh digest such as a provider stores for a card, a telephone or a device."""
    return f"{head}_{rng.getrandbits(56):014x}"


def _weighed(rng: Random, rows: Sequence[tuple[str, int]]) -> str:
    return rng.choices([r[0] for r in rows], [r[1] for r in rows])[0]


def browser(rng: Random) -> Client:
    """Return a browser; its fingerprint is that of its build, which thousands share."""
    build = rng.choices(range(len(BROWSERS)), (38, 16, 12, 12, 12, 7, 3))[0]
    v = rng.choice((131, 132, 133, 133, 134))
    return Client(BROWSERS[build].format(v=v, w=v + 2), f"t13d_b{build}_{v}")


def sdk(rng: Random, kind: int | None = None) -> Client:
    """Return a programme's client library in one of its versions."""
    which = rng.choices(range(len(SDKS)), (45, 20, 14, 4, 6, 4, 7))[0] if kind is None else kind
    m, p, n, q = rng.randint(40, 66), rng.randint(9, 13), rng.choice((18, 20, 22)), rng.randint(0, 7)
    return Client(
        SDKS[which].format(m=m, p=p, n=n, q=q), f"t13d_s{which}_{p if which == 0 else n if which == 1 else q}"
    )


def home(rng: Random, most: int = 4) -> list[str]:
    """Return the addresses of a person: one at home most of the time, a telephone's, a café's."""
    own = f"{rng.choice(_HOME)}.{rng.randint(1, 254)}.{rng.randint(0, 255)}.{rng.randint(2, 254)}"
    others = [
        f"{rng.choice(_HOME)}.{rng.randint(1, 254)}.{rng.randint(0, 255)}.{rng.randint(2, 254)}"
        for _ in range(rng.randrange(most))
    ]
    return [own] * rng.randint(3, 9) + others


def cloud(rng: Random, n: int = 1) -> list[str]:
    """Return *n* addresses of one rented network."""
    a, b = rng.choice(_CLOUD)
    c = rng.randint(0, 255)
    return [f"{a}.{b}.{c}.{rng.randint(2, 254)}" for _ in range(n)]


def _handle(rng: Random, first: str, last: str) -> str:
    year = rng.randint(61, 99)
    return rng.choice(
        (
            f"{first}.{last}",
            f"{first}{last}{year}",
            f"{first[0]}{last}",
            f"{first}_{last}",
            f"{last}.{first}{year}",
            f"{first}{rng.randint(1, 999)}",
            f"{first}.{last}{rng.randint(1, 99)}",
        )
    ).lower()


def account(rng: Random, *, since: int = 700, paid: float = 0.55, phone: float = 0.5) -> dict[str, object]:
    """Return a private person's account, at most *since* days old, sharing nothing."""
    mail = _weighed(rng, _MAILS)
    pays, rings = rng.random() < paid, rng.random() < phone
    return {
        "created_at": _NOW - timedelta(days=since * rng.random() ** 1.3, seconds=rng.randrange(86400)),
        "email": f"{_handle(rng, rng.choice(FIRST), rng.choice(LAST))}@{mail}",
        "email_domain": mail,
        "payment_fingerprint": mark(rng, "card") if pays else None,
        "phone_digest": mark(rng, "tel") if rings else None,
        "device_fingerprint": mark(rng, "dev") if rng.random() < 0.85 else None,
        "referrer": rng.choice((None, None, "search", "friend", "news", "app-store", "docs")),
        "declared_country": _weighed(rng, _LANDS),
        "verification": "payment" if pays else "phone" if rings else rng.choice(("email", "email", "none")),
        "plan": rng.choice(PLANS) if pays else "free",
    }


def business(rng: Random, name: str, *, verified: bool, since: int = 600) -> dict[str, object]:
    """Return the account of a firm with a card, a domain and an organization of its own."""
    domain = "".join(ch for ch in name.lower() if ch.isalnum()) + rng.choice(HOSTS)
    who = rng.choice(("office", "admin", "it", "info", rng.choice(FIRST).lower(), rng.choice(FIRST).lower()))
    return account(rng, since=since, paid=1.0) | {
        "organization_id": mark(rng, "org"),
        "email": f"{who}@{domain}",
        "email_domain": domain,
        "verification": "business" if verified else "payment",
        "plan": rng.choice(("team", "team", "api")),
    }
