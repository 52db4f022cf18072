"""Reads one span or one log record into a report: a row of its own, or something that belongs to another row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stillwatch.ingest.otel.attributes import decoded, value_of
from stillwatch.ingest.otel.facts import Facts, ReportRole, callers, facts_of, lists_of, role_of
from stillwatch.ingest.otel.outcomes import status_of
from stillwatch.ingest.otel.texts import Event, is_message, said_before, text_row
from stillwatch.ingest.otel.vocabularies import GENERAL, VOCABULARIES
from stillwatch.ingest.otel.vocabulary import DETAILS, EVENT, NAME, ToldText, Vocabulary
from stillwatch.ingest.parsing.caller_metadata import pairs
from stillwatch.ingest.parsing.digests import digest
from stillwatch.ingest.parsing.format import Record, Row
from stillwatch.ingest.parsing.messages import read_answer, read_parameters, read_request, read_usage, text_of
from stillwatch.ingest.parsing.values import Loose, first, flag, mapping, number, unfold

__all__ = ["IDENTITY", "Report", "Resource", "log_report", "resource_of", "span_report"]

IDENTITY = ("account_id", "organization_id", "conversation_id", "client_ip", "user_agent")
"""Columns that say who asked. They can stand on any span around an inference."""

_COUNTS = ("temperature", "max_output_tokens", "n_samples", "seed")
_HEALTH_CHECK = "litellm-internal-health-check"
_NOBODY = "default_user_id"
"""LiteLLM's name for the holder of the master key."""
_SERVERS = (2, "SPAN_KIND_SERVER", "SpanKind.SERVER")
_MAIN = ("sdk", "main", "repl_main_thread")
"""The part of a client that sends what the person said."""
_CLAUDE_CODE = "claude_code"
_LONGEST_NAME = 100
_NANOS = 1_000_000
"""Nanoseconds in a millisecond."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What emitted spans or log records. Its *row* says who asked, where a span does not say it."""

    attributes: Mapping[str, Any]
    row: Row


@dataclass(slots=True, eq=False)
class Report:
    """What one span or log record says.

    *trace*, *span* and *parent* are its ids, empty where they are missing. *start* and *end* are in nanoseconds since
    1970. *emitter* names the instrumentation. Reports of an inference that have one of the keys *same* in common, and
    come from different emitters, are of the same inference. A text belongs to inferences with one of the keys *joins*.
    *events* are the messages of a text. *what* names what is no inference, in the plural. ``spent`` is true where
    another report stands for this one, and for a text that an inference took.
    """

    role: ReportRole
    row: Row = field(default_factory=dict)
    trace: str = ""
    span: str = ""
    parent: str = ""
    is_log: bool = False
    start: int = 0
    end: int = 0
    emitter: str = ""
    same: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    what: str = ""
    spent: bool = False


_KINDS = tuple(name for vocabulary in VOCABULARIES for name in vocabulary.kinds)
_PEERS = frozenset(GENERAL.facts["peer"])
_TOLD = {event: (told, vocabulary) for vocabulary in VOCABULARIES for event, told in vocabulary.told.items()}


def resource_of(record: Loose) -> Resource:
    """Return the resource in *record*, which is empty where there is none."""
    attributes = decoded(mapping(record).get("attributes"))
    return Resource(attributes, _identity(facts_of(attributes, GENERAL), callers(attributes)))


def span_report(span: Record, resource: Resource, scope: str) -> Report:
    """Return the report of one span of *resource*; *scope* names its library."""
    attributes = decoded(span.get("attributes"))
    events = [
        (event.get("name"), decoded(event.get("attributes")))
        for event in span.get("events") or ()
        if isinstance(event, Mapping)
    ]
    for name, details in events:
        if name == DETAILS:
            attributes = {**details, **attributes}
    role, vocabulary = role_of({**attributes, NAME: span.get("name")})
    start, end = _nanos(span.get("startTimeUnixNano")), _nanos(span.get("endTimeUnixNano"))
    report = Report(
        role, trace=_id(span, "traceId"), span=_id(span, "spanId"), parent=_id(span, "parentSpanId"), emitter=scope
    )
    report.start, report.end = start, max(start, end)
    if span.get("kind") not in _SERVERS:  # the peer of a client is the server
        attributes = {name: value for name, value in attributes.items() if name not in _PEERS}
    if role is ReportRole.INFERENCE:
        _fill(report, span, attributes, resource, vocabulary, events)
    else:
        report.what = _what(attributes)
        facts = facts_of(attributes, vocabulary)
        report.row = {**said_before(facts.get("said_before")), **_identity(facts, callers(attributes))}
    return report


