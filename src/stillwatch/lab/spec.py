"""Defines the specification of a world, reads it from TOML or JSON, and lists the presets."""

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
    """A crowd of honest accounts that resembles a campaign.

    ``exchanges`` is the mean number of exchanges per account; 0 takes the default of the family. ``capability`` names
    the public list that an ``evaluation`` runs; ``broad`` runs all lists in turn.
    """

    family: str
    name: str = ""
    accounts: int = Field(default=40, ge=1)
    exchanges: float = Field(default=0.0, ge=0)
    capability: str = "broad"
    knobs: dict[str, float] = {}


class CampaignSpec(_Spec):
    """A campaign and its knobs. Shares are between 0 and 1; days count from the start of the world.

    ``shared`` maps a family of metadata to the share of the accounts that share a value of it. About ``hub_accounts``
    accounts share one value. ``sharers`` says which accounts share several families: the same accounts (``nested``),
    different accounts as far as there are enough (``disjoint``), or accounts drawn at random (``independent``).
    ``days_active`` 0 means until the end of the world. ``worklist`` 0 means as many distinct payloads as are needed or
    exist. ``jitter`` is the variation of the daily count beyond Poisson, as a share of that count. ``paraphrase`` is
    the share of the prompts that are paraphrased, frame included. ``churn`` is the share of the accounts that are
    closed per day. A new account replaces a closed one within hours, so ``accounts`` is the number of open accounts at
    one time.
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
    """A world: honest accounts, look-alikes and campaigns over some days.

    ``median_exchanges`` is the median of a chat user in 30 days; ``sigma`` is the log-normal spread around it.
    ``texts`` "none" leaves prompts, system prompts and answers out of every row, like a provider that keeps no text.
    ``variety`` "wide" composes prompts that are as long and as different from each other as real ones, so that many
    million prompts hardly repeat. ``variety`` "usual" takes sentence patterns, or real prompts unchanged.
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
            raise ValueError("two look-alikes or campaigns have the same name; give each its own name")
        if any(campaign.start_day >= self.days for campaign in self.campaigns):
            raise ValueError("a campaign starts after the last day of the world")
        if unknown := set(self.kinds) - set(KIND_SHARES):
            raise ValueError(f"unknown kind {sorted(unknown)[0]!r}; known: {', '.join(KIND_SHARES)}")
        return self

    @model_serializer(mode="wrap")
    def _leave_usual_out(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = dump(self)
        # world.json of a usual world keeps the bytes from before this field existed
        if self.variety == "usual":
            del values["variety"]
        return values

    @staticmethod
    def group_name(part: "LookalikeSpec | CampaignSpec") -> str:
        """Return the name of a look-alike or campaign: its own name, or else its family."""
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
    """Return one crowd of every look-alike family, *scale* times the default size."""
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
"""Named worlds. ``demo`` and ``real-parts`` have one campaign each, the others have none."""


def preset(name: str, /, **changes: object) -> WorldSpec:
    """Return the preset *name*, with the fields in *changes* replaced.

    Raises ``SettingsError`` for an unknown name or an invalid field.
    """
    if name not in PRESETS:
        raise SettingsError(f"there is no preset {name!r}", remedy=f"Choose one of {', '.join(PRESETS)}.")
    return _checked({**PRESETS[name].model_dump(), **changes}, name)


def load_spec(path: Path) -> WorldSpec:
    """Return the specification in the TOML or JSON file *path*.

    Raises ``SettingsError`` that lists every problem of the file.
    """
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
