"""What a world is made of: a specification that can be read from TOML or JSON, and named presets."""

import difflib
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from stillwatch.errors import SettingsError

__all__ = ["PRESETS", "CampaignSpec", "LookalikeSpec", "WorldSpec", "every_lookalike", "load_spec", "preset"]

SHARED_FAMILIES = ("payment", "phone", "device", "referrer", "email_domain", "client", "signup")


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class LookalikeSpec(_Spec):
    """An honest crowd that resembles a campaign; ``exchanges`` is the mean per account, 0 for the family's
    own.

    ``capability`` is which public list an ``evaluation`` runs, ``broad`` for all of them in turn.
    """

    family: str
    name: str = ""
    accounts: int = Field(default=40, ge=1)
    exchanges: float = Field(default=0.0, ge=0)
    capability: str = "broad"
    knobs: dict[str, float] = {}


class CampaignSpec(_Spec):
    """A campaign and its knobs; shares are 0 to 1, days count from the start of the world.

    ``shared`` maps a family of metadata to the share of accounts that have a value of it in common with about
    ``hub_accounts`` others; ``sharers`` says whether families meet in the same accounts (nested), in
    different ones as far as they go round (disjoint), or by chance. ``days_active`` 0 means the rest of
    the world, ``worklist`` 0 as many distinct payloads as are needed or exist; ``jitter`` is the spread of
    the daily count beyond Poisson, as a share of it. ``paraphrase`` is the share of the payloads that are
    put in other words, frame and all. ``churn`` is the share of the accounts closed per day; within hours
    another one opens and carries on, so that ``accounts`` is how many there are at a time.
    """

    family: str = "natural_worklist"
    name: str = ""
    accounts: int = Field(default=60, ge=2)
    per_day: float = Field(default=26.0, gt=0)
    start_day: int = Field(default=0, ge=0)
    days_active: int = Field(default=0, ge=0)
    cover: float = Field(default=0.0, ge=0, le=0.95)
    shared: dict[str, float] = {}
    sharers: str = Field(default="disjoint", pattern="^(nested|disjoint|independent)$")
    hub_accounts: int = Field(default=6, ge=2)
    jitter: float = Field(default=0.3, ge=0)
    idle_days: float = Field(default=0.1, ge=0, lt=1)
    working_hours: tuple[float, float] | None = (6.0, 24.0)
    proxies: float = Field(default=0.6, ge=0, le=1)
    model_move_hours: float | None = None
    output_scale: float = Field(default=1.6, gt=0)
    worklist: int = Field(default=0, ge=0)
    capability: str = "broad"
    paraphrase: float = Field(default=0.0, ge=0, le=1)
    churn: float = Field(default=0.0, ge=0, le=0.9)
    knobs: dict[str, float] = {}

    @model_validator(mode="after")
    def _known_families(self) -> Self:
        if unknown := set(self.shared) - set(SHARED_FAMILIES):
            raise ValueError(f"unknown metadata family {sorted(unknown)[0]!r}; known: {', '.join(SHARED_FAMILIES)}")
        if any(not 0 <= share <= 1 for share in self.shared.values()):
            raise ValueError("a share of accounts is between 0 and 1")
        return self


KIND_SHARES = {
    "chat": 0.46,
    "search": 0.20,
    "coder": 0.14,
    "agent": 0.07,
    "bot": 0.05,
    "batch": 0.04,
    "researcher": 0.04,
}


