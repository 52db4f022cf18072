"""Joins the reports of one source: texts to their inferences, nested reports of one inference, and who asked.

Several reports can tell of one inference: spans of two instrumentations, one inside of the other, and log records with
its messages. It is counted once, with what any of them tells. Reports wait for each other within a window of bounded
size.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stillwatch.ingest.otel.facts import ReportRole
from stillwatch.ingest.otel.reports import IDENTITY, Report
from stillwatch.ingest.otel.texts import message_row
from stillwatch.ingest.parsing.format import Placed, RowFault, Skip, Unit
from stillwatch.ingest.parsing.values import first

__all__ = ["LEFT_ASIDE", "REPEATED", "UNKNOWN", "related"]

REPEATED = Skip("further reports of an inference that is counted already")
LEFT_ASIDE = Skip("log records whose text was left aside, because their inference is not in the same source")
_JOINED = Skip("log records whose text belongs to an inference")
UNKNOWN = RowFault(
    "it has a model and token counts as an inference has, but in no known vocabulary; "
    "docs/reference/formats.md lists the known ones"
)

_BYTES = 32 << 20
"""Bytes of records of which the reports wait for each other."""
_MOST = 60_000
"""Reports that wait for each other."""
_DEEPEST = 64
"""Spans around a span that are looked at."""
_NEAR = 8
"""Reports with one key that are compared with each one. Many have one where an id is a constant, or a prompt common."""
_SLACK = 2_000_000_000
"""Nanoseconds between the end of an inference and a log record about it."""
_LONGEST = 3_600_000_000_000
"""Nanoseconds that a span takes at most that has only its texts in common with another one."""
_TEXTS = ("prompt", "system_prompt")
_Waiting = tuple[int, Report, int]


def related(placed: Iterator[Placed]) -> Iterator[Placed]:
    """Yield the units of one source: a row per inference, and a ``Skip`` or ``RowFault`` for every other report.

    *placed* has units with a report (``{"report": …}``), which are yielded in their order, and faults, which are
    yielded at once.
    """
    waiting: list[_Waiting] = []
    size = 0
    for position, unit, n_bytes in placed:
        report = unit.get("report") if isinstance(unit, Mapping) else None
        if not isinstance(report, Report):
            yield position, unit, n_bytes
            continue
        waiting.append((position, report, n_bytes))
        size += n_bytes
        if size > _BYTES or len(waiting) > _MOST:
            count = _oldest(waiting, size // 2)
            yield from _settled(waiting, count)
            waiting = waiting[count:]
            size = sum(n_bytes for _, _, n_bytes in waiting)
    yield from _settled(waiting, len(waiting))


def _oldest(waiting: Sequence[_Waiting], most: int) -> int:
    """Return how many of the first reports take *most* bytes, or half of the reports."""
    size = 0
    for count, (_, _, n_bytes) in enumerate(waiting):
        size += n_bytes
        if size > most or count * 2 > len(waiting):
            return count + 1
    return len(waiting)


def _settled(waiting: Sequence[_Waiting], count: int) -> Iterator[Placed]:
    """Relate all reports, and yield the first *count* of them."""
    reports = [report for _, report, _ in waiting]
    _take_texts(reports)
    nest = _Nest(reports)
    nest.merge()
    _merge_same(reports)
    for position, report, n_bytes in waiting[:count]:
        yield position, _unit(report, nest), n_bytes


def _unit(report: Report, nest: "_Nest") -> Unit:
    if report.role is ReportRole.INFERENCE:
        return REPEATED if report.spent else {"report": report}
    if report.role is ReportRole.TEXT:
        return LEFT_ASIDE if not report.spent and _has_text(report) else _JOINED
    if report.role is ReportRole.UNKNOWN:
        return REPEATED if nest.is_part(report) else UNKNOWN
    return Skip(report.what)


def _has_text(report: Report) -> bool:
    row = {**report.row, **message_row(report.events)}
    return any(row.get(name) for name in (*_TEXTS, "completion"))


def _take_texts(reports: Sequence[Report]) -> None:
    """Give every inference the texts of the log records that belong to it."""
    by_span: dict[tuple[str, str], list[Report]] = {}
    by_key: dict[str, list[Report]] = {}
    for report in reports:
        if report.role is ReportRole.TEXT:
            if report.events and report.trace and report.span:
                by_span.setdefault((report.trace, report.span), []).append(report)
            for key in report.joins:
                by_key.setdefault(key, []).append(report)
    for report in reports:
        if report.role is ReportRole.INFERENCE:
            if texts := by_span.get((report.trace, report.span)):
                ordered = sorted(texts, key=lambda text: text.start)
                found = message_row([event for text in ordered for event in text.events])
                found.pop("finish_reasons", None)
                _fill(report.row, found)
                _spend(texts)
            for key in report.joins:
                if key in by_key:
                    chosen = _latest(by_key[key], report)
                    refused = chosen.row.get("status")
                    if refused and report.row.get("status") == "ok":
                        report.row["status"] = refused
                    _fill(report.row, chosen.row)
                    _spend([chosen])


def _latest(texts: Sequence[Report], report: Report) -> Report:
    """Return the last of *texts* before the end of *report*, else the first one."""
    before = [text for text in texts if text.start <= report.end]
    return max(before, key=lambda text: text.start) if before else min(texts, key=lambda text: text.start)


def _spend(texts: Sequence[Report]) -> None:
    for text in texts:
        text.spent = True


class _Nest:
    """Which inferences are inside of which, by the ids of spans."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._spans: dict[tuple[str, str], Report] = {}
        for report in reports:
            if not report.is_log and report.trace and report.span:
                self._spans.setdefault((report.trace, report.span), report)
        self._inferences = [report for report in reports if report.role is ReportRole.INFERENCE]
        self._chains = {id(report): self._around(report) for report in self._inferences}
        self._inner: dict[tuple[str, str], int] = {}
        """Number of inferences right inside of a span, by its ids."""
        for report in self._inferences:
            if outer := next((r for r in self._chains[id(report)] if r.role is ReportRole.INFERENCE), None):
                key = (outer.trace, outer.span)
                self._inner[key] = self._inner.get(key, 0) + (not report.is_log)

    def _around(self, report: Report) -> list[Report]:
        """Return the spans around *report*, the nearest first. A log record is at the span that it names."""
        found: list[Report] = []
        key = (report.trace, report.span if report.is_log else report.parent)
        while len(found) < _DEEPEST and (outer := self._spans.get(key)) is not None and outer is not report:
            found.append(outer)
            key = (outer.trace, outer.parent)
        return found

    def is_part(self, report: Report) -> bool:
        """Return whether *report* is inside or around of an inference."""
        if any(outer.role is ReportRole.INFERENCE for outer in self._around(report)):
            return True
        key = (report.trace, report.span)
        return any((r.trace, r.span) == key for chain in self._chains.values() for r in chain)

    def merge(self) -> None:
        """Let the innermost report of each inference tell what the reports around it tell as well."""
        for report in self._inferences:
            chain = self._chains[id(report)]
            if report.is_log and chain and chain[0].role is ReportRole.INFERENCE:
                _merge(chain[0], report)  # an event of the span itself
                report.spent = True
        for report in self._inferences:
            chain = self._chains[id(report)]
            if report.spent:
                continue
            if self._inner.get((report.trace, report.span)):
                report.spent = not report.is_log
                continue
            only = True
            for outer in chain:
                if outer.role is ReportRole.INFERENCE:
                    only = only and self._inner.get((outer.trace, outer.span)) == 1
                    _merge(report, outer, whole=only)
                else:
                    _fill(report.row, outer.row)


