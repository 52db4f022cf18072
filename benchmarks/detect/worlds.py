"""Defines the worlds of the benchmark: reporting worlds with campaigns whose texts come from different pools.

Campaigns that deal from one pool of texts are one campaign to any detector, so the campaigns of a world have different
aims. With a folder of real parts most aims are real harvests (coding, tool use, role-play, GSM8K, T0). All other aims
are domains of the embedded generator.
"""

from collections.abc import Callable

from detect.options import Options
from stillwatch import lab

__all__ = ["EIGHTS", "FAMILIES", "WORLDS", "calm", "crowds", "early", "field"]

EIGHTS = ("payment", "device", "phone", "payment", "device", "phone")
"""The family of metadata that each campaign of eight accounts shares."""

FAMILIES: tuple[tuple[str, str, str], ...] = (
    ("natural_worklist", "tool-use", "data"),
    ("fixed_frame", "science", "science"),
    ("evolved_instructions", "writing", "writing"),
    ("rationales", "maths", "maths"),
    ("rubric_grading", "language", "language"),
    ("preference_pairs", "business", "business"),
    ("tool_trajectories", "tools", "tools"),
    ("role_play", "role-play", "broad"),
    ("agentic_coding", "coding", "software"),
    ("benchmark_replay", "gsm8k", "exam-a"),
)
"""Every campaign family with its aim for real parts and its aim for made texts."""

_AIMS_OF_EIGHTS = ("health", "travel", "history", "food", "home", "money")


def natural(options: Options) -> lab.WorldSpec:
    """Natural text at one exchange per account and day, a frame, and six campaigns of eight accounts."""
    return _world(options, "natural", *_natural(options))


def busy(options: Options) -> lab.WorldSpec:
    """Natural text at the pace of the published campaign."""
    return _world(options, "busy", _campaign(options, "natural-26", 100, 26.0))


def half(options: Options) -> lab.WorldSpec:
    """The list of the world ``natural``, with half of the exchanges unrelated; alone, because one list is one
    campaign.
    """
    return _world(options, "half", _campaign(options, "half", 150, 2.0, cover=0.5))


def deep(options: Options) -> lab.WorldSpec:
    """The list of the world ``natural``, with four fifths of the exchanges unrelated."""
    return _world(options, "deep", _campaign(options, "deep", 150, 8.0, cover=0.8))


def cover(options: Options) -> lab.WorldSpec:
    """Half and four fifths unrelated exchanges, at two and at eight exchanges per account and day.

    Each list has one aim, like the requests of many honest users.
    """
    aims = {
        "half-2": ("tool-use", "software", 2.0, 0.5),
        "deep-2": ("role-play", "science", 2.0, 0.8),
        "half-8": ("batch", "business", 8.0, 0.5),
        "deep-8": ("reasoning", "writing", 8.0, 0.8),
    }
    hidden = [
        _campaign(options, name, 100, pace, capability=_aim(options, real, made), cover=share)
        for name, (real, made, pace, share) in aims.items()
    ]
    return _world(options, "cover", *hidden)


def families(options: Options) -> lab.WorldSpec:
    """One campaign of each family, a hundred accounts each, nothing shared."""
    hidden = []
    for family, real, made in FAMILIES:
        # real lists are short: at this pace they last for about one pass
        pace = 2.0 if family in {"natural_worklist", "benchmark_replay"} else 4.0
        aim = _aim(options, real, made)
        hidden.append(_campaign(options, family, 100, pace, family=family, capability=aim))
    return _world(options, "families", *hidden)


def proxies(options: Options) -> lab.WorldSpec:
    """Two campaigns entirely behind the proxy network, with eight hundred honest customers of that network."""
    customers = lab.LookalikeSpec(family="proxy_customers", accounts=options.size(800, 40))
    others = tuple(look for look in _lookalikes(options) if look.family != "proxy_customers")
    north = _campaign(options, "north", 80, 4.0, capability=_aim(options, "tool-use", "software"), proxies=1.0)
    south = _campaign(options, "south", 80, 4.0, capability=_aim(options, "batch", "science"), proxies=1.0)
    return _world(options, "proxies", north, south, lookalikes=(*others, customers))


def no_text(options: Options) -> lab.WorldSpec:
    """No text in any row; the same half of the accounts of a campaign shares two families of metadata."""
    pairs = (("payment", "device"), ("phone", "device"), ("payment", "phone"))
    hidden = [
        _campaign(options, f"half-shared-{i}", 200, 2.0, shared=dict.fromkeys(pair, 0.5), sharers="nested")
        for i, pair in enumerate(pairs, start=1)
    ]
    return _world(options, "no-text", *hidden, texts="none")


