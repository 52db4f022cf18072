"""Validated types of request parameters: numbers, times in UTC, accounts, reasons.

A form sends only text, so a list of accounts may be text with one account a line. Blank form fields are removed
earlier.
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
    "SeenDecision",
    "SeenText",
    "Share",
    "Start",
    "Text",
]

_LARGEST = 2_147_483_647
"""The largest value of a database key."""


def _printable(text: str) -> str:
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise ValueError("contains control characters")
    return text


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _unless_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _nothing_where_blank(value: Any) -> Any:
    return 0.0 if isinstance(value, str) and not value.strip() else value


def _lines(value: Any) -> Any:
    # Not splitlines(): it splits at more characters than a form uses.
    return [line for line in map(str.strip, value.split("\n")) if line] if isinstance(value, str) else value


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this time is out of range") from error


Number = Annotated[int, Path(ge=1, le=_LARGEST)]
"""The number of an object, in a path."""
Key = Annotated[int, Field(ge=1, le=_LARGEST)]
"""The number of an object, in a request body."""
Start = Annotated[int, Query(ge=0, le=10_000_000, description="number of lines to skip")]
Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""A time. Without a time zone it is in UTC."""
AccountId = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=500), AfterValidator(_printable)]
MaybeAccount = Annotated[AccountId | None, BeforeValidator(_unless_blank)]
"""An account in a query. A blank field means no account."""
Share = Annotated[float, BeforeValidator(_nothing_where_blank), Field(ge=0, le=1)]
"""A share from 0 to 1 in a query. A blank field means 0."""
Accounts = Annotated[list[AccountId], BeforeValidator(_lines), Field(max_length=100_000)]
"""A list of accounts, or text with one account a line."""
Text = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=200), AfterValidator(_printable)]
"""A single line of text."""
ReasonText = Annotated[str, Field(min_length=1, max_length=4_000)]
"""A written reason, 1 to 4,000 characters."""


SeenText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=120,
        description="What the decision is made on: `seen` of the page. Where it has changed, the answer is 409.",
    ),
]
"""What was on the screen, as the view of the page states it: scan, number and digest of the accounts."""


class ReasonOnly(BaseModel):
    """A request that holds only a reason."""

    why: ReasonText


class SeenDecision(ReasonOnly):
    """A reason, and what was on the screen when somebody decided."""

    seen: SeenText
