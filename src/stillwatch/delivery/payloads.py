"""What a message says, in each of the three shapes; pure functions, no database here.

A message names accounts, the case, where things stand, and links. Never prompt text, never a signal, and nothing that
somebody wrote freely: reasons and statements stay here. ``docs/howto/webhooks.md`` says what maps to what.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stillwatch.cases.decisions.hooks import Shape
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.delivery.outbox import EventKind

__all__ = ["AccountFact", "ActionFact", "Facts", "body"]

_ADDED, _REMOVED = 3, 2
"""Osprey's ``LabelStatus``: added and removed by people, which its rules do not overwrite."""
_REASON = "stillwatch"


@dataclass(frozen=True, slots=True)
class AccountFact:
    """An account that the event is about: where it stands, whether such an action applies, what its appeal came to."""

    account_id: str
    stands_at: Standing
    is_limited: bool = False
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class ActionFact:
    """The action that the event is about; ``until`` is ISO 8601."""

    action_id: int
    kind: str
    state: str
    dry_run: bool
    until: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to say of an event; a long list of accounts comes in ``parts`` messages."""

    kind: EventKind
    sequence: int
    at: str
    case_id: int
    campaign_id: str | None
    severity: str
    state: str
    stands_at: Standing
    n_accounts: int
    verdict: str | None
    action: ActionFact | None
    appeal_id: int | None
    accounts: tuple[AccountFact, ...]
    part: int
    parts: int
    url: str


def body(facts: Facts, shape: Shape, type_name: str) -> str:
    """Return the body of the message as JSON; *type_name* is the receiver's word for an account, or for an item."""
    return json.dumps(_SHAPES[shape](facts, type_name), separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _event(facts: Facts, _: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        **_place(facts),
        "case": {
            "id": facts.case_id,
            "campaign_id": facts.campaign_id,
            "severity": facts.severity,
            "state": facts.state,
            "stands_at": str(facts.stands_at),
            "n_accounts": facts.n_accounts,
            "url": facts.url,
        },
        "accounts": [
            {"id": one.account_id, "stands_at": str(one.stands_at)} | ({"outcome": one.outcome} if one.outcome else {})
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
    return {"type": str(facts.kind), "timestamp": facts.at, "data": data}


def _osprey(facts: Facts, type_name: str) -> dict[str, Any]:
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


def _labels(facts: Facts, one: AccountFact) -> Iterator[tuple[str, int, str | None]]:
    """Yield name, status and end of the labels that the event puts on an account or takes from it."""
    yield "stillwatch_confirmed", _ADDED if one.stands_at is Standing.CONFIRMED else _REMOVED, None
    if facts.action is not None:
        yield f"stillwatch_{facts.action.kind}", _ADDED if one.is_limited else _REMOVED, facts.action.until


def _mutation(facts: Facts, name: str, status: int, until: str | None) -> dict[str, Any]:
    """Return the fields of Osprey's ``EntityLabelMutation``."""
    return {
        "label_name": name,
        "reason_name": _REASON,
        "status": status,
        "pending": False,
        "description": "Stillwatch case {Case}, which stands at {StandsAt}: {Url}",
        "features": {"Case": str(facts.case_id), "StandsAt": str(facts.stands_at), "Url": facts.url},
        "expires_at": until if status == _ADDED else None,
    }


def _coop(facts: Facts, type_name: str) -> dict[str, Any]:
    """Return the body of Coop's ``POST /api/v1/items/async/``: one item, the case."""
    data: dict[str, Any] = {
        "event": str(facts.kind),
        "at": facts.at,
        "sequence": facts.sequence,
        "severity": facts.severity,
        "state": facts.state,
        "stands_at": str(facts.stands_at),
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
    suffix = f"-{facts.part}" if facts.part > 1 else ""
    return {"items": [{"id": f"stillwatch-case-{facts.case_id}{suffix}", "typeId": type_name, "data": data}]}


def _place(facts: Facts) -> dict[str, int]:
    return {"sequence": facts.sequence, "part": facts.part, "parts": facts.parts}


_SHAPES: Mapping[Shape, Callable[[Facts, str], dict[str, Any]]] = {
    Shape.EVENT: _event,
    Shape.OSPREY: _osprey,
    Shape.COOP: _coop,
}
