"""Reads Langfuse exports: generations alone, with their trace, or nested in traces."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stillwatch.ingest.parsing.bodies.callers import read_caller
from stillwatch.ingest.parsing.bodies.message_shapes import has_turns, turns_of
from stillwatch.ingest.parsing.format import Format, Record, Row, RowFault, Skip, Unit
from stillwatch.ingest.parsing.messages import read_answer, read_parameters, read_request, read_usage
from stillwatch.ingest.parsing.statuses import outcome
from stillwatch.ingest.parsing.values import Loose, first, mapping, unfold

__all__ = ["FORMAT"]


def recognise(record: Record) -> float:
    """Return 1 for a trace with observations, or for an observation with its trace, type and level."""
    if isinstance(record.get("observations"), list):
        return 1.0
    names = (("traceId", "trace_id"), ("type",), ("startTime", "start_time"), ("level",), ("input",))
    return sum(any(name in record for name in either) for either in names) / len(names)


def units(record: Record) -> Iterator[Unit]:
    """Yield every generation in *record* with the fields of its trace; other observations are not inferences."""
    observations = record.get("observations")
    if observations is None or "type" in record:
        yield _generation(record, {})
    elif not isinstance(observations, list):
        yield RowFault("observations must be a list of objects")
    else:
        for observation in observations:
            # A trace fetched without details lists only the ids of its observations.
            is_object = isinstance(observation, Mapping)
            yield _generation(observation, record) if is_object else RowFault("an observation must be an object")


def _generation(observation: Record, trace: Record) -> Unit:
    kind = observation.get("type")
    if isinstance(kind, str) and kind.upper() != "GENERATION":
        return Skip("observations that are no GENERATION")
    if kind is None and not first(observation.get("model"), observation.get("provided_model_name")):
        no_generation = RowFault("neither type nor model; GENERATION is expected")
        return Skip("traces without observations") if "timestamp" in observation else no_generation
    return {"observation": observation, "trace": trace}


def row(unit: Record) -> Row:
    """Return the row of one generation. The account is the user of the observation or trace, else in the metadata."""
    observation, trace = unit["observation"], unit["trace"]
    about = {**_about(trace), **_about(observation)}
    asked = unfold(observation.get("input"))
    parameters = mapping(_either(observation, "modelParameters", "model_parameters"))
    is_body = isinstance(asked, Mapping) and not has_turns(asked)
    row = read_request(asked if is_body else {"messages": observation.get("input")})
    for name, value in read_parameters({"tools": _tools(observation, asked), **parameters}).items():
        row[name] = first(row.get(name), value)
    answer = read_answer(observation.get("output"))
    refused = answer.pop("refused", False)
    row.update(answer)
    row.update({name: first(count, row.get(name)) for name, count in read_usage(_usage(observation)).items()})
    failed = str(observation.get("level")).upper() == "ERROR"
    message = _either(observation, "statusMessage", "status_message")
    users = (_user(observation), _user(trace), *(about.get(name) for name in _USERS))
    account, session = read_caller(first(*users))
    sessions = (_either(holder, "sessionId", "session_id") for holder in (observation, trace))
    row.update(
        exchange_id=observation.get("id"),
        at=_either(observation, "startTime", "start_time"),
        account_id=account,
        organization_id=first(*(about.get(name) for name in _ORGANIZATIONS)),
        model=_either(observation, "providedModelName", "provided_model_name", "model"),
        conversation_id=first(*sessions, session),
        status=outcome(None, message if failed else None, "refus" if refused else None, failed=failed),
        client_ip=first(*(about.get(name) for name in _ADDRESSES)),
        user_agent=about.get("user_agent"),
    )
    return row


def _about(holder: Record) -> Mapping[str, Any]:
    """Return the metadata of an observation or trace, with the span attributes that OpenTelemetry put into it."""
    metadata = mapping(holder.get("metadata"))
    return {**mapping(metadata.get("attributes")), **metadata}


def _usage(observation: Record) -> Mapping[str, Any]:
    """Return the token counts of an observation. Its own ``input`` and ``output`` are texts, and no counts."""
    usage = mapping(observation.get("usage"))
    counted = usage if usage.get("unit") in (None, "", "TOKENS") else {}
    details = mapping(_either(observation, "usageDetails", "usage_details"))
    return {**{name: observation.get(name) for name in _COUNTS}, **counted, **details}


_COUNTS = ("promptTokens", "completionTokens", "inputTokens", "outputTokens", "prompt_tokens", "completion_tokens")
"""Counts beside the observation in old answers of the API, and in exports of its page."""
_USERS = (
    *("user_api_key_user_id", "langfuse_user_id", "user_id", "userId", "account_id", "user.id", "enduser.id"),
    "user_api_key_hash",
)
_ORGANIZATIONS = ("user_api_key_org_id", "organization_id", "user_api_key_team_id")
_ADDRESSES = ("requester_ip_address", "client_ip", "ip")


def _user(record: Record) -> Loose:
    return _either(record, "userId", "user_id")


def _tools(observation: Record, asked: Loose) -> Loose:
    """Return the tools beside the input, or those that Langfuse's callback of LangChain lists among the messages."""
    tools = unfold(_either(observation, "toolDefinitions", "tool_definitions"))
    if isinstance(tools, Mapping):
        return [unfold(tool) for tool in tools.values()]
    if tools is None and isinstance(asked, list):
        turns = (turn.get("content") for turn in turns_of(asked) if turn.get("role") == "tool")
        tools = [tool for tool in turns if isinstance(tool, Mapping) and "function" in (*tool, tool.get("type"))]
    return tools or None


def _either(record: Record, *names: str) -> Loose:
    return first(*(record.get(name) for name in names))


def examples() -> Sequence[Record]:
    """Return a generation of the API, an enriched row of the blob export, and a trace with one generation."""
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is a monoid?"}]
    generation = {
        "id": "gen-41",
        "traceId": "trace-1",
        "type": "GENERATION",
        "name": "chat",
        "startTime": "2026-03-02T08:15:30.250Z",
        "endTime": "2026-03-02T08:15:31.000Z",
        "model": "large-1",
        "modelParameters": {"temperature": 0.4, "max_tokens": 200},
        "input": messages,
        "output": {"role": "assistant", "content": "A set with…"},
        "usage": {"input": 18, "output": 40, "total": 58, "unit": "TOKENS"},
        "level": "DEFAULT",
        "metadata": {"user_id": "acct-7", "client_ip": "203.0.113.9"},
    }
    enriched = {
        "id": "gen-42",
        "trace_id": "trace-2",
        "type": "GENERATION",
        "start_time": "2026-03-02 08:15:30.250000",
        "user_id": "acct-8",
        "session_id": "s-1",
        "provided_model_name": "large-1",
        "model_parameters": '{"temperature": 0.4}',
        "input": '[{"role": "user", "content": "Plan a test."}]',
        "output": "First…",
        "usage_details": {"input": 12, "output": 60},
        "level": "ERROR",
        "status_message": "rate limit exceeded",
    }
    trace = {
        "id": "trace-3",
        "timestamp": "2026-03-02T08:15:30Z",
        "userId": "acct-9",
        "sessionId": "s-2",
        "observations": [{**generation, "id": "gen-43", "traceId": "trace-3", "metadata": {}}],
    }
    return generation, enriched, trace


FORMAT = Format(
    sentence="Langfuse exports: observations of type GENERATION, alone, enriched, or nested in traces.",
    recognise=recognise,
    units=units,
    row=row,
    examples=examples,
    hints={
        "at": "startTime",
        "model": "model or provided_model_name",
        "account_id": "userId, user_id or the metadata",
    },
)
