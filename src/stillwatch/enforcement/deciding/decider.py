"""Decides one request from the rules of its account."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from stillwatch.enforcement.deciding.buckets import BucketRate, Buckets, LocalBuckets
from stillwatch.enforcement.deciding.gateway_decision import ALLOWED, GatewayDecision, Limit
from stillwatch.enforcement.snapshot.account_index import account_digest
from stillwatch.enforcement.snapshot.holder import Holder
from stillwatch.enforcement.snapshot.rules import Rule
from stillwatch.model import ActionKind

__all__ = ["Decider"]


def _now() -> datetime:
    return datetime.now(UTC)


class Decider:
    """Decides from the snapshot that *holder* holds. *buckets* count what throttles let pass."""

    def __init__(self, holder: Holder, buckets: Buckets | None = None, *, clock: Callable[[], datetime] = _now) -> None:
        self._holder = holder
        self._buckets = buckets or LocalBuckets()
        self._clock = clock

    def decide(self, account_id: str) -> GatewayDecision:
        """Return what to do with one request of an account. It counts for the account's throttles."""
        rules = self._holder.current.rules_of(account_id)
        if not rules:
            return ALLOWED
        now, age_s = self._clock(), self._holder.age_s()
        held = [rule for rule in rules if rule.holds(now, age_s)]
        limit, wait = self._strictest(account_id, (rule for rule in held if not rule.shadow))
        if not any(rule.shadow for rule in held):
            return GatewayDecision(limit, wait) if limit is not None else ALLOWED
        would, _ = self._strictest(account_id, (rule for rule in held if rule.shadow), shadow=True)
        stricter = would is not None and (limit is None or would.kind.rank > limit.kind.rank)
        return GatewayDecision(limit, wait, would if stricter else None)

    def explain(self, account_id: str) -> list[tuple[Rule, bool]]:
        """Return the rules of an account and whether each holds now. It counts for no throttle."""
        now, age_s = self._clock(), self._holder.age_s()
        return [(rule, rule.holds(now, age_s)) for rule in self._holder.current.rules_of(account_id)]

    def _strictest(self, account_id: str, rules: Iterable[Rule], *, shadow: bool = False) -> tuple[Limit | None, float]:
        """Return the strictest limit that a request meets, and how long it has to wait.

        A throttle limits only what is beyond its rate. Within it, the next milder rule applies.
        """
        for rule in sorted(rules, key=_strictness, reverse=True):
            if rule.kind is not ActionKind.THROTTLE:
                return _limit(rule), 0.0
            wait = self._buckets.take(_key(rule, account_id, shadow=shadow), _rate(rule))
            if wait > 0:
                return _limit(rule), wait
        return None, 0.0


def _strictness(rule: Rule) -> tuple[bool, bool, int]:
    # A throttle comes before what only changes answers: a request beyond the rate gets none.
    return rule.kind.denies, rule.kind is ActionKind.THROTTLE, rule.kind.rank


def _limit(rule: Rule) -> Limit:
    return Limit(rule.kind, rule.rule_id, rule.reason, rule.parameters)


def _rate(rule: Rule) -> BucketRate:
    return BucketRate(rule.parameters["per_minute"] / 60, rule.parameters["burst"])


def _key(rule: Rule, account_id: str, *, shadow: bool) -> str:
    # By its digest, so that a shared store holds no account id.
    return f"{'shadow' if shadow else 'limit'}:{rule.rule_id}:{account_digest(account_id).hex()}"
