"""Every setting, with default, unit and sentence; the only reader of the environment.

Order of precedence: default < file (TOML) < environment (``STILLWATCH_ROOM__KEY``) < flag. Loaded once in ``cli.py``
and passed down; unknown keys fail and name the nearest known key; all problems are reported together.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from stillwatch.errors import SettingsError

__all__ = [
    "CampaignsSettings",
    "CasesSettings",
    "ConsoleSettings",
    "FeaturesSettings",
    "IngestSettings",
    "LinksSettings",
    "OidcSettings",
    "ReportSettings",
    "SettingValue",
    "Settings",
    "SignalSettings",
    "StateSettings",
    "load",
]

_PREFIX = "STILLWATCH_"


def _setting(default: Any, sentence: str, *, unit: str = "", **limits: Any) -> Any:
    return Field(default, description=sentence, json_schema_extra={"unit": unit}, **limits)


class _Room(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class IngestSettings(_Room):
    """How logs are read."""

    trusted_hops: tuple[str, ...] = _setting(
        (), "Networks of your own proxies; the client address is the last hop outside them.", unit="CIDR"
    )
    identifier_key: SecretStr = _setting(
        SecretStr(""), "Secret; when set, identifiers are replaced by their keyed hash on the way in."
    )
    dominant_address_share: float = _setting(
        0.5,
        "Warn when one client address carries more than this share of the exchanges.",
        unit="share",
        gt=0,
        le=1,
    )
    max_row_bytes: int = _setting(
        16_777_216,
        "A longer line or record is a reject, so that one row cannot fill the memory.",
        unit="bytes",
        ge=1024,
    )

    @field_validator("trusted_hops")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ip_network(text, strict=False)
        return value


class StateSettings(_Room):
    """What a state, in which days add up, keeps (`scan --state`)."""

    keep_days: int = _setting(
        0,
        "Days that lie more than this many days before the newest one are dropped for good; 0 keeps all.",
        unit="days",
        ge=0,
    )


class FeaturesSettings(_Room):
    """How texts become sketches."""

    sketch_key: SecretStr = _setting(
        SecretStr(""),
        "Secret mixed into every hash, so that a sketch cannot be searched with a dictionary of prompts.",
    )


class SignalSettings(_Room):
    """What an operator may change of one signal."""

    enabled: bool = _setting(default=True, sentence="Whether the signal is used.")
    strength: float = _setting(1.0, "Factor on the evidence of the signal.", unit="factor", ge=0, le=2)


class LinksSettings(_Room):
    """How traces are weighed."""

    max_bits: float = _setting(12.0, "The most evidence one shared value gives.", unit="bits", gt=0)
    hub_share: float = _setting(
        0.5, "A value that more than this share of all accounts have links nobody.", unit="share", gt=0, le=1
    )
    hub_accounts: int = _setting(
        50_000, "A value that more accounts than this have links nobody.", unit="accounts", ge=2
    )


class CampaignsSettings(_Room):
    """How groups are formed, tested and reported."""

    min_accounts: int = _setting(5, "Smaller groups are not reported.", unit="accounts", ge=3)
    false_discovery_rate: float = _setting(
        0.01, "Accepted share of false campaigns among those reported.", unit="share", gt=0, lt=1
    )
    min_coordination: float = _setting(0.5, "First key: least coordination of a campaign.", unit="0-1", ge=0, le=1)
    min_harvest: float = _setting(0.5, "Second key: least harvest of a campaign.", unit="0-1", ge=0, le=1)
    min_concealment: float = _setting(
        0.3, "A campaign that conceals less than this is never above watch.", unit="0-1", ge=0, le=1
    )
    min_member: float = _setting(
        0.5, "Least membership probability of a reported member.", unit="probability", gt=0, lt=1
    )
    cleared_days: int = _setting(
        180,
        "An account that people found innocent belongs to no group until so long after the decision. "
        "At 0 only decisions later than the end of the log count.",
        unit="days",
        ge=0,
        le=36_500,
    )
    min_overlap: float = _setting(
        0.5,
        "With a history: least part of the smaller of two groups that both have for them to be one campaign.",
        unit="share",
        gt=0,
        le=1,
    )
    seed: int = _setting(1, "Seed of the community search; the same seed gives the same bytes.", ge=0)


class ReportSettings(_Room):
    """What the report shows."""

    max_campaigns: int = _setting(50, "Campaigns drawn in the report; the tables hold all.", unit="campaigns", ge=1)
    max_graph_accounts: int = _setting(150, "Accounts drawn in one account-trace graph.", unit="accounts", ge=10)


class CasesSettings(_Room):
    """How people's decisions are kept, and what they need a second person for."""

    database: SecretStr = _setting(
        SecretStr("sqlite:///stillwatch.db"),
        "Where decisions are kept: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME for a team.",
    )
    audit_key: str = _setting(
        "",
        "File with the key that signs the audit log, made where it is missing; empty is beside an SQLite database. Who "
        "can write the database should not be able to read it.",
    )
    open_from: Literal["watch", "review", "urgent"] = _setting(
        "review", "A scan's campaigns of this severity or above become cases; those that are cases stay so."
    )
    two_people_above: int = _setting(
        10, "An action on more accounts than this needs the approval of a second person.", unit="accounts", ge=0
    )
    appeal_address: str = _setting("", "Where account holders object, as notices tell them: an address or a page.")
    exemplars: int = _setting(
        0, "Prompts that a case may keep, redacted, for those who judge; 0 keeps none.", unit="prompts", ge=0, le=1000
    )
    exemplar_days: int = _setting(30, "Days after which kept prompts are forgotten.", unit="days", ge=1, le=365)
    max_holdout: float = _setting(
        0.5, "Most of an action's accounts that may be held out for comparison.", unit="share", ge=0, lt=1
    )


