"""How people's decisions are kept."""

from typing import Literal

from pydantic import SecretStr

from stillwatch.settings.setting import RoomSettings, setting

__all__ = ["CasesSettings"]


class CasesSettings(RoomSettings):
    """How people's decisions are kept, and what they need a second person for."""

    database: SecretStr = setting(
        SecretStr("sqlite:///stillwatch.db"),
        "Where decisions are kept: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME for a team.",
    )
    audit_key: str = setting(
        "",
        "File with the key that signs the audit log, made where it is missing; empty is beside an SQLite database. Who "
        "can write the database should not be able to read it.",
    )
    open_from: Literal["watch", "review", "urgent"] = setting(
        "review", "A scan's campaigns of this severity or above become cases; those that are cases stay so."
    )
    two_people_above: int = setting(
        10, "An action on more accounts than this needs the approval of a second person.", unit="accounts", ge=0
    )
    appeal_address: str = setting("", "Where account holders object, as notices tell them: an address or a page.")
    exemplars: int = setting(
        0, "Prompts that a case may keep, redacted, for those who judge; 0 keeps none.", unit="prompts", ge=0, le=1000
    )
    exemplar_days: int = setting(30, "Days after which kept prompts are forgotten.", unit="days", ge=1, le=365)
    max_holdout: float = setting(
        0.5, "Most of an action's accounts that may be held out for comparison.", unit="share", ge=0, lt=1
    )
