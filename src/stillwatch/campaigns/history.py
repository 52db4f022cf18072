"""Campaigns over many scans: what each scan may spend of the error rate, ids that last, and where both are kept.

A *look* is one scan of a history. Each look tests new groups at an equal part of the rate. So the share of false
campaigns among all that were first reported in any ``campaigns.looks`` looks in a row stays under the rate, however
alike the looks are (ADR 23). Evidence is capped, so parts that shrink for ever would end all finding after a week.

New groups of a look are ranked among themselves. Known campaigns are not tested again. Ranked together with forty of
them, a new group would stand at up to 41 times the level of its look.

A history is a folder with one folder per look, each holding the whole history up to it (``tables`` LOOKS, LINEAGE,
TRACKS and EVENTS). A look appears by one rename, so a scan that is killed leaves the history as it was.
"""

import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stillwatch.campaigns.detection import Detection
from stillwatch.campaigns.explain import another
from stillwatch.campaigns.lineage import Descent, descents
from stillwatch.engine import Engine, Frame
from stillwatch.errors import EngineError, InputError
from stillwatch.settings import CampaignsSettings
from stillwatch.statistics.multiple_testing import focused_q_values
from stillwatch.tables import EVENTS, LINEAGE, LOOKS, TRACKS
from stillwatch.tables.columns import Table

__all__ = ["Followed", "Scanned", "follow", "lineage", "require_history", "scanned", "share", "spent"]

_TABLES = (LOOKS, LINEAGE, TRACKS, EVENTS)
_REMEDY = "Restore the folder from a copy, or begin a new history in an empty one."
Row = dict[str, Any]


def share(looks: int) -> float:
    """Return the part of the false discovery rate that each of *looks* looks in a row may spend."""
    return 1 / looks


def spent(look: int, looks: int) -> float:
    """Return the part spent by look number *look* (from 1) and the looks before it that count with it."""
    return min(look, looks) / looks


@dataclass(frozen=True)
class Scanned:
    """What a scan looked at, told from anything else by ``digest``; the tables are those that it was told by."""

    activity: Frame
    digest: str
    row: Row


@dataclass(frozen=True)
class Followed:
    """A detection with the ids and q-values of its history, what the summary says of the look, and what to notice."""

    detection: Detection
    look: dict[str, Any]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _State:
    """A history up to one look, as rows."""

    looks: list[Row]
    lineage: dict[str, Row]
    tracks: dict[tuple[str, str], Row]
    events: list[Row]

    @classmethod
    def of(cls, tables: Mapping[str, pa.Table]) -> "_State":
        return cls(
            looks=tables["looks"].to_pylist(),
            lineage={row["campaign_id"]: row for row in tables["lineage"].to_pylist()},
            tracks={(row["campaign_id"], row["account_id"]): row for row in tables["tracks"].to_pylist()},
            events=tables["events"].to_pylist(),
        )

    def tables(self) -> dict[str, pa.Table]:
        rows = {
            "looks": self.looks,
            "lineage": [self.lineage[key] for key in sorted(self.lineage)],
            "tracks": [self.tracks[key] for key in sorted(self.tracks)],
            "events": self.events,
        }
        return {table.name: pa.Table.from_pylist(rows[table.name], schema=table.schema) for table in _TABLES}


def scanned(engine: Engine, *, activity: Frame, attributes: Frame, profiles: Frame, made_with: str) -> Scanned:
    """Return what a scan looked at, from sums that the order of rows and the names of accounts do not change.

    *made_with* is a digest of settings and version: the same log tested in another way is another test.
    """
    counts = [field.name for field in activity.schema if pa.types.is_int64(field.type)]
    sums = ", ".join(f"CAST(COALESCE(SUM({name}), 0) AS BIGINT) AS {name}" for name in counts)
    totals = engine.query(
        f"SELECT COUNT(*) AS n_accounts, MIN(first_at) AS first_at, MAX(last_at) AS last_at, {sums} FROM activity",
        activity=activity,
    )
    known = engine.query(
        "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(LENGTH(value)), 0) AS BIGINT) AS size FROM attributes",
        attributes=attributes,
    )
    row = engine.arrow(totals).read_all().to_pylist()[0]
    asked = engine.query("SELECT CAST(SUM(n) AS BIGINT), CAST(SUM(norm) AS BIGINT) FROM profiles", profiles=profiles)
    content = [column[0].as_py() for column in engine.arrow(asked).read_all()]
    facts = engine.arrow(known).read_all().to_pylist()[0]
    what = repr((sorted((key, str(value)) for key, value in row.items()), content, facts, made_with))
    digest = blake2b(what.encode(), digest_size=16).hexdigest()
    return Scanned(activity, digest, {name: row[name] for name in ("first_at", "last_at", "n_accounts", "n_exchanges")})


