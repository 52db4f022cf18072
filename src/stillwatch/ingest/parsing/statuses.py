"""Maps HTTP codes, status words, error classes, messages and finish reasons to one of ``tables.STATUSES``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stillwatch.ingest.parsing.values import Loose, first, unfold

__all__ = ["is_refusal", "outcome", "problem_of", "problem_words"]

_THROTTLED = (
    *("ratelimit", "rate_limit", "rate-limit", "toomanyrequests", "too_many_requests", "throttl", "overloaded"),
    *("quota", "budgetexceeded", "budget_exceeded", "budgethasbeenexceeded", "resource_exhausted", "resourceexhausted"),
)
_REFUSED_IN_TEXT = (
    *("contentpolicy", "content_policy", "contentfilter", "content_filter", "contentmanagementpolicy", "guardrail"),
    *("responsibleaipolicy", "safetysystem", "authentication", "unauthorized", "forbidden", "permissiondenied"),
    *("accessdenied", "access_denied", "invalidapikey", "invalid_api_key", "incorrectapikey", "notauthenticated"),
    *("wasblocked", "blockedby"),
)
"""What a message says of a refusal. It is free text, so a word alone, such as ``blocked``, is not enough."""
_REFUSED = (*_REFUSED_IN_TEXT, "refus", "blocked", "unauthenticated", "permission", "notallowed")
_UNREACHED = re.compile(r"connection[ _-]?refused|econnrefused", re.IGNORECASE)
"""An error of the network, which says nothing of a refusal by the model or the gateway."""
_THROTTLED_CODES = (402, 429, 529)
_REFUSED_CODES = (401, 403, 451)
_OK_CODES = range(100, 300)
_PLAIN = (None, 200, "200", "success")

_WORDS: Mapping[str, tuple[str, ...]] = {
    "ok": (
        *("ok", "success", "successful", "succeeded", "complete", "completed", "done", "finished", "passed", "true"),
        *("default", "unset", "statuscodeok", "statuscodeunset", "incomplete", "stop", "length", "endturn", "allowed"),
        *("partial", "streaming", "streamed", "cached", "cachehit", "hit", "miss", "1xx", "2xx"),
    ),
    "error": (
        *("error", "errored", "err", "fail", "failed", "failure", "false", "exception", "crashed", "statuscodeerror"),
        *("aborted", "abort", "cancelled", "canceled", "interrupted", "disconnected", "expired", "timeout", "timedout"),
        *("deadlineexceeded", "unavailable", "internal", "invalid", "badrequest", "notfound", "fatal", "critical"),
        *("3xx", "4xx", "5xx"),
    ),
    "refused": ("denied", "rejected", "filtered", "flagged", "unauthorised"),
    "throttled": ("limited", "overload", "exhausted"),
}
"""Words of gateways for the end of a request, in small letters and digits alone."""
_MEANING = {word: status for status, words in _WORDS.items() for word in words}
_PARTS = {
    "error": "error",
    "fail": "error",
    "timeout": "error",
    "cancel": "error",
    "unsuccess": "error",
    "success": "ok",
}
"""Parts of longer words, such as ``upstream_error``; the first one that a word holds tells."""
_SIGNS = re.compile(r"[^a-z0-9]")
_CODE = re.compile(r"\s*(?:https?(?:/[\d.]+)?[\s:]+)?(\d{3})(?:\.0+)?(?=$|[\s:;,)-])", re.IGNORECASE)
_CODE_IN_TEXT = re.compile(
    r"\b(?:error|status|http|response|code)[ _-]?(?:code)?[\s:='\"]{1,3}(\d{3})\b", re.IGNORECASE
)
_LONGEST = 2_000
"""Characters of a message that are looked at. The kind of an error stands at its start."""


_REFUSALS = frozenset(
    {
        *("blocklist", "content_filter", "content_filtered", "error_toxic", "guardrail_intervened", "image_safety"),
        *("intervened", "model_armor", "prohibited_content", "recitation", "refusal", "refused", "safety", "spii"),
    }
)
"""Reasons of the end of an answer that was withheld."""


def is_refusal(reason: Loose) -> bool:
    """Return whether the finish reason *reason*, of any API, says that the answer was withheld."""
    return isinstance(reason, str) and reason.lower().replace("-", "_") in _REFUSALS


def outcome(code: Loose = None, *words: Loose, failed: bool = False) -> str:
    """Return ``ok``, ``error``, ``refused`` or ``throttled``; a status word that is not known is returned as it is.

    *code* is an HTTP status or a status word, as text, number or truth value. *words* are error classes, error types,
    error messages and finish reasons; they take precedence over the code. *failed* gives ``error`` where neither
    decides. An unknown word is no success: the check of the column rejects it.
    """
    if code in ("ok", "refused", "throttled"):
        return str(code)
    if code in _PLAIN and not failed and not any(words):  # the common case first, for speed
        return "ok"
    said = [word for word in (*words, code) if isinstance(word, str)]
    if said and (told := _said(said)):
        return told
    numbers = [number for number in (_number(code), *map(_number_in, (code, *words))) if number is not None]
    for codes, status in ((_THROTTLED_CODES, "throttled"), (_REFUSED_CODES, "refused")):
        if any(number in codes for number in numbers):
            return status
    if failed or any(number not in _OK_CODES for number in numbers):
        return "error"
    return "ok" if numbers else _meaning(code)


def _said(words: Iterable[str]) -> str | None:
    """Return the status that names or messages tell; None where they tell none."""
    told = [_UNREACHED.sub("", word[:_LONGEST]).lower() for word in words]
    names = " ".join(word for word in told if " " not in word.strip())
    texts = "".join(" ".join(word for word in told if " " in word.strip()).split())
    if any(word in names or word in texts for word in _THROTTLED):
        return "throttled"
    if any(word in names for word in _REFUSED) or any(word in texts for word in _REFUSED_IN_TEXT):
        return "refused"
    return None


def _meaning(code: Loose) -> str:
    if first(code) is None or isinstance(code, bool):
        return "error" if code is False else "ok"
    word = str(code)
    plain = _SIGNS.sub("", word.lower().rpartition(".")[2])
    parts = (status for part, status in _PARTS.items() if part in plain)
    return _MEANING.get(plain) or next(parts, word)


def _number(code: Loose) -> int | None:
    """Return the HTTP status in *code*: ``429``, ``429.0``, ``429 Too Many Requests``, ``HTTP/1.1 429``; else None.

    0 is what proxies log for a request that was never answered.
    """
    if isinstance(code, bool):
        return None
    if isinstance(code, int | float):
        return int(code) if code == 0 or 100 <= code < 600 else None
    if not isinstance(code, str):
        return None
    found = _CODE.match(code)
    if found is None:
        return 0 if code.strip() == "0" else None
    return int(found[1]) if 100 <= int(found[1]) < 600 else None


def _number_in(word: Loose) -> int | None:
    """Return the HTTP status that an error code or message names, such as ``Error code: 429 - …``; else None."""
    found = _number(word)
    if found is None and isinstance(word, str) and (named := _CODE_IN_TEXT.search(word[:_LONGEST])):
        found = int(named[1])
    return found if found is not None and 400 <= found < 600 else None


def problem_of(body: Mapping[str, Any]) -> Loose:
    """Return what an answer body says of an error; None where it is no error body.

    APIs put it into ``error`` or ``errors``. Gateways such as Azure API Management answer with ``statusCode`` and
    ``message``, Amazon Bedrock with ``__type`` and ``message``.
    """
    found = first(body.get("error"), body.get("errors"))
    if found is not None:
        return found
    is_whole = "error" in (body.get("object"), body.get("type"))
    is_bare = _MESSAGES & body.keys() and {"statusCode", "__type", "code"} & body.keys()
    return body if is_whole or (is_bare and not _ANSWERS & body.keys()) else None


_ANSWERS = {"choices", "output", "content", "candidates", "usage", "role", "data", "completion", "text"}


def problem_words(*problems: Loose) -> list[Loose]:
    """Return the codes, types and classes that *problems* name, and the message where they name nothing better.

    A problem is an object, its JSON text, a list of them, or a message. Azure's ``innererror`` is read, too.
    """
    return [word for problem in problems for part in _parts(unfold(problem)) for word in _named(part)]


def _parts(problem: Loose, depth: int = 0) -> Iterator[Loose]:
    if isinstance(problem, list):
        for entry in problem[:3]:
            yield from _parts(entry, depth + 1)
    elif isinstance(problem, Mapping):
        yield problem
        for name in ("error", "innererror", "inner_error"):
            if depth < 3 and first(problem.get(name)) is not None:
                yield from _parts(unfold(problem[name]), depth + 1)
    elif isinstance(problem, str) and first(problem) is not None:
        yield problem


def _named(problem: Loose) -> list[Loose]:
    if not isinstance(problem, Mapping):
        return [problem]
    found = [value for name in _NAMES if isinstance(value := first(problem.get(name)), str | int)]
    message = first(*(problem.get(name) for name in sorted(_MESSAGES)))
    return [*found, message] if isinstance(message, str) and all(map(_says_nothing, found)) else found


def _says_nothing(name: str | int) -> bool:
    word = str(name).lower()
    return word in _SAY_NOTHING or (word.isdecimal() and _number_in(name) is None)


_NAMES = ("code", "type", "status", "error_code", "error_class", "error_type", "__type", "statusCode", "reason")
_MESSAGES = {"message", "error_message", "detail", "msg"}
_SAY_NOTHING = (
    *("400", "500", "bad_request", "badrequesterror", "invalid_request_error", "invalid_argument", "error"),
    *("exception", "httpexception", "proxyexception", "apierror", "unknown"),
)
"""Names that every kind of error can have; only the message tells more."""
