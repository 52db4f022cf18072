"""Says how an inference ended, from everything that instrumentations write about a failure."""

from collections.abc import Sequence
from typing import Any

from stillwatch.ingest.otel.facts import Facts
from stillwatch.ingest.otel.texts import Event
from stillwatch.ingest.parsing.format import Record
from stillwatch.ingest.parsing.statuses import is_refusal, outcome
from stillwatch.ingest.parsing.values import Loose, mapping, unfold

__all__ = ["status_of"]

_FAILED = (2, "2", "STATUS_CODE_ERROR", "ERROR", "Error")
_SUCCEEDED = (1, "1", "STATUS_CODE_OK")


def status_of(span: Record, facts: Facts, events: Sequence[Event], reasons: Sequence[Any] = ()) -> str:
    """Return one of ``tables.STATUSES``. *reasons* are the finish reasons of the answer.

    The types of errors count before the messages, because a message can quote what somebody wrote.
    """
    if any(is_refusal(reason) for reason in [*_listed(facts.get("finish_reasons")), *reasons]):
        return "refused"
    state = mapping(span.get("status"))
    exceptions = [told for name, told in events if name == "exception"]
    kinds = [facts.get("error"), *(told.get("exception.type") for told in exceptions)]
    success = facts.get("success")
    failed = (
        state.get("code") in _FAILED
        or facts.get("state") in _FAILED
        or any(_is_error(kind) for kind in (facts.get("error"), facts.get("error_message")))
        or success is False
        or str(success).lower() == "false"
        or facts.get("level") == "ERROR"
        or (bool(exceptions) and state.get("code") not in _SUCCEEDED and "output_tokens" not in facts)
    )
    numbers = [_number(value) for value in (facts.get("http_code"), facts.get("error"))]
    code = next((number for number in numbers if number), None)
    if not failed and (code is None or code < 400):
        return "ok"
    status = outcome(code, *kinds, failed=True)
    if status != "error":
        return status
    messages = [
        state.get("message"),
        facts.get("error_message"),
        *(told.get("exception.message") for told in exceptions),
    ]
    written = [message for message in messages if isinstance(message, str)]
    return outcome(code, *written, failed=True)


def _is_error(value: Loose) -> bool:
    return value is not None and value is not False and str(value).lower() not in ("false", "", "none")


def _number(value: Loose) -> int | None:
    text = str(value)
    return int(text) if len(text) == 3 and text.isdecimal() else None


def _listed(reasons: Loose) -> list[Any]:
    loaded = unfold(reasons)
    return loaded if isinstance(loaded, list) else [loaded]
