"""Settings of ``cases``."""

from typing import Literal

from pydantic import SecretStr

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["CasesSettings"]


class CasesSettings(RoomSettings):
    """Where decisions are kept, and which ones need a second person."""

    database: SecretStr = setting(
        SecretStr("sqlite:///stillwatch.db"),
        "Database of decisions: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME for a team.",
    )
    audit_key: str = setting(
        "",
        "File with the key that signs the audit log. It is created if missing. Empty: next to an SQLite database. "
        "Accounts that can write the database should not be able to read this file.",
    )
    open_from: Literal["watch", "review", "urgent"] = setting(
        "review", "Least severity at which a scan's campaign becomes a case. Existing cases stay."
    )
    open_per_day: int = setting(
        20,
        "Most cases that one import of a scan opens, the best rank first. The rest waits for the next import.",
        unit="cases",
        ge=1,
        le=10_000,
    )
    two_people_above: int = setting(
        10, "An action on more accounts than this needs a second person's approval.", unit="accounts", ge=0
    )
    appeal_address: str = setting("", "Address or page for objections, as notices tell account holders.")
    exemplars: int = setting(
        0, "Redacted prompts that a case may keep for reviewers. 0 keeps none.", unit="prompts", ge=0, le=1000
    )
    exemplar_days: int = setting(30, "Days after which kept prompts are deleted.", unit="days", ge=1, le=365)
    max_holdout: float = setting(
        0.5, "Largest share of an action's accounts that may be held out for comparison.", unit="share", ge=0, lt=1
    )
    ask_most: int = setting(
        8,
        "Most accounts that one experiment asks. More than cases.two_people_above need a second person.",
        unit="accounts",
        ge=1,
        le=1000,
    )
    ask_pass_honest: float = setting(
        0.8,
        "Share of honest accounts whose answer is expected to pass, among those that answer.",
        unit="share",
        gt=0,
        lt=1,
    )
    ask_pass_campaign: float = setting(
        0.2,
        "Share of campaign accounts whose answer is expected to pass, among those that answer.",
        unit="share",
        gt=0,
        lt=1,
    )
    ask_error: float = setting(
        0.05,
        "Accepted probability that answers speak against an honest group, and that they clear a campaign.",
        unit="probability",
        gt=0,
        lt=0.5,
    )
    ask_days: int = setting(14, "Days that an asked account has to answer.", unit="days", ge=1, le=365)
