"""What requests bring, checked once: numbers, moments in UTC, accounts, reasons.

A form sends text alone, so a list of accounts may come as lines; what a form leaves blank was left out before.
"""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

__all__ = [
    "AccountId",
    "Accounts",
    "Key",
    "MaybeAccount",
    "Moment",
    "Number",
    "ReasonOnly",
    "ReasonText",
    "Share",
    "Start",
    "Text",
]

_LARGEST = 2_147_483_647
"""The largest number that a key can have."""


def _printable(text: str) -> str:
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise ValueError("holds control characters")
    return text


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _unless_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _nothing_where_blank(value: Any) -> Any:
    return 0.0 if isinstance(value, str) and not value.strip() else value


def _lines(value: Any) -> Any:
    # Not splitlines(), which takes more for the end of a line than a form does.
    return [line for line in map(str.strip, value.split("\n")) if line] if isinstance(value, str) else value


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("no such moment") from error


Number = Annotated[int, Path(ge=1, le=_LARGEST)]
"""The number of something, in a path."""
Key = Annotated[int, Field(ge=1, le=_LARGEST)]
"""The number of something, in what was sent."""
Start = Annotated[int, Query(ge=0, le=10_000_000, description="how many lines to pass over")]
Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""A moment; without a zone it is in UTC."""
AccountId = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=500), AfterValidator(_printable)]
MaybeAccount = Annotated[AccountId | None, BeforeValidator(_unless_blank)]
"""An account in a query, where the blank field of a form means none."""
Share = Annotated[float, BeforeValidator(_nothing_where_blank), Field(ge=0, le=1)]
"""A share in a query, where the blank field of a form means nought."""
Accounts = Annotated[list[AccountId], BeforeValidator(_lines), Field(max_length=100_000)]
"""Accounts; as text, one a line."""
Text = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=200), AfterValidator(_printable)]
"""One line."""
ReasonText = Annotated[str, Field(min_length=1, max_length=4_000)]
"""A reason, for a colleague who was not there."""


class ReasonOnly(BaseModel):
    """A reason."""

    why: ReasonText
