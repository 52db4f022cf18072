"""Converts a case to plain values, JSON and terminal text. The pages of the console use the same values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.actions import seen_action
from stillwatch.cases.decisions.judgements import seen_case
from stillwatch.cases.decisions.labels import labels_of
from stillwatch.cases.queries.case_queries import CaseDetail, judgements, show
from stillwatch.cases.store.schema import Action, ActionAccount
from stillwatch.errors import EngineError

__all__ = ["actions_of", "as_json", "as_text", "case", "plain", "write"]


_NEXT = {"proposed": "approve, refuse or cancel", "scheduled": "cancel", "in_force": "undo"}
"""What can be done next with an action in a state; each needs what was looked at."""
_OBEYED = re.compile("[\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def case(look: Look, case_id: int, shown: CaseDetail | None = None) -> dict[str, Any]:
    """Return everything about a case except its members. *shown* saves reading the case again.

    Raises ``MissingError`` where there is no such case.
    """
    shown = shown or show(look, case_id)
    return {
        "case_id": shown.case.case_id,
        "campaign_id": shown.case.campaign_id,
        "title": shown.case.title,
        "severity": shown.case.severity,
        "state": shown.case.state,
        "closed_as": shown.case.closed_as,
        "opened_at": shown.case.opened_at,
        "opened_by": shown.case.opened_by,
        "assigned_to": shown.case.assigned_to,
        "merged_into": shown.case.merged_into,
        "split_from": shown.case.split_from,
        "stands_at": shown.standing,
        "seen": str(seen_case(look, case_id)),
        "members": dict(shown.standings),
        "campaign": dict(shown.campaign),
        "events": list(shown.events),
        "labels": [
            {"name": x.name, "why": x.why, "by": x.by, "at": x.at, "until": x.expires_at}
            for x in labels_of(look, case_id=case_id)
        ],
        "judgements": [
            {"verdict": j.verdict, "why": j.why, "by": j.by, "at": j.at, "superseded_at": j.superseded_at}
            for j in judgements(look, case_id)
        ],
        "actions": actions_of(look, case_id),
    }


def actions_of(look: Look, case_id: int) -> list[dict[str, Any]]:
    """Return the actions of a case, the newest first, with the number of accounts per arm."""
    counts: dict[int, dict[str, int]] = {}
    query = (
        sa.select(ActionAccount.action_id, ActionAccount.arm, sa.func.count())
        .join(Action, Action.action_id == ActionAccount.action_id)
        .where(Action.case_id == case_id)
        .group_by(ActionAccount.action_id, ActionAccount.arm)
    )
    for action_id, arm, n in look.session.execute(query):
        counts.setdefault(action_id, {})[arm] = n
    found = look.session.execute(
        sa.select(Action).where(Action.case_id == case_id).order_by(Action.action_id.desc())
    ).scalars()
    return [
        {
            "action_id": a.action_id,
            "kind": a.kind,
            "state": a.state,
            "dry_run": a.dry_run,
            "why": a.why,
            "planned_by": a.planned_by,
            "planned_at": a.planned_at,
            "due_at": a.due_at,
            "ends_at": a.ends_at,
            "carried_out_at": a.carried_out_at,
            "undone_at": a.undone_at,
            "accounts": counts.get(a.action_id, {}),
            "seen": str(seen_action(look, a.action_id)) if a.state in _NEXT else None,
        }
        for a in found
    ]


def plain(value: Any) -> Any:
    """Return *value* as mappings, lists, strings and numbers. A datetime becomes ISO 8601."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


def as_json(value: Any) -> str:
    """Return *value* as JSON. NaN and infinity become null.

    Characters that a terminal would obey are escaped, so that the text can be printed.
    """
    text = orjson.dumps(plain(value)).decode()
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_text(told: Mapping[str, Any], evidence: Sequence[str] = ()) -> str:
    """Return the result of :func:`case` as lines for a terminal, with the lines of its *evidence*."""
    members = ", ".join(f"{n:,} {standing}" for standing, n in told["members"].items() if n)
    lines = [
        f"Case {told['case_id']}: {told['title']} ({told['severity']}, {told['state']})",
        f"The campaign stands at {told['stands_at']}. Members: {members or 'none'}.",
        f"To judge what is shown here and nothing else: --seen {told['seen']}",
    ]
    lines += evidence
    if told["judgements"]:
        lines += ["", "Answers about the campaign:"]
        lines += [f"  {j['by']}: {j['verdict']}. {j['why']}" for j in told["judgements"] if not j["superseded_at"]]
    if told["actions"]:
        lines += ["", "Actions:"]
        lines += [
            f"  {a['action_id']}: {a['kind']}, {a['state']} ({'dry run' if a['dry_run'] else 'live'}), "
            + ", ".join(f"{n:,} {arm.replace('_', ' ')}" for arm, n in sorted(a["accounts"].items()))
            + (f"; {_NEXT[a['state']]} with --seen {a['seen']}" if a["seen"] else "")
            for a in told["actions"]
        ]
    return "\n".join(lines)


def write(table: pa.Table, path: Path) -> None:
    """Write *table* to the Parquet file *path*. The file appears complete or not at all.

    Raises ``EngineError`` where it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        pq.write_table(table, part, compression="zstd")
        part.replace(path)
    except OSError as error:
        raise EngineError("cannot write this file", where=str(path), remedy="Check --out.") from error
    finally:
        part.unlink(missing_ok=True)
