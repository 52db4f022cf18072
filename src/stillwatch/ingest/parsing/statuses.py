"""Maps HTTP codes, error classes and finish reasons to one of ``tables.STATUSES``."""

from stillwatch.ingest.parsing.values import Loose

__all__ = ["outcome"]

_THROTTLED = (
    "ratelimit",
    "rate_limit",
    "toomanyrequests",
    "throttl",
    "overloaded",
    "quota",
    "budgetexceeded",
    "budget_exceeded",
)
_REFUSED = (
    "contentpolicy",
    "content_policy",
    "contentfilter",
    "content_filter",
    "guardrail",
    "refus",
    "blocked",
    "authentication",
    "permission",
    "notallowed",
    "unauthorized",
    "forbidden",
)
_THROTTLED_CODES = (402, 429, 529)
_REFUSED_CODES = (401, 403, 451)


def outcome(code: Loose = None, *words: Loose, failed: bool = False) -> str:
    """Return ``ok``, ``error``, ``refused`` or ``throttled``.

    *code* is an HTTP status (number or text) or one of the four words. *words* are error classes, error types and
    finish reasons; they take precedence over the code. *failed* gives ``error`` where neither decides.
    """
    if code in ("ok", "error", "refused", "throttled"):
        return str(code)
    said = " ".join(str(word) for word in words if isinstance(word, str | int)).lower().replace(" ", "")
    if any(word in said for word in _THROTTLED):
        return "throttled"
    if any(word in said for word in _REFUSED):
        return "refused"
    number = _number(code)
    if number in _THROTTLED_CODES:
        return "throttled"
    if number in _REFUSED_CODES:
        return "refused"
    return "error" if failed or number >= 400 else "ok"


def _number(code: Loose) -> int:
    if isinstance(code, int) and not isinstance(code, bool):
        return code
    return int(code) if isinstance(code, str) and code.isdigit() and len(code) == 3 else 0
