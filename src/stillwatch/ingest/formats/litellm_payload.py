"""Reads LiteLLM's ``StandardLoggingPayload``: one object per call, written by its callbacks and file loggers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stillwatch.ingest.parsing.bodies.callers import read_caller
from stillwatch.ingest.parsing.format import Format, Record, Row, Skip, Unit
from stillwatch.ingest.parsing.litellm_events import NO_INFERENCES, failure_words, is_inference, is_of_2024, modern
from stillwatch.ingest.parsing.messages import read_answer, read_parameters, read_prompt, text_of
from stillwatch.ingest.parsing.sampling import read_limits
from stillwatch.ingest.parsing.statuses import outcome
from stillwatch.ingest.parsing.values import Loose, first, mapping

__all__ = ["FORMAT", "account_of", "chain_of", "conversation_of", "identity_of", "status_of"]

_NOBODY = "default_user_id"
_BATCHED = ("text_completion", "atext_completion", "embedding", "aembedding")


def recognise(record: Record) -> float:
    """Return the share of the payload's own keys that *record* has; 1 for a record of the bucket logger of 2024."""
    if is_of_2024(record):
        return 1.0
    own = ("call_type", "startTime", "model_group", "metadata", "hidden_params", "model_parameters")
    return sum(name in record for name in own) / len(own)


def units(record: Record) -> Iterator[Unit]:
    """Yield *record*, or ``Skip`` where it is no call of a model by a customer."""
    record = modern(record)
    yield record if is_inference(record, identity_of(record)) else Skip(NO_INFERENCES)


def row(record: Record) -> Row:
    """Return the row of one payload. Text is in ``messages``, ``input`` or ``prompt``, else in the stored request."""
    parameters = mapping(record.get("model_parameters"))
    request = mapping(mapping(record.get("proxy_server_request")).get("body"))
    who = identity_of(record)
    row = _said(record, parameters, request)
    answer = read_answer(record.get("response"))
    refused = answer.pop("refused", False)
    row.update(answer)
    for name, value in read_parameters({**request, **parameters}).items():
        row.setdefault(name, value)
    problem = mapping(record.get("error_information"))
    guarded = mapping(record.get("status_fields")).get("guardrail_status") == "guardrail_intervened"
    row.update(
        # `id` comes from the backend and can repeat; older payloads have no other id.
        exchange_id=first(record.get("litellm_call_id"), record.get("id")),
        at=first(record.get("startTime"), record.get("start_time")),
        account_id=account_of(record, who, problem),
        organization_id=first(who.get("user_api_key_org_id"), who.get("user_api_key_team_id")),
        model=first(record.get("model_group"), record.get("model")),
        conversation_id=conversation_of(record, who, parameters),
        input_tokens=first(record.get("prompt_tokens"), row.get("input_tokens")),
        output_tokens=first(record.get("completion_tokens"), row.get("output_tokens")),
        stream=first(read_limits(record)["stream"], row.get("stream")),
        status=status_of(record, problem, record.get("status"), refused=refused or guarded),
        client_ip=chain_of(record, who),
        user_agent=_user_agent(record, who),
    )
    return row


def _said(record: Record, parameters: Mapping[str, Any], request: Mapping[str, Any]) -> Row:
    found: Row = {}
    for holder in (record, parameters, request):
        said = first(holder.get("messages"), holder.get("input"), holder.get("prompt"))
        here = read_prompt(said)
        if record.get("call_type") in _BATCHED and isinstance(said, list):
            # LiteLLM turns every entry of a batched prompt into its own user message.
            here["prompt"] = text_of([m.get("content") if isinstance(m, Mapping) else m for m in said])
        found = found or here
        if here.get("prompt"):
            found = here
            break
    # The Anthropic API and the Responses API send the system text beside the messages.
    beside = first(
        *(holder.get(name) for holder in (parameters, request, record) for name in ("system", "instructions"))
    )
    found["system_prompt"] = text_of([beside, found.get("system_prompt")])
    return found


def status_of(record: Record, problem: Mapping[str, Any], told: Loose, *, refused: bool) -> str:
    """Return the status of a call that the log *told* to be a success or a failure; None is a row of older versions.

    *problem* is its error information. *refused* says that the answer was withheld.
    """
    words = failure_words(record, problem)
    is_ok = outcome(told) == "ok" and not (first(told) is None and any(words))
    if is_ok:
        return "refused" if refused else "ok"
    return outcome(first(problem.get("error_code")), *words, "guardrail" if refused else None, failed=True)


def identity_of(record: Record) -> Mapping[str, Any]:
    """Return ``litellm_metadata`` and ``metadata`` as one mapping; the latter takes precedence."""
    inner, outer = mapping(record.get("litellm_metadata")), mapping(record.get("metadata"))
    return {**inner, **{name: value for name, value in outer.items() if value not in (None, "")}}


def account_of(record: Record, who: Mapping[str, Any], problem: Mapping[str, Any]) -> Loose:
    """Return the account: the user of the key, else the hash of the key, else the end user, else the key's alias.

    LiteLLM uses ``default_user_id`` for the holder of the master key; then the end user is the account. A rejected key
    (401 in *problem*) belongs to no account. An end user can be a text of Claude Code, which holds the account.
    """
    user = first(who.get("user_api_key_user_id"), record.get("user"))
    end_user, _ = read_caller(first(who.get("user_api_key_end_user_id"), record.get("end_user")))
    if user == _NOBODY:
        return first(end_user, user)
    if user is None and str(problem.get("error_code")) == "401":
        return None
    key = first(who.get("user_api_key_hash"), who.get("user_api_key"), record.get("api_key"))
    return first(user, key, end_user, who.get("user_api_key_alias"))