def _merge_same(reports: Sequence[Report]) -> None:
    """Count an inference once that two instrumentations report in traces of their own.

    Their reports have one id of the answer, or the same texts; or they are of one failed call: spans of one parent and
    model.
    """
    by_key: dict[Any, list[Report]] = {}
    for report in reports:
        if report.role is ReportRole.INFERENCE and not report.spent:
            prompt, completion = report.row.get("prompt"), report.row.get("completion")
            said = [(prompt, completion)] if prompt and not report.is_log else []
            for key in (*report.same, *said, *_failed_call(report)):
                by_key.setdefault(key, []).append(report)
    for key, found in by_key.items():
        ordered = sorted(found, key=lambda report: (report.start, report.trace, report.span))
        for number, report in enumerate(ordered):
            for other in ordered[number + 1 : number + 1 + _NEAR]:
                if not (report.spent or other.spent) and _are_one(report, other, named=isinstance(key, str)):
                    # The shortest span is the call itself. A log record has no length worth to compare.
                    inner, outer = sorted((report, other), key=lambda r: (r.is_log, r.end - r.start, r.trace, r.span))
                    _merge(inner, outer)
                    outer.spent = True


def _failed_call(report: Report) -> Iterator[tuple[str, str, Any]]:
    """Yield the key of a call that failed. It has no answer, so there is no id of one."""
    if report.row.get("status") != "ok" and report.parent and not report.is_log:
        yield report.trace, report.parent, report.row.get("model")


def _are_one(report: Report, other: Report, *, named: bool) -> bool:
    """Return whether two reports with one key tell of one inference; *named* where the key is an id.

    With the same texts alone, one has to be around the other in time.
    """
    answers = [{key for key in r.same if key.startswith("response ")} for r in (report, other)]
    emitters = {report.emitter, other.emitter}
    if len(emitters) < 2 or "" in emitters or (all(answers) and answers[0].isdisjoint(answers[1])):
        return False
    agreeing = ["prompt", "account_id", "conversation_id"]
    if named:
        slack = _SLACK if report.is_log or other.is_log else 0
        at_once = report.start <= other.end + slack and other.start <= report.end + slack
    else:
        inner, outer = sorted((report, other), key=lambda r: r.end - r.start)
        at_once = 0 < outer.start <= inner.start <= inner.end <= outer.end <= outer.start + _LONGEST
        agreeing += ["status", "input_tokens", "output_tokens"]
    pairs = [(report.row.get(name), other.row.get(name)) for name in agreeing]
    return at_once and all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)


def _merge(report: Report, outer: Report, *, whole: bool = True) -> None:
    """Add to *report* what *outer* says. Who asked is best known to the outermost report.

    Without *whole*, *outer* is around several inferences, so its answer and its counts are not those of *report*.
    """
    for name in IDENTITY:
        report.row[name] = first(outer.row.get(name), report.row.get(name))
    _fill(report.row, outer.row if whole else {name: outer.row.get(name) for name in _TEXTS})


def _fill(row: dict[str, Any], found: Mapping[str, Any]) -> None:
    for name, value in found.items():
        if value is not None and row.get(name) is None:
            row[name] = value