def log_report(log: Record, resource: Resource, scope: str) -> Report:
    """Return the report of one log record of *resource*; *scope* names its library."""
    attributes = decoded(log.get("attributes"))
    body = value_of(log.get("body"))
    event = _event_name(log, attributes, body, scope)
    report = Report(ReportRole.CONTEXT, trace=_id(log, "traceId"), span=_id(log, "spanId"), is_log=True)
    report.what = "log records of other events"
    report.emitter = f"{scope} {event}"
    moment = _nanos(_moment(log))
    report.start = report.end = moment
    if event in _TOLD:
        return _told(report, attributes, *_TOLD[event])
    if is_message(event):
        report.role = ReportRole.TEXT
        report.events = ((event, {**attributes, **mapping(body)} if isinstance(body, Mapping) else attributes),)
        return report
    role, vocabulary = role_of({**attributes, EVENT: event})
    facts = facts_of(attributes, vocabulary)
    if role is ReportRole.UNKNOWN:
        report.role = role
    elif role is ReportRole.INFERENCE and (vocabulary.alone or event == DETAILS or _has_answer(facts)):
        report.role = role
        report.start = moment - int(number(_number(facts.get("duration_ms")) or 0) or 0) * _NANOS
        _fill(report, log, attributes, resource, vocabulary, ())
    return report


def _event_name(log: Record, attributes: Mapping[str, Any], body: Loose, scope: str) -> str:
    """Return the name of the event. Clients write a short name, and the whole name as the body."""
    named = first(log.get("eventName"), attributes.get("event.name"), attributes.get("event_name"))
    name = named if isinstance(named, str) else ""
    whole = body if isinstance(body, str) and len(body) < _LONGEST_NAME and "." in body else ""
    if (name and whole.endswith(f".{name}")) or whole in _TOLD:
        return whole
    return f"{_CLAUDE_CODE}.{name}" if _CLAUDE_CODE in scope and name and "." not in name else name


def _has_answer(facts: Facts) -> bool:
    return any(fact in facts for fact in ("output_tokens", "output", "input"))


def _fill(
    report: Report,
    record: Record,
    attributes: Mapping[str, Any],
    resource: Resource,
    vocabulary: Vocabulary,
    events: Sequence[Event],
) -> None:
    """Set the row of an inference, and the keys under which others report it."""
    facts, lists = facts_of(attributes, vocabulary), lists_of(attributes)
    row = text_row(facts, lists, events)
    reasons = row.pop("finish_reasons", ())
    refused = row.pop("refused", False)
    written = mapping(facts.get("parameters"))
    asked = {fact: facts.get(fact) for fact in ("temperature", "max_tokens", "stream", "n_samples", "seed")}
    counts = {fact: facts.get(fact) for fact in ("input_tokens", "output_tokens")}
    stated = {**read_parameters({**asked, "tools": _tools(facts, lists)}), **counts}
    row = _first_of(stated, read_parameters(written) if written else {}, read_usage(mapping(facts.get("usage"))), row)
    row.update({name: _number(row.get(name)) for name in _COUNTS}, stream=_flag(row.get("stream")))
    own = _identity(facts, callers(attributes), {**mapping(facts.get("request")), **written})
    row.update(_first_of(_key_holder(attributes), own, resource.row))
    status = status_of(record, facts, events, reasons)
    row.update(
        exchange_id=_exchange_id(report, record, facts, vocabulary, resource),
        at=_moment(record),
        model=first(facts.get("model"), row.get("model"), written.get("model"), written.get("model_name")),
        status="refused" if refused and status == "ok" else status,
    )
    report.row = row
    report.same, report.joins = _keys(facts, attributes, report)
    if _HEALTH_CHECK in (row["account_id"], attributes.get("metadata.user_api_key_alias")):
        report.role, report.what = ReportRole.CONTEXT, "health checks"


def _what(attributes: Mapping[str, Any]) -> str:
    if any(name in attributes for name in _KINDS):
        return "operations that are no inference"
    if any(name.startswith(("gen_ai.", "llm.")) for name in attributes):
        return "spans or log records that name neither operation nor model"
    return "spans or log records without an attribute of a model call"


def _identity(facts: Facts, caller: Facts, body: Mapping[str, Any] | None = None) -> Row:
    """Return the columns of ``IDENTITY``: under a name of a vocabulary, as the application says, or from a body."""
    asked = body or {}
    written = (asked.get("safety_identifier"), asked.get("user"), mapping(asked.get("metadata")).get("user_id"))
    account = first(
        facts.get("account_id"),
        caller.get("account_id"),
        *(value for value in written if isinstance(value, str)),
    )
    if account == _NOBODY:
        account = first(facts.get("end_user"), account)
    found = {name: first(facts.get(name), caller.get(name)) for name in IDENTITY}
    return {**found, "account_id": account, "client_ip": _chain(facts, caller)}


def _key_holder(attributes: Mapping[str, Any]) -> Row:
    """Return who holds the key, where LiteLLM writes its metadata as JSON; its ``user.id`` may be an end user then."""
    spread = {f"metadata.{name}": value for name, value in pairs(attributes.get("metadata")).items()}
    facts = facts_of(spread, GENERAL) if "metadata.user_api_key_hash" in spread else {}
    return _identity(facts, {}) if facts else {}


