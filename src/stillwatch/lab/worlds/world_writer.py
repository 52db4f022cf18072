"""Writes a world day by day: text codes become texts, numbers become identifiers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stillwatch.lab.crowds.crowd import NEVER, Accounts, Crowd
from stillwatch.lab.crowds.network import address_texts
from stillwatch.lab.crowds.signups import PLANS
from stillwatch.lab.crowds.world_context import MODELS, WorldContext
from stillwatch.lab.draws.arrival_rates import DAY_US
from stillwatch.lab.draws.random_draws import Ints, mix, named_seed
from stillwatch.lab.texts.paraphrases import paraphrase_rows
from stillwatch.lab.texts.phrasings import split_list
from stillwatch.tables import ACCOUNTS, EXCHANGES, STATUSES, TIMESTAMP, TRUTH, VERIFICATIONS

__all__ = ["account_table", "day_tables", "hex_identifiers", "truth_table"]

_COUNTRIES = split_list(
    """
    US|IN|BR|DE|GB|FR|JP|ID|NG|MX|PH|TR|PK|VN|EG|IT|ES|KR|CA|PL|UA|TH|BD|AR|CO|ZA|NL|KE|MY|SA|AU|IR|RU|
    CN|DZ|MA|PE|UZ|CL|RO|CZ|SE|BE|PT|GR|HU|IL|AE|SG|CH|AT|DK|FI|NO|IE|NZ|TN|GH|LK|NP
    """
)


def hex_identifiers(prefix: str, numbers: Ints) -> pa.Array:
    """Return *prefix* followed by sixteen hexadecimal digits for each number."""
    digits = numbers.astype(">u8").tobytes().hex().encode()
    offsets = np.arange(0, 16 * len(numbers) + 1, 16, dtype=np.int32)
    plain = pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(digits))
    return pc.binary_join_element_wise(pa.scalar(prefix), plain, "") if prefix else plain


def _known(values: pa.Array, unknown: NDArray[np.bool_]) -> pa.Array:
    return pc.if_else(pa.array(unknown), pa.scalar(None, values.type), values)


def _numbers(values: Ints, kind: pa.DataType) -> pa.Array:
    """Return *values* as *kind*, null where negative."""
    return pa.array(values, mask=values < 0).cast(kind)


@dataclass(frozen=True, slots=True)
class _Identity:
    """Turns the numbers of one world into identifiers that carry no information."""

    seed: int

    def accounts(self, n: int) -> pa.Array:
        return hex_identifiers("acc_", mix(self.seed, named_seed("account"), np.arange(n)))

    def digest(self, prefix: str, values: Ints) -> pa.Array:
        return _known(hex_identifiers(prefix, mix(self.seed, named_seed(prefix), values)), values < 0)


def account_table(context: WorldContext, crowd: Crowd) -> pa.Table:
    """Return the ACCOUNTS table of *crowd*, sorted by identifier."""
    who, identity, strings = crowd.accounts, _Identity(context.seed), context.strings.array()
    n = len(who)
    created = np.minimum(who.created, _first_seen(who, crowd, n))
    domain = strings.take(pa.array(who.domain))
    closed = who.closed < NEVER
    local = hex_identifiers("u", mix(context.seed, named_seed("mail"), np.arange(n)))
    columns = {
        "account_id": identity.accounts(n),
        "created_at": pa.array(created, type=pa.int64()).cast(TIMESTAMP),
        "organization_id": identity.digest("org_", who.organization),
        "email": pc.binary_join_element_wise(local, domain, "@"),
        "email_domain": domain,
        "payment_fingerprint": identity.digest("pay_", who.payment),
        "phone_digest": identity.digest("ph_", who.phone),
        "device_fingerprint": identity.digest("dev_", who.device),
        "referrer": _known(strings.take(pa.array(who.referrer)), who.referrer == 0),
        "declared_country": pa.array(_COUNTRIES).take(pa.array(who.country % len(_COUNTRIES))),
        "verification": pa.array(VERIFICATIONS).take(pa.array(who.verification)),
        "plan": pa.array(PLANS).take(pa.array(who.plan)),
        "status": pc.if_else(pa.array(closed), "closed", "open"),
        "closed_at": pa.array(np.where(closed, who.closed, 0), mask=~closed, type=pa.int64()).cast(TIMESTAMP),
    }
    return _table(columns, ACCOUNTS.schema).sort_by("account_id")


def _first_seen(who: Accounts, crowd: Crowd, n: int) -> Ints:
    """Return the latest allowed creation time: one minute before the first exchange of the account."""
    first = np.full(n, np.int64(2**62))
    np.minimum.at(first, crowd.rows.account, crowd.rows.at)
    return np.where(first < 2**62, first - 60_000_000, who.created)


def truth_table(context: WorldContext, crowd: Crowd) -> pa.Table:
    """Return the TRUTH table of *crowd*, sorted by identifier."""
    who, strings = crowd.accounts, context.strings.array()
    columns = {
        "account_id": _Identity(context.seed).accounts(len(who)),
        "kind": strings.take(pa.array(who.kind)),
        "group": strings.take(pa.array(who.group)),
        "is_campaign": pa.array(who.is_campaign),
    }
    return pa.table(columns, schema=TRUTH.schema).sort_by("account_id")


def day_tables(context: WorldContext, crowd: Crowd) -> Iterator[tuple[str, pa.Table]]:
    """Yield (day, EXCHANGES table) in order of time; only one day's texts are in memory at once."""
    rows = crowd.rows
    order = np.lexsort((rows.account, rows.at))
    day = (rows.at[order] - context.start_us) // DAY_US
    strings, accounts = context.strings.array(), _Identity(context.seed).accounts(len(crowd.accounts))
    edges = np.searchsorted(day, np.arange(context.spec.days + 1))
    for number in range(context.spec.days):
        picked = order[edges[number] : edges[number + 1]]
        name = str(np.datetime64(context.spec.start) + np.timedelta64(number, "D"))
        yield (
            name,
            _exchanges(context, crowd, picked, first=int(edges[number]), strings=strings, accounts=accounts),
        )


