"""Who the accounts are: names, mail, cards, phones, devices, addresses and clients."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from random import Random

__all__ = ["CLIENTS", "FIRST", "LAST", "account", "address", "client", "home_set", "mail", "token"]

_FIRST_TEXT = (
    "Anna Ben Carla David Elena Farid Grace Hiro Ines Jonas Katya Liam Maria Noor Oscar Priya Quentin Rosa Samir Tara "
    "Ugo Vera Wei Ximena Yusuf Zoe Aiden Bianca Chidi Dalia Emeka Fiona Goran Helga Ivan Julia Kofi Lena Mateo Nadia "
    "Olga Pedro Rachel Stefan Thandi Umar Valentina William Yara Zoltan Amelie Bruno Chloe Deepak Erin Felix Gita Hugo"
)
FIRST = tuple(_FIRST_TEXT.split())
_LAST_TEXT = (
    "Almeida Becker Costa Dubois Eriksen Fischer Garcia Hansen Ivanov Jensen Kowalski Lindgren Moreau Nakamura Okafor "
    "Patel Quinn Rossi Schmidt Tanaka Ueda Varga Walsh Xu Yilmaz Zhang Abbott Brennan Chen Dimitrov Evans Ferrari "
    "Gupta "
    "Haddad Iyer Johnson Khan Lopez Mbeki Nguyen Olsen Petrov Reyes Singh Taylor Usman Vogel Weber Young Zimmer Adeyemi"
)
LAST = tuple(_LAST_TEXT.split())
_FREE = ("gmail.com",) * 11 + ("outlook.com", "outlook.com", "yahoo.com", "icloud.com", "icloud.com", "proton.me")
_FREE += ("gmx.de", "hotmail.com", "web.de", "orange.fr", "libero.it", "yandex.com", "qq.com", "uol.com.br", "mail.com")
_COUNTRIES = ("US",) * 9 + ("GB", "GB", "DE", "DE", "FR", "IN", "IN", "IN", "BR", "CA", "ES", "IT", "NL", "PL", "JP")
_COUNTRIES += ("KR", "AU", "MX", "NG", "TR", "ID", "PH", "SE", "CH", "AR", "VN", "UA", "ZA", "KE", "PT", "RO", "EG")
_REFERRERS = (None,) * 8 + ("search", "search", "search", "friend", "blog", "newsletter", "youtube", "reddit", "docs")
_PREFIXES_TEXT = (
    "24.17 47.150 68.36 71.204 73.92 76.103 81.104 82.3 84.140 85.216 86.178 87.122 88.65 89.12 90.61 91.64 92.184 "
    "93.202 95.88 99.240 101.98 103.77 106.51 109.43 117.192 122.161 126.77 151.46 176.83 177.32 178.202 187.20 188.92 "
    "189.61 190.17 200.89 201.17 212.10 213.55 217.229"
)
_PREFIXES = tuple(_PREFIXES_TEXT.split())
_MOBILE = ("100.128.4", "172.56.21", "37.84.112", "80.187.96", "92.40.168", "106.205.13", "189.40.77", "49.36.200")
_CLOUD = (
    "3.121",
    "18.184",
    "34.89",
    "35.198",
    "52.29",
    "54.93",
    "20.79",
    "65.108",
    "95.216",
    "138.68",
    "159.89",
    "51.15",
)
_WEB = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{v}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/{v}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.{m} Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{v}.0.0.0 Safari/537.36 Edg/{v}.0.0.0",
)
CLIENTS: dict[str, tuple[str, ...]] = {
    "web": _WEB,
    "mobile": ("assistant-ios/3.{m}.1", "assistant-android/3.{m}.0", "assistant-ios/3.{m}.0"),
    "python": ("provider-python/1.{v}.0", "provider-python/1.{v}.1", "provider-python/1.{v}.2"),
    "node": ("provider-node/0.{v}.0", "provider-node/0.{v}.1"),
    "script": ("python-requests/2.3{m}.0", "curl/8.{m}.0", "axios/1.7.{m}", "Go-http-client/2.0", "okhttp/4.1{m}.0"),
    "ide": ("codemate-vscode/2.{v}.0", "lantern-jetbrains/241.{v}", "nvim-ask/0.{m}.3", "codemate-cli/1.{v}"),
    "bot": ("flowbuilder/4.{m}", "zapline/2.{m}", "provider-node/0.{v}.0", "discord-bridge/1.{m}", "shopbot-wp/3.{m}"),
    "nightly": ("provider-python/1.{v}.0", "pipeline-runner/0.{m}", "python-httpx/0.2{m}.0", "airflow-llm/1.{m}"),
}


def token(rng: Random, kind: str) -> str:
    """Return a digest such as that of a card (``pf``), a phone (``ph``) or a device (``dv``)."""
    return f"{kind}_{rng.getrandbits(48):012x}"


def mail(rng: Random, domain: str | None = None) -> tuple[str, str]:
    """Return a mail address as people make them, and its domain."""
    first, last = rng.choice(FIRST).lower(), rng.choice(LAST).lower()
    where = domain or rng.choice(_FREE)
    shapes = (f"{first}.{last}", f"{first}{last}{rng.randint(1, 99)}", f"{first[0]}{last}", f"{last}.{first}")
    shapes += (f"{first}_{rng.randint(1970, 2008)}", f"{first}{rng.choice(('codes', 'writes', 'xo', 'the2nd', 'dev'))}")
    name = (
        f"{first}.{last}" if domain else rng.choice(shapes) + (str(rng.randint(2, 999)) if rng.random() < 0.5 else "")
    )
    return f"{name}@{where}", where


def account(
    rng: Random, *, paid: float = 0.5, own_domain: float = 0.1, age_days: tuple[int, int] = (2, 700)
) -> dict[str, object]:
    """Return what the provider knows of one ordinary customer."""
    domain = None
    if rng.random() < own_domain:
        word = rng.choice(LAST).lower() + rng.choice(("soft", "labs", "-studio", "group", "media", "", "consult"))
        word += str(rng.randint(2, 99)) if rng.random() < 0.3 else ""
        domain = f"{word}.{rng.choice(('com', 'io', 'de', 'net', 'co'))}"
    address_, where = mail(rng, domain)
    pays = rng.random() < paid
    phone = rng.random() < 0.5
    checked = "phone" if phone else "email" if rng.random() < 0.9 else "none"
    checked = "payment" if pays and rng.random() < 0.6 else checked
    low, high = age_days
    age = low + (high - low) * rng.random() ** 1.7
    return {
        "created_at": datetime(2026, 3, 2, tzinfo=UTC) - timedelta(days=age, seconds=rng.randrange(86400)),
        "email": address_,
        "email_domain": where,
        "payment_fingerprint": token(rng, "pf") if pays else None,
        "phone_digest": token(rng, "ph") if phone else None,
        "device_fingerprint": token(rng, "dv") if rng.random() < 0.7 else None,
        "referrer": rng.choice(_REFERRERS),
        "declared_country": rng.choice(_COUNTRIES) if rng.random() < 0.9 else None,
        "verification": checked,
        "plan": rng.choice(("plus", "plus", "payg", "payg", "team")) if pays else "free",
    }


def address(rng: Random, kind: str = "home") -> str:
    """Return an address of a home line, a mobile carrier's gateway, a cloud machine or a VPN's exit."""
    if kind == "mobile":
        return f"{rng.choice(_MOBILE)}.{rng.randint(1, 60)}"
    if kind == "vpn":
        return f"{rng.choice(('185.159.157', '146.70.86', '193.138.218'))}.{rng.randint(2, 18)}"
    prefix = rng.choice(_CLOUD if kind == "cloud" else _PREFIXES)
    return f"{prefix}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"


def home_set(rng: Random) -> Sequence[str]:
    """Return the addresses of a private person: mostly home, some mobile, some at work, now and then a VPN."""
    home = address(rng)
    found = [home] * rng.randint(2, 6)
    if rng.random() < 0.5:
        found.append(address(rng, "mobile"))
    if rng.random() < 0.3:
        found += [address(rng)] * rng.randint(1, 3)
    if rng.random() < 0.12:
        found.append(address(rng, "vpn"))
    if rng.random() < 0.3:
        found.append(home.rsplit(".", 1)[0] + f".{rng.randint(1, 254)}")
    rng.shuffle(found)
    return found


def client(rng: Random, kind: str) -> tuple[str, str]:
    """Return a user agent of *kind*, and the fingerprint that its library and system give."""
    shape = rng.choice(CLIENTS[kind])
    agent = shape.replace(
        "{v}", str(rng.choice((124, 128, 131, 132, 133, 133, 134)) if kind == "web" else rng.randint(30, 68))
    )
    agent = agent.replace("{m}", str(rng.randint(1, 9)))
    stem = blake2b(f"{kind}/{agent}/{rng.randint(0, 2)}".encode(), digest_size=6).hexdigest()
    return agent, f"t13d15{len(shape) % 90:02d}h2_{stem}"
