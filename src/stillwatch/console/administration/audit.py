"""The audit log: who did what, whether the record is whole, and the file that anybody can check."""

import json
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Path, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from stillwatch.cases.access.roles import Permission
from stillwatch.cases.queries import audit_search
from stillwatch.cases.queries.audit_search import Wanted
from stillwatch.cases.store import audit as cases_audit
from stillwatch.console.web.rendering import View
from stillwatch.console.web.request_context import ConsoleState, Requester
from stillwatch.console.web.routing import Routes
from stillwatch.signing.hash_chain import Entry

__all__ = ["AuditEntryView", "AuditView", "VerifiedView", "add"]

_NEEDS = Permission.AUDIT
_PAGE = 100
_CHUNK = 65_536
_LAST = 2**31 - 1
_SUBJECT = "audit log"
_MOMENT = r"^(|\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?)$"


class AuditEntryLine(View):
    """One entry, as the log's page has it; ``digest`` is the first twelve of its 64 signs."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    digest: str


class AuditFilters(View):
    """What was asked for; an empty field asks nothing."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    def path(self, before: int) -> str:
        """Return the address of what is older than an entry."""
        named = self.model_dump() | {"before": before}
        return "/audit?" + urlencode({name: value for name, value in named.items() if value != ""})


class AuditView(View):
    """Some of the entries asked for, of which there are ``total``, the newest first; ``head`` is where the log ends."""

    entries: list[AuditEntryLine]
    total: int
    filters: AuditFilters
    is_newest: bool
    older: str | None
    actions: list[str]
    head: str


class AuditEntryView(View):
    """One entry, whole: its digest covers all of it and the digest of the one before, its signature the digest."""

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
    """What checking the log came to: it is whole, or where (an entry's number) and what its first fault is.

    ``head`` is the end of what was checked, to be noted elsewhere; ``compared`` is whether an earlier one was given.
    """

    is_whole: bool
    place: int | None
    what: str
    entries: int
    head: str
    public_key: str
    compared: bool


class KnownHead(BaseModel):
    """A head that was noted earlier, ENTRIES:DIGEST, which the log must contain; empty without."""

    known: str = Field("", max_length=100)


def add(routes: Routes) -> None:
    """Add the pages of the audit log."""
    routes.page("/audit", "audit.html.j2", needs=_NEEDS)(audit)
    routes.page("/audit/entry/{seq}", "audit_entry.html.j2", needs=_NEEDS)(audit_entry)
    routes.action("/audit/verify", needs=_NEEDS, template="audit_verified.html.j2", form_page=audit)(verify_audit)
    routes.plain("/audit/export", needs=_NEEDS)(export_audit)


def audit(
    console: ConsoleState,
    actor: Annotated[str, Query(max_length=200, description="who did it, exactly")] = "",
    action: Annotated[str, Query(max_length=100, description="what was done")] = "",
    subject: Annotated[str, Query(max_length=600, description="about what, such as case 12")] = "",
    since: Annotated[str, Query(pattern=_MOMENT, description="a day or moment in UTC")] = "",
    until: Annotated[str, Query(pattern=_MOMENT, description="a day or moment in UTC, exclusive")] = "",
    before: Annotated[int | None, Query(ge=1, le=_LAST, description="entries older than this one")] = None,
) -> AuditView:
    """Who did what, the newest first."""
    filters = AuditFilters(actor=actor, action=action, subject=subject, since=since, until=until)
    with console.desk.look() as look:
        found = audit_search.search(look, Wanted(**filters.model_dump(), before=before, count=_PAGE))
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
    """Show one entry, whole."""
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
    """Check that no entry was changed, removed, added or moved; that it was checked is an entry of its own."""
    known = audit_search.noted(sent.known)
    # Nobody waits meanwhile: a look holds no lock.
    with console.desk.look() as look:
        link = look.session.connection()
        head = cases_audit.head(link)
        fault = cases_audit.verify_database(link, known)
    with console.desk.work(requester.actor, _NEEDS) as work:
        place = fault.place if fault is not None else None
        work.record("audit verified", _SUBJECT, whole=fault is None, place=place, entries=head.seq)
    return VerifiedView(
        is_whole=fault is None,
        place=place,
        what=fault.what if fault is not None else "",
        entries=head.seq,
        head=f"{head.seq}:{head.digest}",
        public_key=console.desk.public_key(),
        compared=known is not None,
    )


def export_audit(console: ConsoleState, requester: Requester) -> Response:
    """Return the log as a file that `stillwatch case audit verify` checks; that it was given away is its last entry."""
    with console.desk.work(requester.actor, _NEEDS) as work:
        seq = work.record("audit exported", _SUBJECT)
    return StreamingResponse(
        _chunks(console.desk.export_audit()),
        media_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="stillwatch-audit-{seq}.jsonl"'},
    )


def _chunks(lines: Iterator[str]) -> Iterator[bytes]:
    """Yield *lines* in pieces of some size: each piece is a turn of a thread."""
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
    """Return the details of an entry; as they stand where somebody made them no JSON, for that is to be seen too."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"details": text}


def _line(entry: Entry) -> AuditEntryLine:
    return AuditEntryLine(
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        digest=entry.digest[:12],
    )
