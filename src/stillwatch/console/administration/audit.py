"""The audit log: its entries, the check of its hash chain, and its export as a file."""

import json
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Path, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.queries import audit_search
from stillwatch.cases.queries.audit_search import AuditFilter
from stillwatch.cases.replay import replay
from stillwatch.cases.replay.ledger import Difference
from stillwatch.cases.store import audit as cases_audit
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.routing import Routes
from stillwatch.signing.hash_chain import ChainEntry

__all__ = ["AuditEntryView", "AuditView", "VerifiedView", "add"]

_NEEDS = Permission.AUDIT
_PAGE = 100
_SHOWN = 200
_CHUNK = 65_536
_LAST = 2**31 - 1
_SUBJECT = "audit log"
_MOMENT = r"^(|\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?)$"


class AuditEntryLine(View):
    """One entry in the list. ``digest`` is the first 12 of its 64 hexadecimal digits."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    digest: str


class AuditFilterView(View):
    """The filters of the request. An empty field does not filter."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    def path(self, before: int) -> str:
        """Return the address of the entries before the entry *before*."""
        named = self.model_dump() | {"before": before}
        return "/audit?" + urlencode({name: value for name, value in named.items() if value != ""})


class AuditView(View):
    """A page of the ``total`` entries that match the filters, the newest first. ``head`` is the end of the log."""

    entries: list[AuditEntryLine]
    total: int
    filters: AuditFilterView
    is_newest: bool
    older: str | None
    actions: list[str]
    head: str


class AuditEntryView(View):
    """One complete entry. Its digest covers the entry and the digest of the previous entry; the signature covers the
    digest.
    """

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    details: dict[str, Any]
    previous: str
    digest: str
    signature: str
    last: int


class VerifiedView(View):
    """The result of the check of the log. ``place`` and ``what`` name the first faulty entry and its fault.

    ``differences`` are rows of the tables that say something else than the log, the first ones of ``n_differences``.
    ``head`` is the end of the checked log, to be stored elsewhere. ``compared`` is whether an earlier head was given.
    """

    is_whole: bool
    place: int | None
    what: str
    n_differences: int
    differences: list[Difference]
    entries: int
    head: str
    public_key: str
    compared: bool


class KnownHead(BaseModel):
    """An earlier head, ENTRIES:DIGEST, that the log must contain. It may be empty."""

    known: str = Field("", max_length=100)


def add(routes: Routes) -> None:
    """Add the pages of the audit log."""
    routes.page("/audit", "audit.html.j2", needs=_NEEDS)(audit)
    routes.page("/audit/entry/{seq}", "audit_entry.html.j2", needs=_NEEDS)(audit_entry)
    routes.action("/audit/verify", needs=_NEEDS, template="audit_verified.html.j2", form_page=audit)(verify_audit)
    routes.plain("/audit/export", needs=_NEEDS)(export_audit)


def audit(
    console: ConsoleState,
    actor: Annotated[str, Query(max_length=200, description="user, exact match")] = "",
    action: Annotated[str, Query(max_length=100, description="operation")] = "",
    subject: Annotated[str, Query(max_length=600, description="subject, such as case 12")] = "",
    since: Annotated[str, Query(pattern=_MOMENT, description="a date or time in UTC")] = "",
    until: Annotated[str, Query(pattern=_MOMENT, description="a date or time in UTC, exclusive")] = "",
    before: Annotated[int | None, Query(ge=1, le=_LAST, description="only entries before this number")] = None,
) -> AuditView:
    """List the entries of the audit log, the newest first."""
    filters = AuditFilterView(actor=actor, action=action, subject=subject, since=since, until=until)
    with console.desk.look() as look:
        found = audit_search.search(look, AuditFilter(**filters.model_dump(), before=before, count=_PAGE))
        head = cases_audit.head(look.session.connection())
        return AuditView(
            entries=[_line(entry) for entry in found.entries],
            total=found.total,
            filters=filters,
            is_newest=before is None,
            older=filters.path(found.entries[-1].seq) if found.has_more else None,
            actions=audit_search.actions(look),
            head=f"{head.seq}:{head.digest}",
        )


def audit_entry(console: ConsoleState, seq: Annotated[int, Path(ge=1, le=_LAST)]) -> AuditEntryView:
    """Show one complete entry."""
    with console.desk.look() as look:
        entry = audit_search.entry_of(look, seq)
        last = cases_audit.head(look.session.connection()).seq
    return AuditEntryView(
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        details=_details(entry.details),
        previous=entry.previous,
        digest=entry.digest,
        signature=entry.signature,
        last=last,
    )


def verify_audit(console: ConsoleState, requester: Requester, sent: KnownHead) -> VerifiedView:
    """Check that no entry was changed, removed, added or moved, and that the tables say what the log says.

    The check becomes an entry of the log.
    """
    known = audit_search.noted(sent.known)
    # A look holds no lock, so other users do not wait.
    with console.desk.look() as look:
        link = look.session.connection()
        head = cases_audit.head(link)
        fault = cases_audit.verify_database(link, known, public_key=console.desk.public_key())
        differences = replay(look) if fault is None else []
    with console.desk.work(requester.actor, _NEEDS) as work:
        place = fault.place if fault is not None else None
        work.record("audit verified", _SUBJECT, whole=fault is None and not differences, place=place, entries=head.seq)
    return VerifiedView(
        is_whole=fault is None and not differences,
        place=place,
        what=fault.what if fault is not None else "",
        n_differences=len(differences),
        differences=differences[:_SHOWN],
        entries=head.seq,
        head=f"{head.seq}:{head.digest}",
        public_key=console.desk.public_key(),
        compared=known is not None,
    )


def export_audit(console: ConsoleState, requester: Requester) -> Response:
    """Return the log as a file for `stillwatch case audit verify`. The export becomes the last entry of the file."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        seq = work.record("audit exported", _SUBJECT)
    return StreamingResponse(
        _chunks(console.desk.export_audit()),
        media_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="stillwatch-audit-{seq}.jsonl"'},
    )


def _chunks(lines: Iterator[str]) -> Iterator[bytes]:
    """Yield *lines* in larger chunks, since each chunk costs a switch of threads."""
    held, size = [], 0
    for line in lines:
        held.append(f"{line}\n")
        size += len(line)
        if size >= _CHUNK:
            yield "".join(held).encode()
            held, size = [], 0
    if held:
        yield "".join(held).encode()


def _details(text: str) -> dict[str, Any]:
    """Return the details of an entry, or the raw text where a changed entry is not JSON."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"details": text}


def _line(entry: ChainEntry) -> AuditEntryLine:
    return AuditEntryLine(
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        digest=entry.digest[:12],
    )