class WorldSpec(_Spec):
    """A world: honest people, look-alikes and campaigns over some days.

    ``median_exchanges`` is that of a chat user in 30 days and ``sigma`` the log-normal spread around it.
    ``texts`` "none" leaves prompts, system prompts and answers out of every row, as a provider that keeps none.
    ``variety`` "wide" composes prompts as long and as different from each other as real ones are, so that many
    million of them hardly repeat; "usual" draws on sentence patterns, or on real prompts as they stand.
    """

    name: str = "world"
    start: date = date(2026, 3, 2)
    days: int = Field(default=30, ge=1, le=400)
    accounts: int = Field(default=10_000, ge=0)
    median_exchanges: float = Field(default=12.0, gt=0)
    sigma: float = Field(default=1.6, ge=0)
    multi_turn: float = Field(default=1.0, ge=0, le=1.5)
    kinds: dict[str, float] = KIND_SHARES
    vpn_share: float = Field(default=0.06, ge=0, le=1)
    proxy_addresses: int = Field(default=240, ge=8)
    model_release: float = Field(default=0.6, ge=0, le=1)
    texts: Literal["text", "none"] = "text"
    variety: Literal["usual", "wide"] = "usual"
    lookalikes: tuple[LookalikeSpec, ...] = ()
    campaigns: tuple[CampaignSpec, ...] = ()

    @model_validator(mode="after")
    def _name_groups(self) -> Self:
        parts: tuple[LookalikeSpec | CampaignSpec, ...] = (*self.lookalikes, *self.campaigns)
        names = [self.group_name(part) for part in parts]
        if len(names) != len(set(names)):
            raise ValueError("two look-alikes or campaigns have one name; give each a name")
        if any(campaign.start_day >= self.days for campaign in self.campaigns):
            raise ValueError("a campaign starts after the last day of the world")
        if unknown := set(self.kinds) - set(KIND_SHARES):
            raise ValueError(f"unknown kind {sorted(unknown)[0]!r}; known: {', '.join(KIND_SHARES)}")
        return self

    @model_serializer(mode="wrap")
    def _leave_usual_out(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = dump(self)
        # the card of a usual world keeps the bytes it had before there was a choice
        if self.variety == "usual":
            del values["variety"]
        return values

    @staticmethod
    def group_name(part: "LookalikeSpec | CampaignSpec") -> str:
        """Return the name of a look-alike or campaign: its own, or its family's."""
        return part.name or part.family


_LOOKALIKES: dict[str, int] = {
    "company_seats": 60,
    "tool_users": 80,
    "agent_fleet": 30,
    "classroom": 40,
    "public_benchmark": 30,
    "nightly_jobs": 12,
    "hackathon": 50,
    "vpn_customers": 80,
    "licensed_data": 8,
    "red_team": 10,
    "reseller": 3,
    "retry_storms": 20,
    "evaluation": 2,
    "proxy_customers": 80,
}
_FIRST_TWELVE = tuple(_LOOKALIKES)[:12]


def every_lookalike(scale: float = 1.0) -> tuple[LookalikeSpec, ...]:
    """Return a crowd of every look-alike family, *scale* times as large as usual."""
    return _crowds(*_LOOKALIKES, scale=scale)


def _crowds(*families: str, scale: float = 1.0) -> tuple[LookalikeSpec, ...]:
    return tuple(LookalikeSpec(family=f, accounts=max(2, round(_LOOKALIKES[f] * scale))) for f in families)


PRESETS: dict[str, WorldSpec] = {
    "demo": WorldSpec(
        name="demo",
        days=14,
        accounts=1_500,
        lookalikes=_crowds("company_seats", "tool_users", "classroom", "public_benchmark", scale=0.5),
        campaigns=(CampaignSpec(name="hidden", accounts=60, start_day=3, shared={"payment": 0.15, "device": 0.12}),),
    ),
    "real-parts": WorldSpec(
        name="real-parts",
        accounts=10_400,
        lookalikes=_crowds(
            "company_seats",
            "tool_users",
            "classroom",
            "public_benchmark",
            "nightly_jobs",
            "vpn_customers",
            "licensed_data",
            scale=2.0,
        ),
        campaigns=(CampaignSpec(name="hidden", accounts=400, shared={"payment": 0.125, "device": 0.125}),),
    ),
    "calm": WorldSpec(name="calm", accounts=2_000),
    "lookalikes": WorldSpec(name="lookalikes", accounts=2_000, lookalikes=_crowds(*_FIRST_TWELVE)),
    "reporting": WorldSpec(name="reporting", days=45, accounts=20_000, lookalikes=every_lookalike(2.0)),
}
"""Named worlds; ``demo`` and ``real-parts`` hold one campaign, the others none."""


def preset(name: str, /, **changes: object) -> WorldSpec:
    """Return the preset *name* with fields replaced by *changes*; raises ``SettingsError`` for an unknown
    one."""
    if name not in PRESETS:
        raise SettingsError(f"there is no world called {name!r}", remedy=f"Choose one of {', '.join(PRESETS)}.")
    return _checked({**PRESETS[name].model_dump(), **changes}, name)


def load_spec(path: Path) -> WorldSpec:
    """Return the specification in the TOML or JSON file *path*; raises ``SettingsError`` with every
    problem."""
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"the file cannot be read ({error.strerror})", where=str(path)) from error
    except ValueError as error:
        raise SettingsError(f"the file is not readable as TOML or JSON ({error})", where=str(path)) from error
    return _checked(values, str(path))


def _checked(values: dict[str, Any], where: str) -> WorldSpec:
    try:
        return WorldSpec.model_validate(values)
    except ValidationError as error:
        problems = [_problem(e["loc"], e["type"], e["msg"]) for e in error.errors()]
        raise SettingsError("; ".join(problems), where=where, remedy="See docs/howto/build-a-world.md.") from error


def _problem(place: tuple[int | str, ...], kind: str, message: str) -> str:
    name = ".".join(map(str, place)) or "world"
    if kind != "extra_forbidden":
        return f"{name}: {message.removeprefix('Value error, ')}"
    owners: dict[str, type[_Spec]] = {"campaigns": CampaignSpec, "lookalikes": LookalikeSpec}
    owner = owners.get(str(place[0]), WorldSpec)
    nearest = difflib.get_close_matches(str(place[-1]), owner.model_fields, n=1)
    return f"unknown field {name}" + (f", did you mean {nearest[0]}?" if nearest else "")
