"""Tells which rows of LiteLLM are calls of a model, and rewrites rows of its loggers of 2024."""

import re
from collections.abc import Mapping
from typing import Any

from stillwatch.ingest.parsing.format import Record
from stillwatch.ingest.parsing.values import Loose, first, mapping, unfold

__all__ = ["NO_INFERENCES", "failure_words", "is_inference", "is_of_2024", "modern"]

_NO_INFERENCE = re.compile(
    r"mcp|moderation|batch|file|health_check|vector_store|fine_tuning|assistant|container|sandbox|skill|run_code"
    r"|^_?a?_?(?:list|get|delete|retrieve|cancel|update|add|create_thread|search)(?:_|$)"
    r"|video_(?:retrieve|content|list|delete|\w*character)|code_interpreter_tool|client_secret|transcription_session"
)
"""Call types of the proxy that no model answers: tools, files, jobs, and the reading and deleting of what is stored."""
NO_INFERENCES = "calls of the proxy that no model answers"
"""Names the rows that are left out, for the notice."""
_INTERNAL = ("litellm-internal-health-check", "litellm_internal_jobs")
"""Accounts under which the proxy calls models itself, to see whether they answer."""
_ERROR_CLASS = re.compile(r"\b\w*(?:Error|Exception|Exceeded)\b")


def is_inference(record: Record, who: Mapping[str, Any]) -> bool:
    """Return whether *record* is a customer's call of a model; *who* is the identity in its metadata.

    Tool calls of MCP, health checks, files, polls of a batch and lists are none. An unknown call type is one.
    """
    kind = record.get("call_type")
    if isinstance(kind, str) and _NO_INFERENCE.search(kind):
        return False
    if first(record.get("mcp_namespaced_tool_name")) is not None:
        return False
    tags = unfold(record.get("request_tags"))
    named = ("user_api_key_hash", "user_api_key", "user_api_key_alias", "user_api_key_team_id")
    callers = (record.get("api_key"), *(who.get(name) for name in named), *(tags if isinstance(tags, list) else ()))
    return not any(isinstance(caller, str) and caller in _INTERNAL for caller in callers)


def is_of_2024(record: Record) -> bool:
    """Return whether *record* is one of the bucket logger before LiteLLM had its standard payload."""
    return first(record.get("request_kwargs")) is not None and record.get("response_obj") not in (None, "")


def modern(record: Record) -> Record:
    """Return a record of a logger of 2023 or 2024 under the names of the standard payload; any other unchanged.

    The loggers for S3 and DynamoDB had ``modelParameters`` and ``usage``, the one for Google's buckets other names.
    """
    if first(record.get("modelParameters")) is not None and first(record.get("model_parameters")) is None:
        used = mapping(record.get("usage"))
        counts = {name: used.get(name) for name in ("prompt_tokens", "completion_tokens")}
        return {**counts, **record, "model_parameters": record["modelParameters"]}
    if not is_of_2024(record):
        return record
    asked, answer = mapping(record["request_kwargs"]), mapping(record["response_obj"])
    parameters = mapping(asked.get("optional_params"))
    problem = first(record.get("exception"))
    failed = problem is not None or record.get("log_event_type") == "failed_api_call"
    return {
        "id": answer.get("id"),
        "call_type": asked.get("call_type"),
        "status": "failure" if failed else "success",
        "startTime": record.get("start_time"),
        "model": asked.get("model"),
        "messages": asked.get("messages"),
        "model_parameters": parameters,
        "metadata": record.get("spend_log_metadata"),
        "end_user": parameters.get("user"),
        "response": answer,
        "error_str": problem,
    }


def failure_words(record: Record, problem: Mapping[str, Any]) -> list[Loose]:
    """Return the error classes and the message that *record* tells of a failure; *problem* is its error information.

    Older rows have the text of the exception alone, which begins with its class.
    """
    said = first(problem.get("error_message"), record.get("error_str"), record.get("exception"))
    text = said if isinstance(said, str) else ""
    return [problem.get("error_class"), *_ERROR_CLASS.findall(text[:500]), text]
