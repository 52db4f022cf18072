"""Counts requests, and writes them with figures of the database in the text format of Prometheus (version 0.0.4).

``prometheus_client`` is no dependency of the console: the format is a few lines, and these are counters and gauges.
No metric has an account, a user or a path as a label, since a monitoring system keeps labels for a long time.
"""

from collections.abc import Iterator, Mapping
from threading import Lock

import sqlalchemy as sa

from stillwatch import __version__
from stillwatch.cases.access.desk import Look
from stillwatch.cases.store import audit
from stillwatch.cases.store.schema import Action, Appeal, Case
from stillwatch.delivery.schema import Delivery

__all__ = ["CONTENT_TYPE", "RequestCounter", "exposition"]

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_OTHER = "other"
"""The label of all other methods: a client can send any word, and each label is kept for the life of the process."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_Samples = Mapping[tuple[tuple[str, str], ...], float]


class RequestCounter:
    """Counts answered requests by method, route and status, with the seconds that they took. Safe for threads."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, int], int] = {}
        self._seconds: dict[tuple[str, str], float] = {}
        self._lock = Lock()

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request. *route* is the pattern of the route, never the path."""
        method = method if method in _METHODS else _OTHER
        with self._lock:
            key = method, route, status
            self._counts[key] = self._counts.get(key, 0) + 1
            self._seconds[method, route] = self._seconds.get((method, route), 0.0) + seconds

    def lines(self) -> Iterator[str]:
        """Yield the lines of the counters."""
        with self._lock:
            counts, seconds = dict(self._counts), dict(self._seconds)
        answered: dict[tuple[tuple[str, str], ...], float] = {}
        for (method, route, _), n in counts.items():
            key = ("method", method), ("route", route)
            answered[key] = answered.get(key, 0) + n
        by_status: _Samples = {
            (("method", method), ("route", route), ("status", str(status))): float(n)
            for (method, route, status), n in counts.items()
        }
        took: _Samples = {(("method", method), ("route", route)): total for (method, route), total in seconds.items()}
        yield from _metric("http_requests_total", "counter", "Answered requests.", by_status)
        yield from _metric("http_request_seconds", "summary", "Seconds from request to answer.", took, suffix="_sum")
        yield from _samples("http_request_seconds_count", answered)


def exposition(look: Look, requests: RequestCounter) -> str:
    """Return all metrics as text."""
    overdue = sa.select(sa.func.count()).where(Action.state == "scheduled", Action.due_at < look.now)
    log = audit.head(look.session.connection())
    found: list[tuple[str, str, _Samples]] = [
        ("build_info", "The running version.", {(("version", __version__),): 1}),
        ("cases", "Cases by state and severity.", _counted(look, {"state": Case.state, "severity": Case.severity})),
        ("actions", "Actions by state and mode.", _counted(look, {"state": Action.state, "dry_run": Action.dry_run})),
        ("actions_overdue", "Scheduled actions whose time has passed.", {(): look.session.scalar(overdue) or 0}),
        ("appeals", "Appeals by state.", _counted(look, {"state": Appeal.state})),
        ("messages", "Messages to receivers of webhooks by state.", _counted(look, {"state": Delivery.state})),
        ("audit_entries", "Entries of the audit log.", {(): log.seq}),
    ]
    lines = [line for name, sentence, samples in found for line in _metric(name, "gauge", sentence, samples)]
    return "\n".join([*lines, *requests.lines()]) + "\n"


def _counted(
    look: Look, by: Mapping[str, sa.orm.InstrumentedAttribute[str] | sa.orm.InstrumentedAttribute[bool]]
) -> _Samples:
    columns = list(by.values())
    query = sa.select(*columns, sa.func.count()).group_by(*columns).order_by(*columns)
    return {
        tuple(zip(by, (str(value).lower() for value in values), strict=True)): n
        for *values, n in look.session.execute(query)
    }


def _metric(name: str, kind: str, sentence: str, samples: _Samples, *, suffix: str = "") -> Iterator[str]:
    yield f"# HELP stillwatch_{name} {sentence}"
    yield f"# TYPE stillwatch_{name} {kind}"
    yield from _samples(f"{name}{suffix}", samples)


def _samples(name: str, samples: _Samples) -> Iterator[str]:
    for labels, value in sorted(samples.items()):
        told = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
        yield f"stillwatch_{name}{f'{{{told}}}' if told else ''} {value:.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