def follow(
    folder: Path, detection: Detection, what: Scanned, *, engine: Engine, settings: CampaignsSettings
) -> Followed:
    """Return *detection* as the next look of the history in *folder*, and add the look to the history.

    A group that has members of an earlier campaign gets its id, and keeps the q-value that it was first reported with.
    Groups that are no earlier campaign, also those that split off, are ranked among themselves alone. They stay if
    their q-value stands at this look's level. It is reported divided by the look's share, so that it compares with
    ``false_discovery_rate`` as without a history. Scanning again what a look has scanned gives the same result again
    and spends nothing. Raises ``InputError`` where the folder is no history or nothing was scanned, which would spend
    and make every campaign gone, and ``EngineError`` where it cannot be written.
    """
    if not what.row["n_exchanges"]:
        raise InputError(
            "there is no exchange to look at; the history stays as it was",
            where="the log",
            remedy="What could not be read is in rejects.parquet, with the reason.",
        )
    last = _last(folder)
    state = _State.of(_read(folder, last))
    known = [row["look"] for row in state.looks if row["digest"] == what.digest]
    number = known[0] if known else last + 1
    if known:
        state = _State.of(_before(folder, number))
    present = _present(engine, what.activity, {account for _, account in state.tracks})
    notices = () if known else _odd(state, what, present)
    result, events = _next(state, detection, number, present, settings)
    part = share(settings.looks)
    level = settings.false_discovery_rate * part
    state.looks.append(
        what.row
        | {"look": number, "digest": what.digest, "share": part, "level": level}
        | {"n_groups_tested": detection.counts["n_groups_tested"], "n_campaigns": len(result.campaigns)}
    )
    state.events.extend(events)
    if not known:
        _write(folder, number, state.tables())
    told = [{name: value for name, value in event.items() if name != "look"} for event in events]
    look = {
        "number": number, "share": part, "spent": spent(number, settings.looks), "level": level, "events": told
    }  # fmt: skip
    return Followed(result, look, notices)