def _chain(facts: Facts, caller: Facts) -> Loose:
    forwarded = first(facts.get("forwarded"), mapping(facts.get("caller_headers")).get("x-forwarded-for"))
    if isinstance(forwarded, list):
        forwarded = ", ".join(hop for hop in forwarded if isinstance(hop, str))
    return first(forwarded, facts.get("client_ip"), caller.get("client_ip"), facts.get("peer"))


def _tools(facts: Facts, lists: Mapping[str, list[Any]]) -> Loose:
    within = mapping(facts.get("tools_within"))
    written = first(facts.get("tools"), lists.get("tools"), within.get("function_tools"))
    tools = unfold(written)
    if not isinstance(tools, list):
        return tools
    return [unfold(mapping(mapping(tool).get("tool")).get("json_schema", unfold(tool))) for tool in tools]


def _first_of(*rows: Row) -> Row:
    """Return for every column the value of the first row that has one."""
    found: Row = {}
    for row in reversed(rows):
        for name, value in row.items():
            if value is not None or name not in found:
                found[name] = value
    return found


def _number(value: Loose) -> Loose:
    """Return *value* where it is a number, else None: one odd parameter is no reason to lose the row."""
    try:
        return value if value is None or number(value) is not None else None
    except ValueError:
        return None


def _flag(value: Loose) -> bool | None:
    try:
        return None if value is None else flag(value)
    except ValueError:
        return None


def _moment(record: Record) -> Loose:
    """Return the time of a span or log record; 0 means in OTLP that it is not known."""
    times = [record.get(name) for name in ("startTimeUnixNano", "timeUnixNano", "observedTimeUnixNano")]
    return first(*(time for time in times if time not in (0, "0")))


def _exchange_id(report: Report, record: Record, facts: Facts, vocabulary: Vocabulary, resource: Resource) -> str:
    # The log records of a client have the ids of the span around several inferences.
    if report.trace and report.span and not (report.is_log and vocabulary.alone):
        return f"{report.trace}-{report.span}"
    response = facts.get("response_id")
    if isinstance(response, str) and response:
        return response
    return digest([record, resource.attributes])


def _keys(facts: Facts, attributes: Mapping[str, Any], report: Report) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys *same* and *joins* of an inference."""
    answer = mapping(facts.get("answer"))
    response = first(facts.get("response_id"), answer.get("id"), mapping(answer.get("llm_output")).get("id"))
    session = facts.get("conversation_id")
    same = [f"response {response}"] if isinstance(response, str) else []
    # Gemini CLI writes each inference twice, in its own words and in those of the conventions.
    moment = attributes.get("event.timestamp") if report.emitter.endswith(DETAILS) else facts.get("moment")
    if session and moment:
        same.append(f"moment {session} {moment}")
    joins = [f"response_id {response}"] if isinstance(response, str) else []
    part, turn = facts.get("part"), facts.get("turn")
    if turn:
        joins.append(f"turn {turn} {part}")
    if part is None or str(part).startswith(_MAIN):  # other parts of a client ask what the person did not say
        joins += [f"turn {turn}"] if turn else []
        joins += [f"conversation_id {session}"] if session else []
    return tuple(same), tuple(joins)


def _told(report: Report, attributes: Mapping[str, Any], told: ToldText, vocabulary: Vocabulary) -> Report:
    """Make *report* a text that belongs to the inferences with the same turn, response or conversation."""
    facts = facts_of(attributes, vocabulary)
    value = attributes.get(told.attribute)
    report.role = ReportRole.TEXT
    if told.column == "refusal":
        report.row = {"status": "refused"}
    elif told.column == "request":
        report.row = _told_request(value)
    elif told.column == "answer":
        report.row = {"completion": read_answer(unfold(value)).get("completion")} if value else {}
    else:
        report.row = {told.column: text_of(value)}
    report.row = {name: found for name, found in report.row.items() if found is not None}
    keys = [f"{name} {facts[name]}" for name in dict.fromkeys((told.key, "conversation_id")) if name in facts]
    if told.column == "request" and "part" in facts and keys:
        keys = [f"{keys[0]} {facts['part']}"]
    report.joins = tuple(keys[:1])
    return report


def _told_request(value: Loose) -> Row:
    body = unfold(value)
    if isinstance(body, list):
        return read_request({"contents": body})
    found = read_request(body) if isinstance(body, Mapping) else {}  # a body that was cut off is no JSON
    return {
        name: found.get(name) for name in (*_COUNTS, "prompt", "system_prompt", "n_tools", "tools_digest", "stream")
    }


def _id(record: Record, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= 64 and value.strip("0") else ""


def _nanos(value: Loose) -> int:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 25 else 0