class OidcSettings(_Room):
    """Sign-in by way of a provider of identities (OpenID Connect)."""

    issuer: str = _setting("", "The provider's address, exactly as it writes it; empty is sign-in by password alone.")
    client_id: str = _setting("", "What the provider calls this console.")
    client_secret: SecretStr = _setting(SecretStr(""), "Secret that the provider gave this console; empty without.")
    label: str = _setting("single sign-on", "What the button on the sign-in page calls it.")
    scopes: str = _setting("openid profile", "Scopes asked for, with blanks between; what the claims below need.")
    name_claim: str = _setting("preferred_username", "The claim that holds somebody's name to be known by here.")
    role_claim: str = _setting("groups", "The claim, a text or a list, that the role is read from.")
    roles: dict[str, Literal["viewer", "analyst", "lead", "auditor", "administrator"]] = _setting(
        {}, "Role by value of that claim; of several that somebody has, the first here. Nobody without one comes in."
    )

    @field_validator("issuer")
    @classmethod
    def _is_private(cls, value: str) -> str:
        if value and not (value.startswith("https://") or _is_local(value)):
            raise ValueError("a provider's address begins with https://")
        return value


class ConsoleSettings(_Room):
    """The console: where it listens, how long people stay signed in, and how they come in."""

    host: str = _setting("127.0.0.1", "Address to listen on; another than this machine's own needs base_url.")
    port: int = _setting(8470, "Port to listen on.", ge=0, le=65535)
    base_url: str = _setting(
        "", "Where people reach it, such as https://stillwatch.example.org; empty is this machine and this port."
    )
    allow_http: bool = _setting(
        default=False, sentence="Whether to listen for other machines without https, where passwords can be read."
    )
    trusted_proxies: tuple[str, ...] = _setting(
        (), "Networks of your own proxies, whose X-Forwarded-For is believed.", unit="CIDR"
    )
    session_hours: float = _setting(12.0, "Longest time signed in.", unit="hours", gt=0, le=720)
    session_idle_hours: float = _setting(2.0, "Longest time signed in without doing anything.", unit="hours", gt=0)
    link_hours: float = _setting(24.0, "How long a one-time link works.", unit="hours", gt=0, le=336)
    password_memory_kib: int = _setting(65_536, "Memory that one check of a password takes.", unit="KiB", ge=19_456)
    password_passes: int = _setting(3, "Passes over that memory.", unit="passes", ge=2, le=20)
    webhooks_to_private: bool = _setting(
        default=False,
        sentence="Whether webhooks may go to private networks and this machine, which administrators then reach.",
    )
    run_due_every: float = _setting(
        60.0,
        "How often the console carries out actions whose moment has come; 0 leaves it to you.",
        unit="seconds",
        ge=0,
    )
    oidc: OidcSettings = OidcSettings()

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ip_network(text, strict=False)
        return value

    @field_validator("base_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/")):
            raise ValueError("write https://HOST or http://HOST, with a port where it has one, and no path")
        return value.rstrip("/").lower()


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")


class EngineSettings(_Room):
    """Where queries run: in this process (duckdb) or on a cluster (spark)."""

    kind: Literal["duckdb", "spark"] = _setting("duckdb", "duckdb, or spark where stillwatch[spark] is installed.")
    memory_limit: str = _setting("", "DuckDB: most memory for queries, such as 4GB; empty leaves it to the engine.")
    threads: int = _setting(0, "DuckDB: threads for queries; 0 uses every core.", unit="threads", ge=0)
    spark_master: str = _setting(
        "local[*]", "Spark: where it runs; empty leaves it to spark-submit. A session that runs already is used."
    )
    spark_folder: str = _setting(
        "",
        "Spark: URL of a folder that every executor reaches, for intermediate tables; empty is the work folder, which "
        "does for a local master alone.",
    )
    spark_options: dict[str, SecretStr] = _setting(
        {}, "Spark: any of its own options by name; values are shown as names alone, for some are secrets."
    )

    @field_validator("spark_options", mode="before")
    @classmethod
    def _are_flat_texts(cls, value: Any) -> Any:
        """Take TOML's dotted keys for the names that they spell, and numbers and booleans for their text."""
        if not isinstance(value, dict) or not value:
            return value
        return {".".join(path): _option(found) for path, found in _leaves(value)}


