"""A rule: one decision of people in the form that a gateway obeys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from stillwatch.model import ActionKind

__all__ = ["Fails", "Rule"]


class Fails(StrEnum):
    """What a rule does once the snapshot is too old to be trusted."""

    OPEN = "open"
    """The rule ends: requests pass."""
    CLOSED = "closed"
    """The rule stays in force until a newer snapshot says otherwise."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One action, as gateways obey it.

    ``rule_id`` is private: it names the action to the people of the provider, never to the client. ``reason`` is the
    public class of reason. ``group`` is shared by the accounts of one campaign. ``parameters`` are those of the kind.
    ``serves_stale_s`` is the age of a snapshot, in seconds, up to which the rule is obeyed as it stands. A rule with
    ``shadow`` changes no answer; gateways record whom it would have hit.
    """

    rule_id: str
    kind: ActionKind
    group: str
    reason: str
    since: datetime
    until: datetime | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    fails: Fails = Fails.OPEN
    serves_stale_s: int = 3600
    shadow: bool = False

    def holds(self, now: datetime, age_s: float) -> bool:
        """Return whether the rule applies at *now*, in a snapshot of *age_s* seconds."""
        if now < self.since or (self.until is not None and now >= self.until):
            return False
        return age_s <= self.serves_stale_s or self.fails is Fails.CLOSED

    def written(self) -> dict[str, Any]:
        """Return the rule as JSON values; times are ISO 8601 in UTC."""
        return {
            "rule_id": self.rule_id,
            "kind": str(self.kind),
            "group": self.group,
            "reason": self.reason,
            "since": _stamp(self.since),
            "until": None if self.until is None else _stamp(self.until),
            "parameters": dict(self.parameters),
            "fails": str(self.fails),
            "serves_stale_s": self.serves_stale_s,
            "shadow": self.shadow,
        }

    @staticmethod
    def read(written: Mapping[str, Any]) -> "Rule":
        """Return the rule that :meth:`written` gave. Raises ``ValueError``, ``KeyError`` or ``TypeError`` otherwise."""
        until = written["until"]
        return Rule(
            rule_id=str(written["rule_id"]),
            kind=ActionKind(written["kind"]),
            group=str(written["group"]),
            reason=str(written["reason"]),
            since=datetime.fromisoformat(written["since"]),
            until=None if until is None else datetime.fromisoformat(until),
            parameters={str(name): float(value) for name, value in written["parameters"].items()},
            fails=Fails(written["fails"]),
            serves_stale_s=int(written["serves_stale_s"]),
            shadow=bool(written["shadow"]),
        )


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
