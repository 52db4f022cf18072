"""``stillwatch case audit``: exports and verifies the audit log."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from stillwatch.cases.queries import serialise
from stillwatch.cases.replay import replay
from stillwatch.cases.replay.ledger import Difference
from stillwatch.cases.store import audit
from stillwatch.commands.case.desk import open_desk
from stillwatch.commands.options import Json, SettingsFile
from stillwatch.commands.terminal import say
from stillwatch.errors import InputError
from stillwatch.signing.hash_chain import ChainFault, Head

__all__ = ["app"]

app = typer.Typer(
    help="The audit log: export it, verify it, note its head.", no_args_is_help=True, add_completion=False
)
_SHOWN = 50
Known = Annotated[
    str, typer.Option("--known", metavar="ENTRIES:DIGEST", help="A head noted earlier, that the log must contain.")
]


@app.command("verify")
def audit_verify(
    file: Annotated[Path | None, typer.Argument(help="An exported log; the database where left out.")] = None,
    public_key: Annotated[str, typer.Option("--public-key", help="What it must be signed with (hexadecimal).")] = "",
    known: Known = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Check that no entry was changed, removed, added or moved; exit with 1 where one was.

    Of the database the log is also replayed against the tables: verdicts, roles, tokens, actions and appeals that were
    changed by hand are named. A file is checked against the key that --public-key names.
    """
    noted = _head(known)
    checked = _of_database(settings, public_key, noted) if file is None else _of_file(file, public_key, noted)
    signed = f"signed with {checked.public_key}\nends at {checked.head}"
    ok = checked.fault is None and not checked.differences
    found: dict[str, Any] = {
        "ok": ok if file is None or public_key else None,
        "entries": int(checked.head.partition(":")[0]),
        "public_key": checked.public_key,
        "known": checked.head,
    }
    if file is not None and not public_key:
        say(found, signed, as_json=as_json)
        raise typer.BadParameter(
            "say which key to trust: whoever changes a file can sign it anew with another key. Compare the key above "
            "with the one that you noted, and give that one",
            param_hint="--public-key",
        )
    if checked.fault is not None:
        found |= {"place": checked.fault.place, "what": checked.fault.what}
        place = "entry" if file is None else "line"
        said = f"The log was changed at {place} {checked.fault.place}: {checked.fault.what}."
    elif checked.differences:
        found["differences"] = serialise.plain(checked.differences)
        said = _differing(checked.differences)
    else:
        said = "The log is as it was written" + (", and the tables agree with it." if file is None else ".")
    say(found, f"{said}\n{signed}", as_json=as_json)
    if not ok:
        raise typer.Exit(1)


@app.command("export")
def audit_export(
    out: Annotated[Path, typer.Argument(help="The file to write, JSON Lines.")],
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Write the log as a file that anybody can check with `case audit verify FILE`."""
    count = -2
    with open_desk(settings) as desk, out.open("w", encoding="utf-8") as file:
        for line in desk.export_audit():
            file.write(line + "\n")
            count += 1
        key = desk.public_key()
    say({"entries": count, "public_key": key}, f"{count:,} entries, signed with {key}.", as_json=as_json)


@app.command("head")
def audit_head(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Print where the log ends: kept elsewhere, it shows later that nothing before it was rewritten or cut off."""
    with open_desk(settings) as desk, desk.look() as look:
        head = audit.head(look.session.connection())
        key = desk.public_key()
    found = {"known": f"{head.seq}:{head.digest}", "public_key": key}
    say(found, f"{found['known']}\nsigned with {key}", as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Checked:
    """The result of a check. ``head`` is in the form of ``--known``."""

    fault: ChainFault | None
    public_key: str
    head: str
    differences: list[Difference] = field(default_factory=list)


def _of_database(settings: Path | None, public_key: str, known: Head | None) -> _Checked:
    with open_desk(settings) as desk, desk.look() as look:
        stated = desk.public_key()
        if public_key and stated != public_key:
            raise InputError("the log is signed with another key", where="--public-key", remedy="Check the key.")
        link = look.session.connection()
        fault = audit.verify_database(link, known, public_key=stated)
        head = audit.head(link)
        differences = replay(look) if fault is None else []
    return _Checked(fault, stated, f"{head.seq}:{head.digest}", differences)


def _of_file(file: Path, public_key: str, known: Head | None) -> _Checked:
    try:
        with file.open("rb") as lines:
            read = audit.check_file(lines, public_key=public_key or None, known=known)
    except OSError as error:
        raise InputError("not a readable file", where=str(file), remedy="Check the path.") from error
    return _Checked(read.fault, read.public_key, f"{read.head.seq}:{read.head.digest}")


def _differing(found: list[Difference]) -> str:
    """Return the first differences as lines for a terminal."""
    lines = [
        f"  {one.where}: {one.what}" + (f" (entry {one.entry})" if one.entry is not None else "")
        for one in found[:_SHOWN]
    ]
    more = [f"  and {len(found) - _SHOWN:,} more"] if len(found) > _SHOWN else []
    return "\n".join(["The log is as it was written, but the tables say something else:", *lines, *more])


def _head(text: str) -> Head | None:
    if not text:
        return None
    count, _, digest = text.partition(":")
    if not (count.isdigit() and len(digest) == 64):
        raise InputError("not a head", where="--known", remedy="Give what `stillwatch case audit head` printed.")
    return Head(int(count), digest)