def contaminated(options: Options) -> lab.WorldSpec:
    """The world ``natural`` with about a tenth of all accounts and exchanges in campaigns."""
    hidden = _natural(options)
    crowd = options.size(20_000) + sum(look.accounts for look in _lookalikes(options))
    others = max(60, round(crowd / 9) - sum(c.accounts for c in hidden))
    aims = {
        "natural_worklist": "games",
        "fixed_frame": "learning",
        "rationales": "record",
        "evolved_instructions": "service",
    }
    more = [
        lab.CampaignSpec(name=f"other-{aim}", family=family, accounts=others // 4, per_day=2.6, capability=aim)
        for family, aim in aims.items()
    ]
    return _world(options, "contaminated", *hidden, *more)


def dual(options: Options) -> lab.WorldSpec:
    """Two public lists: a few accounts evaluate them honestly, and campaigns deal them over two hundred accounts."""
    lists = ("gsm8k", "t0-templates") if options.parts else ("exam-a", "exam-b")
    whole = options.scale >= 1
    honest = tuple(
        lab.LookalikeSpec(
            family="evaluation", name=f"evaluation of {name}", accounts=n, capability=name, exchanges=most
        )
        for name, n, most in zip(lists, (3, 2), (0, 10_000) if whole else (1_000, 1_000), strict=True)
    )
    dealt = [
        _campaign(options, f"{name} dealt", 200, pace, family="benchmark_replay", capability=name)
        for name, pace in zip(lists, (1.0, 2.0), strict=True)
    ]
    return _world(options, "dual", *dealt, lookalikes=(*_lookalikes(options), *honest))


def early(options: Options) -> lab.WorldSpec:
    """Two campaigns at the published pace, without cover and with half, that begin during the world."""
    hidden = [
        _campaign(options, name, 100, 26.0, capability=_aim(options, *aims), cover=share).model_copy(
            update={"start_day": options.early_start}
        )
        for name, aims, share in (("natural", ("tool-use", "software"), 0.0), ("half", ("batch", "science"), 0.5))
    ]
    return _world(options, "early", *hidden)


def calm(options: Options) -> lab.WorldSpec:
    """Two thousand honest accounts and no other account."""
    return lab.WorldSpec(name="calm", accounts=options.size(2_000, 200), days=30)


def crowds(options: Options) -> lab.WorldSpec:
    """Two thousand honest accounts and one crowd of every look-alike."""
    lookalikes = lab.every_lookalike(1.0 if options.scale >= 1 else 0.3)
    return lab.WorldSpec(name="crowds", accounts=options.size(2_000, 200), days=30, lookalikes=lookalikes)


def field(options: Options) -> lab.WorldSpec:
    """The world of the simulated operator: honest accounts and look-alikes."""
    share = options.adapt_accounts / 20_000
    return lab.preset(
        "reporting",
        accounts=options.size(options.adapt_accounts, 500),
        lookalikes=lab.every_lookalike(max(0.2, 2.0 * share * options.scale)),
    )


WORLDS: dict[str, Callable[[Options], lab.WorldSpec]] = {
    "natural": natural,
    "busy": busy,
    "half": half,
    "deep": deep,
    "cover": cover,
    "families": families,
    "proxies": proxies,
    "no-text": no_text,
    "contaminated": contaminated,
    "dual": dual,
}
"""Worlds that are built, scanned once and measured."""


def _world(
    options: Options,
    name: str,
    *campaigns: lab.CampaignSpec,
    lookalikes: tuple[lab.LookalikeSpec, ...] | None = None,
    texts: str = "text",
) -> lab.WorldSpec:
    return lab.preset(
        "reporting",
        name=name,
        accounts=options.size(20_000, 500),
        lookalikes=_lookalikes(options) if lookalikes is None else lookalikes,
        campaigns=campaigns,
        texts=texts,
    )


def _lookalikes(options: Options) -> tuple[lab.LookalikeSpec, ...]:
    return lab.every_lookalike(2.0 * options.scale)


def _aim(options: Options, real: str, made: str) -> str:
    return real if options.parts else made


def _campaign(options: Options, name: str, accounts: int, per_day: float, **knobs: object) -> lab.CampaignSpec:
    knobs = {"family": "natural_worklist", **knobs}
    return lab.CampaignSpec.model_validate(
        {"name": name, "accounts": options.size(accounts, min(accounts, 30)), "per_day": per_day, **knobs}
    )


def _natural(options: Options) -> list[lab.CampaignSpec]:
    aim = _aim(options, "tool-use", "business")
    hidden = [
        _campaign(options, "natural-1", 150, 1.0),
        _campaign(options, "frame", 150, 1.0, family="fixed_frame", capability=aim, shared={"payment": 0.3}),
    ]
    for i, (family, about) in enumerate(zip(EIGHTS, _AIMS_OF_EIGHTS, strict=True), start=1):
        share = {"shared": {family: 1.0}, "hub_accounts": 8}
        hidden.append(_campaign(options, f"eight-{i}", 8, 4.0, capability=about, **share))
    return hidden