def require_history(folder: Path) -> None:
    """Raise ``InputError`` where *folder* exists and is no history, before a long log is read for it."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if there.exists() and not there.is_dir():
        raise InputError("a history is a folder, and this is a file", where=str(there), remedy="Check --history.")
    _read(folder, _last(folder))


def lineage(folder: Path) -> pa.Table:
    """Return what became of every campaign of the history in *folder*, as the table ``lineage``."""
    require_history(folder)
    return _read(folder, _last(folder))["lineage"]


def _odd(state: _State, what: Scanned, present: Collection[str]) -> tuple[str, ...]:
    """Return what an operator should know of a look that does not seem to follow the one before."""
    if not state.looks:
        return ()
    notices = []
    if what.row["last_at"] < state.looks[-1]["last_at"]:
        notices.append(
            "The log ends before that of the last look did; what began since counts as gone. "
            "To go back in time, use a history of its own."
        )
    tracked = len({account for _, account in state.tracks})
    if tracked and not present:
        notices.append(
            f"None of the {tracked:,} accounts that the history names are in the log. "
            "If it is another log, or ingest.identifier_key has changed, begin a new history in an empty folder."
        )
    return tuple(notices)


def _next(
    state: _State, detection: Detection, number: int, present: Collection[str], settings: CampaignsSettings
) -> tuple[Detection, list[Row]]:
    """Return the detection under lasting ids and what became of campaigns; *state* is moved on by one look."""
    found = _members(detection)
    earlier = _earlier(state, present)
    named: dict[str, str] = {}
    stands: dict[str, float] = {}
    events: list[Row] = []
    ids = detection.campaigns.column("campaign_id").to_pylist()
    origins = descents([found[i].keys() for i in ids], earlier, settings.min_overlap)
    q_values = _q_values(detection, dict(zip(ids, origins, strict=True)), state, settings)
    taken = set(state.lineage)
    for own, descent in zip(ids, origins, strict=True):
        if q_values[own] > settings.false_discovery_rate:
            continue
        named[own] = descent.campaign_id or another(own, taken)
        taken.add(named[own])
        stands[own] = q_values[own]
        events += _moved_on(state, number, named[own], found[own], q_values[own], descent)
    for campaign_id, row in sorted(state.lineage.items()):
        if row["last_look"] == number - 1 and row["merged_into"] is None:
            events.append(_event(number, campaign_id, "gone", row["n_accounts"]))
    return _renamed(detection, named, stands), events


def _q_values(
    detection: Detection, origins: Mapping[str, Descent], state: _State, settings: CampaignsSettings
) -> dict[str, float]:
    """Return the q-value of every group: that of its first report, and of new groups that among themselves alone.

    A campaign whose q-value does not stand at a rate that was made stricter since is tested again.
    """
    rows = {own: state.lineage[origin.campaign_id] for own, origin in origins.items() if origin.campaign_id is not None}
    known = {own: row["q_value"] for own, row in rows.items() if row["q_value"] <= settings.false_discovery_rate}
    new = [own for own in origins if own not in known]
    # What detection left out does not stand at its plain rate, so it lifts no rank of what stands at the look's level.
    p_values = np.array([detection.p_values[own] for own in new], np.float64)
    tested = focused_q_values(p_values, detection.counts["n_groups_tested"])
    return known | {own: min(1.0, float(q) / share(settings.looks)) for own, q in zip(new, tested, strict=True)}


def _moved_on(
    state: _State, number: int, campaign_id: str, members: Mapping[str, float], q_value: float, descent: Descent
) -> list[Row]:
    """Enter one reported campaign into *state* and return what became of it."""
    before = state.lineage.get(campaign_id)
    new = [account for account in members if (campaign_id, account) not in state.tracks]
    said: list[tuple[str, str | None]] = []
    if before is None:
        said.append(("split", descent.split_from) if descent.split_from else ("appeared", None))
    elif before["last_look"] < number - 1:
        said.append(("returned", None))
    elif new:
        said.append(("grew", None))
    for other in descent.absorbed:
        if state.lineage[other]["merged_into"] != campaign_id:
            state.lineage[other] |= {"merged_into": campaign_id}
            said.append(("merged", other))
    state.lineage[campaign_id] = {
        "campaign_id": campaign_id, "first_look": before["first_look"] if before else number, "last_look": number,
        "n_accounts": len(members), "q_value": q_value,
        "split_from": before["split_from"] if before else descent.split_from, "merged_into": None,
    }  # fmt: skip
    for account, p_member in members.items():
        track = state.tracks.get((campaign_id, account))
        state.tracks[campaign_id, account] = {
            "campaign_id": campaign_id, "account_id": account, "p_member": p_member,
            "first_look": track["first_look"] if track else number, "last_look": number,
        }  # fmt: skip
    return [_event(number, campaign_id, what, len(members), other, len(new)) for what, other in said]


def _event(number: int, campaign_id: str, what: str, size: int, other: str | None = None, new: int = 0) -> Row:
    return {
        "look": number, "campaign_id": campaign_id, "event": what, "other_id": other, "n_accounts": size, "n_new": new
    }  # fmt: skip


def _members(detection: Detection) -> dict[str, dict[str, float]]:
    """Return the members of every group with their probability."""
    found: dict[str, dict[str, float]] = {i: {} for i in detection.campaigns.column("campaign_id").to_pylist()}
    columns = (detection.members.column(name).to_pylist() for name in ("campaign_id", "account_id", "p_member"))
    for campaign_id, account, p_member in zip(*columns, strict=True):
        found[campaign_id][account] = p_member
    return found


def _earlier(state: _State, present: Collection[str]) -> dict[str, list[str]]:
    """Return, per earlier campaign, its members at its last look that the log still has.

    Members that were closed long ago and are in no log any more cannot be in a group, and must not count against it.
    """
    members: dict[str, list[str]] = {campaign_id: [] for campaign_id in state.lineage}
    for (campaign_id, account), track in state.tracks.items():
        if track["last_look"] == state.lineage[campaign_id]["last_look"] and account in present:
            members[campaign_id].append(account)
    return members


def _present(engine: Engine, activity: Frame, accounts: Collection[str]) -> set[str]:
    if not accounts:
        return set()
    tracked = pa.table({"account_id": pa.array(sorted(accounts), pa.string())})
    rows = engine.query(
        "SELECT a.account_id FROM activity AS a JOIN tracked AS t ON t.account_id = a.account_id",
        activity=activity,
        tracked=tracked,
    )
    return set(engine.arrow(rows).read_all().column("account_id").to_pylist())


def _renamed(detection: Detection, named: Mapping[str, str], q_values: Mapping[str, float]) -> Detection:
    """Return the groups in *named* alone, under their lasting ids, with their q-values and places in the queue."""

    def kept(table: pa.Table) -> pa.Table:
        chosen = table.filter(pc.is_in(table["campaign_id"], pa.array(list(named), pa.string())))
        return _with(chosen, "campaign_id", [named[i] for i in chosen["campaign_id"].to_pylist()])

    own = [i for i in detection.campaigns["campaign_id"].to_pylist() if i in named]
    campaigns = _with(kept(detection.campaigns), "q_value", [q_values[i] for i in own])
    # The table stands in the order of the queue.
    campaigns = _with(campaigns, "rank", range(1, len(campaigns) + 1))
    parts = {name: kept(getattr(detection, name)) for name in ("members", "bonds", "grounds")}
    p_values = {named[i]: detection.p_values[i] for i in own}
    return replace(detection, campaigns=campaigns, p_values=p_values, **parts)


def _with(table: pa.Table, column: str, values: Sequence[object]) -> pa.Table:
    place = table.schema.get_field_index(column)
    return table.set_column(place, table.schema.field(column), pa.array(values, table.schema.field(column).type))


def _folder(folder: Path, number: int) -> Path:
    return folder / f"look-{number:06d}"


def _last(folder: Path) -> int:
    """Return the number of the last look in *folder*; 0 where there is none."""
    names = (path.name.removeprefix("look-") for path in folder.glob("look-*"))
    return max((int(name) for name in names if name.isdecimal()), default=0)


def _read(folder: Path, number: int) -> dict[str, pa.Table]:
    """Return the tables of look *number*; empty ones before the first."""
    if number == 0:
        return {table.name: table.schema.empty_table() for table in _TABLES}
    return {table.name: _table(_folder(folder, number) / f"{table.name}.parquet", table) for table in _TABLES}


def _before(folder: Path, number: int) -> dict[str, pa.Table]:
    """Return the tables of the look before look *number*, which has been scanned before."""
    if number > 1 and not _folder(folder, number - 1).exists():
        raise InputError(
            f"look {number} cannot be repeated without look {number - 1}, which was deleted",
            where=str(folder),
            remedy="Its result was in the folder of that scan; scan a newer log.",
        )
    return _read(folder, number - 1)


def _table(path: Path, table: Table) -> pa.Table:
    try:
        return pq.read_table(path, partitioning=None).select(list(table.names)).cast(table.schema)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise InputError(f"not the table {table.name} of a history", where=str(path), remedy=_REMEDY) from error


def _write(folder: Path, number: int, tables: Mapping[str, pa.Table]) -> None:
    """Write a look beside the history and move it in by one rename."""
    place = _folder(folder, number)
    part = place.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        for name, table in tables.items():
            with (part / f"{name}.parquet").open("wb") as sink:
                pq.write_table(table, sink)
                sink.flush()
                os.fsync(sink.fileno())
        part.rename(place)
    except OSError as error:
        raise EngineError(
            "the look could not be written", where=str(place),
            remedy="Check space and rights, and that no other scan uses this history now.",
        ) from error  # fmt: skip
