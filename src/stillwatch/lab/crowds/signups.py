"""Opens accounts: companies and individuals with payments, phones, devices, addresses and clients."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stillwatch.lab.crowds.crowd import NEVER, Accounts
from stillwatch.lab.crowds.network import address_of, public_addresses
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.draws.arrival_rates import DAY_US
from stillwatch.lab.draws.random_draws import Ints, choose, draw_flags, group_sizes, mix, zipf_weights
from stillwatch.lab.texts.phrasings import split_list
from stillwatch.tables import VERIFICATIONS

__all__ = ["PLANS", "assign_hubs", "company_domain", "open_accounts"]

PLANS = ("free", "pro", "team", "api", "enterprise")
_FREE_MAIL = split_list(
    """
    gmail.com|outlook.com|yahoo.com|icloud.com|hotmail.com|proton.me|gmx.net|mail.com|web.de|zoho.com|
    fastmail.com|orange.fr|libero.it|uol.com.br
    """
)
_FIRST = split_list(
    """
    bright|north|blue|cedar|iron|clear|silver|stone|river|open|swift|amber|harbor|maple|summit|quiet
    """
)
_SECOND = split_list(
    """
    field|works|logic|bridge|labs|point|wave|path|craft|line|forge|desk|grid|leaf|port|crest
    """
)
_ENDS = (".com", ".io", ".co", ".net", ".eu", ".dev")
_REFERRERS = (
    "search",
    "friend",
    "newsletter",
    "podcast",
    "docs",
    "video",
    "forum",
    "blog",
    "partner",
    "store",
)


@dataclass(frozen=True, slots=True)
class _KindProfile:
    """Accounts of one kind: share in companies, plan weights, share that send settings, activity factor, office use."""

    in_company: float
    plans: tuple[float, float, float, float, float]
    sends: float
    activity: float
    office: float = 0.5


_KIND_PROFILES = {
    "chat": _KindProfile(0.12, (0.6, 0.3, 0.08, 0.01, 0.01), 0.05, 1.0),
    "search": _KindProfile(0.05, (0.8, 0.15, 0.03, 0.02, 0.0), 0.05, 0.7),
    "coder": _KindProfile(0.4, (0.25, 0.4, 0.2, 0.1, 0.05), 0.5, 1.5),
    "agent": _KindProfile(0.6, (0.05, 0.1, 0.15, 0.6, 0.1), 0.9, 3.0),
    "bot": _KindProfile(0.95, (0.0, 0.05, 0.15, 0.6, 0.2), 0.95, 5.0, 0.0),
    "batch": _KindProfile(0.85, (0.0, 0.05, 0.15, 0.6, 0.2), 0.95, 5.0, 0.0),
    "researcher": _KindProfile(0.35, (0.15, 0.25, 0.1, 0.5, 0.0), 0.9, 3.0),
}


def open_accounts(context: WorldContext, n: int, kind: str, group: str = "") -> Accounts:
    """Return *n* honest accounts of *kind*, unrelated except for companies of a few seats."""
    rng, profile = context.rng, _KIND_PROFILES[kind]
    organization = _organizations(rng, n, profile.in_company)
    payment, phone, device = _payment_phone_device(rng, n, organization)
    activity = np.exp(context.spec.sigma * rng.standard_normal(n))
    none = np.zeros(n, dtype=np.int64)
    return Accounts(
        habit=rng.integers(0, 2**62, n),
        created=_created(context, n),
        closed=np.where(draw_flags(rng, n, 0.01), rng.integers(context.start_us, context.end_us, n), NEVER),
        organization=organization,
        domain=_domains(context, organization),
        payment=payment,
        phone=phone,
        device=device,
        referrer=_referrers(context, n),
        country=choose(rng, zipf_weights(60, 0.8), n),
        verification=_verification(rng, payment, phone, organization >= 0),
        plan=choose(rng, profile.plans, n),
        **_places(context, organization, profile),
        **_clients(context, n, kind, profile),
        system=none,
        tools=none.copy(),
        rate_curve=rng.integers(0, len(context.arrival_rates.cumulative), n),
        shift=_shifts(rng, n, context.spec.days),
        shape=np.ones(n),
        activity=activity * (context.spec.median_exchanges * profile.activity * context.spec.days / 30),
        kind=np.full(n, context.strings.number(kind)),
        group=np.full(n, context.strings.number(group)),
        is_campaign=np.zeros(n, dtype=bool),
    )


def _places(context: WorldContext, organization: Ints, profile: _KindProfile) -> dict[str, Any]:
    """Return where accounts connect from: home, a carrier exit, the office, or a VPN for some individuals."""
    rng, n, carrier = context.rng, len(organization), context.network.carrier
    seat = organization >= 0
    pools = choose(rng, (0.5, 0.25, 0.15, 0.1), n)
    on_vpn = draw_flags(rng, n, context.spec.vpn_share) & ~seat
    shared = carrier[rng.integers(0, len(carrier), n)]
    return {
        "home": np.where(draw_flags(rng, n, 0.06), shared, public_addresses(rng, n)),
        "roams": draw_flags(rng, n, 0.45),
        "office": np.where(seat, address_of(mix(organization, 77)), 0),
        "office_share": np.where(seat, profile.office * rng.random(n) * 2, 0.0).clip(0, 0.95),
        "pool": np.where(on_vpn, pools, -1),
        "pool_share": np.where(on_vpn, rng.beta(4, 2, n), 0.0),
    }


def _clients(context: WorldContext, n: int, kind: str, profile: _KindProfile) -> dict[str, Any]:
    """Return what accounts call with: two clients, the settings they send, the model and when they change it."""
    rng, clients = context.rng, context.clients
    first, second = clients.pick(rng, kind, n), clients.pick(rng, kind, n)
    sends = draw_flags(rng, n, profile.sends)
    release = context.release_us + (rng.exponential(8.0, n) * DAY_US).astype(np.int64)
    limits = rng.choice([256, 512, 1024, 1024, 2048, 4096, 4096, 8192], n)
    usual = [0.0, 0.0, 0.0, 0.2] if kind in {"batch", "researcher"} else [0.0, 0.2, 0.3, 0.5, 0.7, 0.7, 1.0, 1.0]
    streams = np.ones(n, dtype=bool) if kind in {"chat", "search", "coder"} else draw_flags(rng, n, 0.3)
    return {
        "agent": clients.agent[first],
        "fingerprint": clients.fingerprint[first],
        "agent_2": clients.agent[second],
        "fingerprint_2": clients.fingerprint[second],
        "client_share": np.where(draw_flags(rng, n, 0.3), rng.random(n) * 0.5, 0.0),
        "n_tools": np.full(n, -1 if kind in {"chat", "search"} else 0),
        "temperature": np.where(sends, rng.choice(usual, n), np.nan),
        "max_tokens": np.where(sends, limits, -1),
        "stream": streams.astype(np.int64),
        "model": draw_flags(rng, n, 0.4).astype(np.int64),
        "moves": np.where(draw_flags(rng, n, 0.6), release, NEVER),
    }


def assign_hubs(rng: np.random.Generator, chosen: Ints, per_hub: int) -> Ints:
    """Return a hub number for each of the *chosen* accounts, about *per_hub* accounts per hub."""
    hubs = max(1, round(len(chosen) / per_hub))
    return rng.permutation(np.arange(len(chosen)) % hubs)


def company_domain(number: int) -> str:
    """Return the e-mail domain of a company."""
    digits = int(mix(number, 5))
    first, second = _FIRST[digits % 16], _SECOND[digits // 16 % 16]
    return f"{first}{second}{digits // 256 % 997}{_ENDS[digits // 300_000 % len(_ENDS)]}"


def _organizations(rng: np.random.Generator, n: int, share: float) -> Ints:
    seats = np.flatnonzero(draw_flags(rng, n, share))
    out = np.full(n, -1, dtype=np.int64)
    sizes = group_sizes(rng, len(seats), 2.0, 12)
    out[seats] = np.repeat(rng.integers(0, 2**40, len(sizes)), sizes)
    return out


def _created(context: WorldContext, n: int) -> Ints:
    rng = context.rng
    before = context.start_us - (rng.exponential(250.0, n) * DAY_US).astype(np.int64) - 3_600_000_000
    within = rng.integers(
        context.start_us, context.start_us + max(1, int(0.9 * (context.end_us - context.start_us))), n
    )
    return np.where(draw_flags(rng, n, 0.22), within, before)


def _payment_phone_device(rng: np.random.Generator, n: int, organization: Ints) -> tuple[Ints, Ints, Ints]:
    """Return payment, phone and device.

    A company has one payer. Some unrelated accounts share a value (family, resale or chance).
    """
    seat = organization >= 0
    payment = np.where(draw_flags(rng, n, 0.5), rng.integers(0, 2**62, n), -1)
    payment = np.where(seat, mix(organization, 11), _copied(rng, payment, 0.02))
    phone = _copied(rng, np.where(draw_flags(rng, n, 0.6), rng.integers(0, 2**62, n), -1), 0.012)
    device = _copied(rng, np.where(draw_flags(rng, n, 0.92), rng.integers(0, 2**62, n), -1), 0.02)
    return payment, phone, device


def _copied(rng: np.random.Generator, values: Ints, share: float) -> Ints:
    copies = draw_flags(rng, len(values), share)
    return np.where(copies, values[rng.integers(0, max(1, len(values)), len(values))], values)


def _domains(context: WorldContext, organization: Ints) -> Ints:
    rng, n = context.rng, len(organization)
    free = context.strings.numbers(list(_FREE_MAIL))[choose(rng, zipf_weights(len(_FREE_MAIL), 1.3), n)]
    throwaway = context.strings.numbers(list(context.disposable))[rng.integers(0, len(context.disposable), n)]
    own = context.strings.numbers([company_domain(int(number)) for number in rng.integers(0, 2**40, n)])
    dice = rng.random(n)
    single = np.where(dice < 0.02, throwaway, np.where(dice < 0.1, own, free))
    company = context.strings.numbers([company_domain(int(x)) if x >= 0 else "" for x in organization])
    return np.where(organization >= 0, company, single)


def _referrers(context: WorldContext, n: int) -> Ints:
    rng = context.rng
    known = context.strings.numbers([f"{r}-{i}" for r in _REFERRERS for i in range(8)])
    return np.where(draw_flags(rng, n, 0.3), known[choose(rng, zipf_weights(len(known), 1.0), n)], 0)


def _verification(rng: np.random.Generator, payment: Ints, phone: Ints, seat: NDArray[np.bool_]) -> Ints:
    level = np.where(draw_flags(rng, len(payment), 0.9), VERIFICATIONS.index("email"), VERIFICATIONS.index("none"))
    level = np.where(phone >= 0, VERIFICATIONS.index("phone"), level)
    level = np.where(payment >= 0, VERIFICATIONS.index("payment"), level)
    return np.where(seat & draw_flags(rng, len(level), 0.7), VERIFICATIONS.index("business"), level)


def _shifts(rng: np.random.Generator, n: int, days: int) -> Ints:
    """Return time shifts in microseconds: a time zone in whole hours, up to half an hour more or less, and
    whole weeks.
    """
    zone = choose(rng, np.tile([3, 1, 1, 2, 4, 4, 3, 1], 3), n) * 3_600_000_000
    weeks = rng.integers(0, max(1, days // 7), n) * 7 * DAY_US
    return np.asarray(zone + weeks + rng.integers(-1_800_000_000, 1_800_000_000, n))
