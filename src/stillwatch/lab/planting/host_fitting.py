"""Fits planted rows to the host log: same models, clients, exit addresses, answer lengths and missing columns."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stillwatch.lab.crowds.network import Clients, Network, address_texts
from stillwatch.lab.crowds.world_context import MODELS, WorldContext
from stillwatch.lab.draws.lengths import Lengths
from stillwatch.lab.draws.random_draws import Floats, Ints, mix, named_seed, to_unit
from stillwatch.lab.planting.host_log import USUAL, HostLog
from stillwatch.lab.worlds.world_writer import hex_identifiers
from stillwatch.tables import ACCOUNTS, EXCHANGES, TIMESTAMP

__all__ = ["fit_accounts", "fit_context", "fit_exchanges", "lacks_text"]

_OWN_CLOCK = ("account_id", "at", "exchange_id", "status", "model", "prompt", "system_prompt", "completion", "sketch")
_MADE = (
    "created_at",
    "organization_id",
    "email",
    "email_domain",
    "payment_fingerprint",
    "phone_digest",
    "device_fingerprint",
    "referrer",
    "status",
    "closed_at",
)
"""Attributes for which the campaign has its own values; all others follow the distribution of the host log."""
_DRAWN_WITH = {"verified_at": "verification"}
"""Attributes that are taken from the same account of the host as another one."""
_FINGERPRINTS = ("payment_fingerprint", "phone_digest", "device_fingerprint")
_FEW_VALUES = 50
_FULL = 0.99
_DAY_US = 86_400_000_000


def fit_context(context: WorldContext, host: HostLog) -> WorldContext:
    """Return the context with the clients and answer lengths of the host; what the host lacks stays made."""
    if host.clients:
        strings, weight = context.strings, np.asarray([n for *_, n in host.clients], dtype=np.float64)
        agents = strings.numbers([agent for agent, *_ in host.clients])
        prints = strings.numbers([digest for _, digest, _ in host.clients])
        # a log does not show which client belongs to which kind of user, so every class has all clients
        classes = ("web", "mobile", "sdk", "tool")
        groups = tuple(name for name in classes for _ in host.clients)
        four = len(classes)
        context = replace(
            context, clients=Clients(np.tile(agents, four), np.tile(prints, four), groups, np.tile(weight, four))
        )
    if len(host.lengths):
        written = {"conv": host.lengths, "code": host.lengths}
        context = replace(context, lengths=Lengths(written, context.lengths.context, "own log"))
    return context


def fit_exchanges(host: HostLog, network: Network, table: pa.Table, accounts: pa.Array) -> pa.Table:
    """Return planted exchanges with the models and exits of the host, without the columns it lacks.

    *accounts* are all planted accounts. Rows before the first or after the last moment of the log are dropped.
    """
    at = table["at"].cast(pa.int64()).to_numpy()
    table = table.filter(pa.array((at >= host.first_us) & (at <= host.last_us)))
    who = np.asarray(pc.index_in(table["account_id"], accounts).to_numpy(), dtype=np.int64)
    columns = dict(zip(table.column_names, table.columns, strict=True))
    columns["model"] = _models(host, table, who)
    columns["client_ip"] = _addresses(host, network, table["client_ip"])
    for name in EXCHANGES.names:
        if name not in _OWN_CLOCK:
            columns[name] = _as_filled(host, name, columns[name], who)
    textless = _without(host.filled["prompt"] + host.filled["sketch"], "text", who)
    for name in ("prompt", "system_prompt"):
        columns[name] = pc.if_else(pa.array(textless), pa.scalar(None, pa.string()), columns[name])
    return pa.table(columns, schema=EXCHANGES.schema)


def lacks_text(host: HostLog, accounts: pa.Array, table: pa.Table) -> NDArray[np.bool_]:
    """Return a flag per planted row: true for a sketch instead of text, at the host's share of accounts."""
    who = np.asarray(pc.index_in(table["account_id"], accounts).to_numpy(), dtype=np.int64)
    told = host.filled["prompt"] + host.filled["sketch"]
    return _without(host.filled["prompt"] / told if told else 0.0, "sketch", who)


def _without(share: float, name: str, who: Ints) -> NDArray[np.bool_]:
    """Return the rows that lack the column *name*, chosen by account, so that a share *share* has it."""
    if share > _FULL:
        return np.zeros(len(who), dtype=bool)
    return np.asarray(to_unit(mix(named_seed("lacks", name), who)) >= share)


def _as_filled(host: HostLog, name: str, column: pa.ChunkedArray, who: Ints) -> pa.ChunkedArray:
    nothing = pa.scalar(None, column.type)
    if name in host.usual:
        return column.fill_null(pa.scalar(host.usual[name], column.type))
    share = host.filled[name]
    if not share:
        return pa.chunked_array([pa.nulls(len(column), column.type)])
    if name in {*USUAL, "organization_id", "conversation_id", "tools_digest"}:
        return column
    return pc.if_else(pa.array(_without(share, name, who)), nothing, column)