def chain_of(record: Record, who: Mapping[str, Any]) -> Loose:
    """Return the logged addresses that the request came through, the nearest last."""
    peer = first(who.get("requester_ip_address"), record.get("requester_ip_address"))
    forwarded = mapping(who.get("requester_custom_headers")).get("x-forwarded-for")
    if isinstance(peer, str) and isinstance(forwarded, str) and "," not in peer:
        return forwarded if peer in forwarded else f"{forwarded}, {peer}"
    return peer


def conversation_of(record: Record, who: Mapping[str, Any], parameters: Mapping[str, Any]) -> Loose:
    """Return the session that the caller named: to LiteLLM, in its own metadata, or in the text of Claude Code."""
    own = mapping(who.get("requester_metadata"))
    _, session = read_caller(first(mapping(parameters.get("metadata")).get("user_id"), record.get("end_user")))
    return first(
        record.get("session_id"),
        who.get("session_id"),
        parameters.get("litellm_session_id"),
        own.get("session_id"),
        own.get("conversation_id"),
        session,
    )


def _user_agent(record: Record, who: Mapping[str, Any]) -> Loose:
    headers = mapping(mapping(record.get("proxy_server_request")).get("headers"))
    custom = mapping(who.get("requester_custom_headers"))
    return first(
        record.get("user_agent"),
        who.get("user_agent"),
        headers.get("user-agent"),
        custom.get("user-agent"),
        _tagged(record),
    )


def _tagged(record: Record) -> str | None:
    """Return the longest ``User-Agent: …`` among the request tags, where LiteLLM logs it too; None without one."""
    tags = record.get("request_tags")
    found = (
        [t[12:] for t in tags if isinstance(t, str) and t.startswith("User-Agent: ")] if isinstance(tags, list) else []
    )
    return max(found, key=len, default=None)


def examples() -> Sequence[Record]:
    """Return a chat, a Responses call with tools, an Anthropic call, a throttled call, and a row of 2024."""
    return (
        _OLD,
        _example(
            "chatcmpl-1",
            call_type="acompletion",
            messages=[
                {"role": "system", "content": "Answer briefly."},
                {"role": "user", "content": [{"type": "text", "text": "What is a monoid?"}]},
            ],
            response={
                "choices": [{"message": {"role": "assistant", "content": "A set with…"}, "finish_reason": "stop"}]
            },
        ),
        _example(
            "resp_2",
            call_type="aresponses",
            messages="Plan a test for the parser.",
            model_parameters={
                "tools": [{"type": "function", "name": "run"}],
                "max_output_tokens": 900,
                "stream": True,
            },
            response={"output": [{"type": "message", "content": [{"type": "output_text", "text": "First…"}]}]},
        ),
        _example(
            "msg_3",
            call_type="anthropic_messages",
            messages=[{"role": "user", "content": "Rewrite this sentence."}],
            response={"content": [{"type": "text", "text": "Done."}], "stop_reason": "end_turn"},
        ),
        _example(
            "chatcmpl-4",
            call_type="acompletion",
            messages=[{"role": "user", "content": "One more."}],
            response={},
            status="failure",
            error_information={"error_code": "429", "error_class": "RateLimitError"},
        ),
    )


_OLD: Record = {
    "request_kwargs": {
        "model": "large",
        "messages": [{"role": "user", "content": "What is a ring?"}],
        "optional_params": {"temperature": 0.7, "max_tokens": 10, "user": "acct-2"},
    },
    "response_obj": {
        "id": "chatcmpl-5",
        "object": "chat.completion",
        "choices": [{"message": {"role": "assistant", "content": "A set with…"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 6},
    },
    "start_time": "2026-03-02 08:15:30",
    "end_time": "2026-03-02 08:15:31",
    "spend_log_metadata": {"user_api_key": "b3f1", "user_api_key_user_id": "user-17"},
}


def _example(identifier: str, **own: Loose) -> Record:
    return {
        "id": identifier,
        "trace_id": f"trace-{identifier}",
        "status": "success",
        "startTime": 1772439330.25,
        "endTime": 1772439331.5,
        "model": "large-1",
        "model_group": "large",
        "prompt_tokens": 21,
        "completion_tokens": 8,
        "total_tokens": 29,
        "stream": False,
        "metadata": {
            "user_api_key_hash": "b3f1",
            "user_api_key_user_id": "user-17",
            "user_api_key_team_id": "team-2",
            "requester_ip_address": "203.0.113.20",
        },
        "model_parameters": {"temperature": 0.2, "max_tokens": 256},
        "hidden_params": {"model_id": "m1"},
        "request_tags": ["User-Agent: sdk", "User-Agent: sdk/1.0"],
        **own,
    }


FORMAT = Format(
    sentence="LiteLLM `StandardLoggingPayload`: JSON Lines, or arrays as the `generic_api` callback posts.",
    recognise=recognise,
    units=units,
    row=row,
    examples=examples,
    hints={
        "at": "startTime",
        "model": "model_group or model",
        "account_id": "metadata.user_api_key_user_id (a key turned away has none)",
    },
)
