"""Compiles the decisions in force into rules and accounts."""

from collections.abc import Mapping
from dataclasses import dataclass

from stillwatch.cases import Look
from stillwatch.cases.decisions.actions import active_limits
from stillwatch.cases.decisions.actions.active_limits import GatewayAction
from stillwatch.enforcement.snapshot.account_index import AccountIndex
from stillwatch.enforcement.snapshot.rules import Fails, Rule
from stillwatch.enforcement.snapshot.snapshot import Snapshot
from stillwatch.model import ActionKind
from stillwatch.settings import GatewaySettings

__all__ = ["Compiled", "compiled"]

REASON = "bulk_collection"
"""The public class of reason of every limit that comes from a case. It names no signal and no number."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """Rules and their accounts. ``denied_alone`` are the accounts that rules with one person's name would deny."""

    rules: tuple[Rule, ...]
    index: AccountIndex
    denied_alone: AccountIndex

    def within(self, before: Snapshot) -> "Compiled":
        """Return the part of it that *before* holds as well: nothing new, and nothing that was lifted."""
        known = {rule.rule_id for rule in before.rules}
        rules = tuple(rule for rule in self.rules if rule.rule_id in known)
        places = {rule.rule_id: place for place, rule in enumerate(rules)}
        mine = [places.get(rule.rule_id, -1) for rule in self.rules]
        held = before.index.moved([places.get(rule.rule_id, -1) for rule in before.rules])
        return Compiled(
            rules,
            self.index.moved(mine).shared_with(held),
            self.denied_alone.moved(mine).shared_with(held),
        )

    def same_as(self, other: "Compiled | None") -> bool:
        """Return whether gateways would do the same with *other*."""
        return (
            other is not None
            and self.rules == other.rules
            and self.index.entries.tobytes() == other.index.entries.tobytes()
        )


def compiled(look: Look, settings: GatewaySettings) -> Compiled:
    """Return the decisions in force at ``look.now``: limits, and as shadow rules the dry runs that have an end."""
    actions = active_limits.gateway_actions(look)
    rules = tuple(_rule(action, settings) for action in actions)
    places = {action.action_id: place for place, action in enumerate(actions)}
    index = AccountIndex.of_pairs(
        (places[number], account) for number, account in active_limits.limited_accounts(look) if number in places
    )
    alone = [place for place, one in enumerate(actions) if one.n_people < 2 and not rules[place].shadow]
    denied = [place for place in alone if rules[place].kind.denies]
    return Compiled(rules, index, index.of_rules(denied))


def _rule(action: GatewayAction, settings: GatewaySettings) -> Rule:
    return Rule(
        rule_id=f"action {action.action_id}",
        kind=action.kind,
        group=f"case {action.case_id}",
        reason=REASON,
        since=action.since,
        until=action.until,
        parameters=_parameters(action.kind, settings),
        fails=Fails.OPEN,
        serves_stale_s=round(settings.serve_stale_hours * 3600),
        shadow=action.is_rehearsal,
    )


def _parameters(kind: ActionKind, settings: GatewaySettings) -> Mapping[str, float]:
    if kind is not ActionKind.THROTTLE:
        return {}
    return {"per_minute": settings.throttle_per_minute, "burst": float(settings.throttle_burst)}