def _exchanges(
    context: WorldContext, crowd: Crowd, picked: Ints, *, first: int, strings: pa.Array, accounts: pa.Array
) -> pa.Table:
    rows, who, identity = crowd.rows, crowd.accounts, _Identity(context.seed)
    owner, at = rows.account[picked], rows.at[picked]
    system = who.system[owner]
    prompt = _prompts(context, crowd, picked, strings)
    kept = context.spec.texts == "text"
    second = rows.client[picked] == 1
    agent = np.where(second, who.agent_2[owner], who.agent[owner])
    fingerprint = np.where(second, who.fingerprint_2[owner], who.fingerprint[owner])
    model = np.where(at >= who.moves[owner], 2, who.model[owner])
    letters = pc.binary_length(prompt).to_numpy() + pc.binary_length(strings).to_numpy()[system]
    temperature = who.temperature[owner]
    tool_set, stream = rows.tool_set[picked], who.stream[owner]
    n_tools = np.where(tool_set > 0, tool_set % 256, who.n_tools[owner])
    tools = np.where(tool_set > 0, tool_set // 256, who.tools[owner])
    n = len(picked)
    columns = {
        "exchange_id": hex_identifiers("x", mix(context.seed, named_seed("exchange"), first + np.arange(n))),
        "at": pa.array(at, type=pa.int64()).cast(TIMESTAMP),
        "account_id": accounts.take(pa.array(owner)),
        "organization_id": identity.digest("org_", who.organization[owner]),
        "model": pa.array(MODELS).take(pa.array(model)),
        "conversation_id": identity.digest("c", rows.conversation[picked]),
        "system_prompt": _known(strings.take(pa.array(system)), (system == 0) | (not kept)),
        "prompt": prompt if kept else pa.nulls(n, pa.string()),
        "completion": pa.nulls(n, pa.string()),
        "input_tokens": pa.array(4 + letters // 4 + rows.context[picked]).cast(pa.int32()),
        "output_tokens": _numbers(rows.output[picked], pa.int32()),
        "max_output_tokens": _numbers(who.max_tokens[owner], pa.int32()),
        "temperature": pa.array(temperature, mask=np.isnan(temperature)).cast(pa.float32()),
        "n_tools": _numbers(n_tools, pa.int32()),
        "tools_digest": _known(strings.take(pa.array(tools)), tools == 0),
        "stream": pa.array(stream == 1, mask=stream < 0),
        "status": pa.array(STATUSES).take(pa.array(rows.status[picked])),
        "client_ip": address_texts(rows.ip[picked]),
        "user_agent": strings.take(pa.array(agent)),
        "client_fingerprint": strings.take(pa.array(fingerprint)),
        "sketch": pa.nulls(n, pa.binary()),
    }
    return _table(columns, EXCHANGES.schema)


def _table(columns: dict[str, pa.Array], schema: pa.Schema) -> pa.Table:
    """Return *columns* as a table of *schema*; a column that no world has is null."""
    n = len(next(iter(columns.values())))
    return pa.table({f.name: columns[f.name] if f.name in columns else pa.nulls(n, f.type) for f in schema}, schema)


def _prompts(context: WorldContext, crowd: Crowd, picked: Ints, strings: pa.Array) -> pa.Array:
    texts = context.texts.render(crowd.rows.text[picked])
    head, tail = crowd.rows.head[picked], crowd.rows.tail[picked]
    if head.any() or tail.any():
        heads, tails = strings.take(pa.array(head)), strings.take(pa.array(tail))
        joined = pc.binary_join_element_wise(heads, texts, tails, "")
    else:
        joined = texts
    wording = crowd.rows.wording[picked]
    if not wording.any():
        return joined
    said = np.flatnonzero(wording)
    heads, tails = strings.take(pa.array(head[said])), strings.take(pa.array(tail[said]))
    other = paraphrase_rows(heads, texts.take(pa.array(said)), tails, wording[said])
    return pc.replace_with_mask(joined, pa.array(wording > 0), other)