def _option(value: Any) -> Any:
    """Return a value of a Spark option as Spark spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value


class Settings(_Room):
    """The whole tree."""

    ingest: IngestSettings = IngestSettings()
    state: StateSettings = StateSettings()
    features: FeaturesSettings = FeaturesSettings()
    signals: dict[str, SignalSettings] = _setting({}, "Per signal, by file name: enabled and strength.")
    links: LinksSettings = LinksSettings()
    campaigns: CampaignsSettings = CampaignsSettings()
    report: ReportSettings = ReportSettings()
    cases: CasesSettings = CasesSettings()
    console: ConsoleSettings = ConsoleSettings()
    engine: EngineSettings = EngineSettings()

    def digest(self) -> str:
        """Return a digest of the effective values, secrets left out, that a result can be explained by later.

        Where decisions are kept, and who looks at them, explains no result.
        """
        text = self.model_dump_json(exclude_none=True, exclude={"cases", "console"})
        return blake2b(text.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class SettingValue:
    """One line of ``settings show``: dotted name, value, unit, sentence and where the value came from."""

    name: str
    value: str
    unit: str
    sentence: str
    origin: str


def load(file: Path | None = None, environment: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    """Return the settings from *file*, the environment and *flags* (dotted name with ``__`` → value).

    Raises ``SettingsError`` with every problem found.
    """
    return _validated(_merged(_layers(file, environment, flags)))


def explain(file: Path | None = None, environment: Mapping[str, str] | None = None) -> list[SettingValue]:
    """Return every setting with its value and where it came from; secrets are masked."""
    layers = _layers(file, environment, {})
    settings = _validated(_merged(layers))
    # A map of names that are free is one setting, so what came from a layer is known by its beginning too.
    origins = {
        path[:n]: origin for origin, tree in layers for path, _ in _leaves(tree) for n in range(1, len(path) + 1)
    }
    return [
        SettingValue(".".join(path), str(value), unit, sentence, origins.get(path, "default"))
        for path, value, unit, sentence in _walk(settings)
    ]


def _layers(
    file: Path | None, environment: Mapping[str, str] | None, flags: Mapping[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    environment = os.environ if environment is None else environment
    layers: list[tuple[str, dict[str, Any]]] = []
    named = file or (Path(environment[f"{_PREFIX}SETTINGS"]) if environment.get(f"{_PREFIX}SETTINGS") else None)
    if named is not None:
        layers.append((str(named), _read(named)))
    from_environment: dict[str, Any] = {}
    for key in sorted(environment):
        if key.startswith(_PREFIX) and key != f"{_PREFIX}SETTINGS":
            _put(from_environment, key.removeprefix(_PREFIX).lower().split("__"), _parsed(environment[key]))
    layers.append(("environment", from_environment))
    from_flags: dict[str, Any] = {}
    for key, value in flags.items():
        if value is not None:
            _put(from_flags, key.split("__"), value)
    layers.append(("flag", from_flags))
    return layers


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError("no such settings file", where=str(file), remedy="Check --settings.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"not a readable TOML file ({error})", where=str(file)) from error


def _parsed(text: str) -> Any:
    """Read lists and tables as TOML, and leave all else to the field's own type."""
    if text[:1] in "[{":
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            return text
    return text


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    for key in path[:-1]:
        inner = tree.setdefault(key, {})
        tree = inner if isinstance(inner, dict) else {}
    tree[path[-1]] = value


def _merged(layers: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for _, layer in layers:
        for path, value in _leaves(layer):
            _put(tree, list(path), value)
    return tree


def _leaves(tree: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _validated(tree: dict[str, Any]) -> Settings:
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        problems = [_problem(tuple(str(p) for p in e["loc"]), e) for e in error.errors(include_url=False)]
        raise SettingsError(
            "; ".join(problems), where="settings", remedy="See `stillwatch settings show` for every setting."
        ) from error


def _problem(path: tuple[str, ...], error: Mapping[str, Any]) -> str:
    name = ".".join(path)
    if error["type"] == "extra_forbidden":
        known = [".".join(p) for p, *_ in _walk(Settings())] + list(Settings.model_fields)
        nearest = difflib.get_close_matches(name, known, n=1)
        return f"unknown setting {name}" + (f", did you mean {nearest[0]}?" if nearest else "")
    return f"{name}: {error['msg']}"


def _walk(room: BaseModel, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, str, str]]:
    for key, field in type(room).model_fields.items():
        value = getattr(room, key)
        if isinstance(value, BaseModel):
            yield from _walk(value, (*above, key))
        elif field.annotation == dict[str, SignalSettings]:
            for name, inner in sorted(value.items()):
                yield from _walk(inner, (*above, key, name))
        else:
            value = ", ".join(sorted(value)) if isinstance(value, dict) else value
            extra = field.json_schema_extra
            unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
            yield (*above, key), value, unit, field.description or ""