def _models(host: HostLog, table: pa.Table, who: Ints) -> pa.Array:
    """Return a model of the host for each row.

    Each account keeps one model, drawn by popularity among the models in use. Accounts that have moved use the newest.
    """
    newest = host.released
    lasting = [model for model in host.models if model is not newest] or list(host.models)
    day = (table["at"].cast(pa.int64()).to_numpy() - host.first_us) // _DAY_US
    alive: Floats = np.asarray(
        [
            [m.n * float((m.first_us - host.first_us) // _DAY_US <= d <= (m.last_us - host.first_us) // _DAY_US)
             for m in lasting]
            for d in range(int(day.max(initial=0)) + 1)
        ]
    )  # fmt: skip
    alive = np.where(alive.sum(axis=1, keepdims=True) > 0, alive, [[m.n for m in lasting]])
    edges = np.cumsum(alive, axis=1) / alive.sum(axis=1, keepdims=True)
    place = (to_unit(mix(named_seed("model"), who))[:, None] >= edges[day, :-1]).sum(axis=1)
    names = pa.array([model.name for model in lasting]).take(pa.array(place))
    if newest is None:
        return names
    moved = pc.equal(table["model"], MODELS[-1])
    return pc.if_else(moved.combine_chunks(), pa.scalar(newest.name), names)


def _addresses(host: HostLog, network: Network, column: pa.ChunkedArray) -> pa.Array:
    """Return addresses in which the shared exits of the lab are replaced by exits that host accounts use."""
    shared = np.unique(np.concatenate([*network.pools, network.carrier]))
    known = dict(zip(address_texts(shared).to_pylist(), range(len(shared)), strict=True))
    encoded = column.combine_chunks().dictionary_encode()
    exits = host.exits
    named = [
        exits[int(mix(known[address])) % len(exits)] if exits and address in known else address
        for address in encoded.dictionary.to_pylist()
    ]
    return pa.array(named, pa.string()).take(encoded.indices)


def fit_accounts(host: HostLog, context: WorldContext, table: pa.Table) -> pa.Table:
    """Return the attributes of planted accounts, with exactly the columns of ``host.accounts``."""
    columns = {}
    for column in host.accounts.schema:
        if column.name == "account_id":
            columns[column.name] = table["account_id"].combine_chunks()
        elif column.name in _MADE:
            columns[column.name] = _own(host, context, table, column)
        else:
            columns[column.name] = _like_the_host(host, context, len(table), column)
    opened, verified = columns.get("created_at"), columns.get("verified_at")
    if opened is not None and verified is not None and opened.type == verified.type == TIMESTAMP:
        columns["verified_at"] = pc.if_else(pc.less(verified, opened), opened, verified)
    return pa.table(columns, schema=host.accounts.schema)


def _own(host: HostLog, context: WorldContext, table: pa.Table, column: pa.Field) -> pa.Array:
    made = table[column.name].combine_chunks()
    if column.name == "email_domain" and pa.types.is_string(column.type):
        made = _domains(host, context, made)
    theirs = host.accounts[column.name]
    always = theirs.null_count < (1 - _FULL) * len(theirs)
    if always and column.name in _FINGERPRINTS and pa.types.is_string(made.type):
        made = pc.coalesce(made, _fresh(context, column.name, len(table)))
    if pa.types.is_list(column.type):
        text = made.cast(pa.string()) if made.type != TIMESTAMP else pc.strftime(made, "%Y-%m-%dT%H:%M:%SZ")
        present = np.concatenate(([0], np.cumsum(text.is_valid().to_numpy(zero_copy_only=False))))
        return pa.ListArray.from_arrays(pa.array(present, pa.int32()), text.drop_null())
    return made


def _domains(host: HostLog, context: WorldContext, made: pa.Array) -> pa.Array:
    """Return e-mail domains: domains of large providers are replaced by popular domains of the host."""
    if not pa.types.is_string(host.accounts.schema.field("email_domain").type):
        return made
    least = max(3, len(host.accounts) // 500)
    counted = pc.value_counts(host.accounts["email_domain"].drop_null()).to_pylist()
    popular = sorted((c["values"], c["counts"]) for c in counted if c["counts"] >= least)
    kept = {c["values"] for c in pc.value_counts(made.drop_null()).to_pylist() if c["counts"] < 2}
    kept |= set(context.disposable)
    if not popular:
        return made
    weight = np.cumsum([n for _, n in popular])
    place = np.searchsorted(weight, context.named("domains").rng.random(len(made)) * weight[-1], side="right")
    drawn = pa.array([domain for domain, _ in popular]).take(pa.array(np.minimum(place, len(popular) - 1)))
    return pc.if_else(pc.is_in(made, pa.array(sorted(kept), pa.string())), made, drawn)


def _like_the_host(host: HostLog, context: WorldContext, n: int, column: pa.Field) -> pa.Array:
    """Return values drawn from the host's accounts if there are few distinct values; else new values for the same
    share.
    """
    theirs = host.accounts[column.name].combine_chunks()
    draws = context.named("attribute", _DRAWN_WITH.get(column.name, column.name)).rng
    drawn = theirs.take(pa.array(draws.integers(0, len(theirs), n)))
    known = column.name in ACCOUNTS.names and column.name != "declared_purpose"  # people write that one freely
    if known or not pa.types.is_string(column.type) or pc.count_distinct(theirs).as_py() <= _FEW_VALUES:
        return drawn
    return pc.if_else(drawn.is_valid(), _fresh(context, column.name, n), pa.scalar(None, pa.string()))


def _fresh(context: WorldContext, name: str, n: int) -> pa.Array:
    return hex_identifiers("", mix(context.seed, named_seed("fresh", name), np.arange(n)))
