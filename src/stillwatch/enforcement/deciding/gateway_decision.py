"""The answer to one request: let it pass, or what limits it and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stillwatch.model import ActionKind

__all__ = ["ALLOWED", "GatewayDecision", "Limit"]


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit that applies to a request.

    ``reason`` is public. ``rule_id`` is private: it goes into the provider's own records and to no client.
    """

    kind: ActionKind
    rule_id: str
    reason: str
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GatewayDecision:
    """What a gateway does with a request; ``limit`` is ``None`` where it passes unchanged.

    ``retry_after_s`` stands with a throttle: seconds until a request may pass. ``would`` is what the shadow rules would
    have done, where that differs from ``limit``; it changes nothing.
    """

    limit: Limit | None = None
    retry_after_s: float = 0.0
    would: Limit | None = None

    @property
    def passes(self) -> bool:
        """Return whether the request goes on to the model, changed or not."""
        return self.limit is None or not (self.limit.kind.denies or self.limit.kind is ActionKind.THROTTLE)


ALLOWED = GatewayDecision()
