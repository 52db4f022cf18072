"""Maps an audit entry to the events that receivers of webhooks can subscribe to."""

import json

from stillwatch.delivery.events import EventKind, OutboxEvent
from stillwatch.signing.hash_chain import ChainEntry

__all__ = ["events_of"]

_KINDS = {
    "case opened": EventKind.CASE_OPENED,
    "judged": EventKind.CASE_JUDGED,
    "case closed": EventKind.CASE_CLOSED,
    "action planned": EventKind.ACTION_PLANNED,
    "ask planned": EventKind.ACTION_PLANNED,
    "account asked": EventKind.ACCOUNT_ASKED,
    "action in_force": EventKind.ACTION_IN_FORCE,
    "action undone": EventKind.ACTION_UNDONE,
    "appeal received": EventKind.APPEAL_RECEIVED,
    "appeal answered": EventKind.APPEAL_ANSWERED,
}
_SCAN = "scan taken"
"""One entry of this action can open many cases. Each case is one event."""


def events_of(entry: ChainEntry) -> list[OutboxEvent]:
    """Return the events of *entry*, each with its case where the entry names one; empty for most entries."""
    if entry.action == _SCAN:
        return [OutboxEvent(EventKind.CASE_OPENED, case_id) for case_id in json.loads(entry.details)["opened"]]
    if entry.action in _KINDS:
        what, _, number = entry.subject.partition(" ")
        return [OutboxEvent(_KINDS[entry.action], int(number) if what == "case" else None)]
    return []
