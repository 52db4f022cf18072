"""Writes the body of a message in each of three shapes: our own, Osprey's and Coop's. The functions are pure.

A message names accounts, the case, its standings, and a link. It never holds prompt text, a signal, or free text such
as reasons and statements. ``docs/howto/webhooks.md`` shows how each field maps.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stillwatch.delivery.events import EventKind

__all__ = ["AccountFact", "ActionFact", "AskFact", "EventFacts", "Shape", "body"]

_ADDED, _REMOVED = 3, 2
"""Osprey's ``LabelStatus`` for labels that people add and remove. Osprey's rules do not overwrite these."""
_REASON = "stillwatch"
_CONFIRMED = "confirmed"


class Shape(StrEnum):
    """The shape of a body: our own, one for an Osprey label sink, or one for a Coop review item."""

    EVENT = "event"
    OSPREY = "osprey"
    COOP = "coop"


@dataclass(frozen=True, slots=True)
class AccountFact:
    """An account of the event.

    ``stands_at`` is its standing. ``is_limited`` says whether an action of this kind applies to it now. ``outcome`` is
    that of its appeal.
    """

    account_id: str
    stands_at: str
    is_limited: bool = False
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class ActionFact:
    """The action of the event. ``until`` is its end in ISO 8601, or null without an end."""

    action_id: int
    kind: str
    state: str
    dry_run: bool
    until: str | None


@dataclass(frozen=True, slots=True)
class AskFact:
    """The question to the accounts of the event.

    ``reason`` is the class of reason, ``text`` the notice to the account holder. ``answer_by`` is in ISO 8601.
    """

    question: str
    reason: str
    text: str
    answer_by: str


@dataclass(frozen=True, slots=True)
class EventFacts:
    """Everything that a message says about an event. A long list of accounts is split over ``parts`` messages.

    ``sequence`` is the number of the audit entry, ``at`` its time in ISO 8601, ``part`` counts from 1.
    """

    kind: EventKind
    sequence: int
    at: str
    case_id: int
    campaign_id: str | None
    severity: str
    state: str
    stands_at: str
    n_accounts: int
    verdict: str | None
    action: ActionFact | None
    appeal_id: int | None
    accounts: tuple[AccountFact, ...]
    part: int
    parts: int
    url: str
    ask: AskFact | None = None


def body(facts: EventFacts, shape: Shape, type_name: str) -> str:
    """Return the body of the message as ASCII JSON on one line.

    *type_name* is the entity type of an account (Osprey) or the id of the item type (Coop).
    """
    return json.dumps(_SHAPES[shape](facts, type_name), separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _event(facts: EventFacts, _: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        **_place(facts),
        "case": {
            "id": facts.case_id,
            "campaign_id": facts.campaign_id,
            "severity": facts.severity,
            "state": facts.state,
            "stands_at": facts.stands_at,
            "n_accounts": facts.n_accounts,
            "url": facts.url,
        },
        "accounts": [
            {"id": one.account_id, "stands_at": one.stands_at} | ({"outcome": one.outcome} if one.outcome else {})
            for one in facts.accounts
        ],
    }
    if facts.verdict is not None:
        data["verdict"] = facts.verdict
    if facts.action is not None:
        action = facts.action
        data["action"] = {
            "id": action.action_id,
            "kind": action.kind,
            "state": action.state,
            "dry_run": action.dry_run,
            "until": action.until,
        }
    if facts.appeal_id is not None:
        data["appeal"] = {"id": facts.appeal_id}
    if facts.ask is not None:
        data["ask"] = _ask(facts.ask)
    return {"type": str(facts.kind), "timestamp": facts.at, "data": data}


def _osprey(facts: EventFacts, type_name: str) -> dict[str, Any]:
    updates = [
        {
            "entity": {"type": "StillwatchCase", "id": str(facts.case_id)},
            "mutations": [_mutation(facts, f"stillwatch_{str(facts.kind).replace('.', '_')}", _ADDED, None)],
        },
        *(
            {
                "entity": {"type": type_name, "id": one.account_id},
                "mutations": [_mutation(facts, *label) for label in _labels(facts, one)],
            }
            for one in facts.accounts
        ),
    ]
    return {"type": str(facts.kind), "timestamp": facts.at, "data": {**_place(facts), "updates": updates}}


def _labels(facts: EventFacts, one: AccountFact) -> Iterator[tuple[str, int, str | None]]:
    """Yield name, status and end of each label that the event adds to an account or removes from it."""
    yield "stillwatch_confirmed", _ADDED if one.stands_at == _CONFIRMED else _REMOVED, None
    if facts.action is not None:
        until = facts.ask.answer_by if facts.ask is not None else facts.action.until
        yield f"stillwatch_{facts.action.kind}", _ADDED if one.is_limited else _REMOVED, until


def _mutation(facts: EventFacts, name: str, status: int, until: str | None) -> dict[str, Any]:
    """Return the fields of Osprey's ``EntityLabelMutation``."""
    return {
        "label_name": name,
        "reason_name": _REASON,
        "status": status,
        "pending": False,
        "description": "Stillwatch case {Case}, which stands at {StandsAt}: {Url}",
        "features": {"Case": str(facts.case_id), "StandsAt": facts.stands_at, "Url": facts.url},
        "expires_at": until if status == _ADDED else None,
    }


def _coop(facts: EventFacts, type_name: str) -> dict[str, Any]:
    """Return the body for Coop's ``POST /api/v1/items/async/``: one item, which is the case."""
    data: dict[str, Any] = {
        "event": str(facts.kind),
        "at": facts.at,
        "sequence": facts.sequence,
        "severity": facts.severity,
        "state": facts.state,
        "stands_at": facts.stands_at,
        "n_accounts": facts.n_accounts,
        "accounts": [one.account_id for one in facts.accounts],
        "url": facts.url,
    }
    if facts.verdict is not None:
        data["verdict"] = facts.verdict
    if facts.action is not None:
        data |= {"action": facts.action.kind, "action_state": facts.action.state, "dry_run": facts.action.dry_run}
    if facts.appeal_id is not None:
        data["appeal"] = facts.appeal_id
    if facts.ask is not None:
        data["ask"] = _ask(facts.ask)
    suffix = f"-{facts.part}" if facts.part > 1 else ""
    return {"items": [{"id": f"stillwatch-case-{facts.case_id}{suffix}", "typeId": type_name, "data": data}]}


def _ask(ask: AskFact) -> dict[str, str]:
    return {"question": ask.question, "reason": ask.reason, "text": ask.text, "answer_by": ask.answer_by}


def _place(facts: EventFacts) -> dict[str, int]:
    return {"sequence": facts.sequence, "part": facts.part, "parts": facts.parts}


_SHAPES: Mapping[Shape, Callable[[EventFacts, str], dict[str, Any]]] = {
    Shape.EVENT: _event,
    Shape.OSPREY: _osprey,
    Shape.COOP: _coop,
}
