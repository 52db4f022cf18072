"""``stillwatch case audit``: exports and verifies the audit log."""

from pathlib import Path
from typing import Annotated

import typer

from stillwatch.cases.store import audit
from stillwatch.commands.case.desk import open_desk
from stillwatch.commands.options import Json, SettingsFile
from stillwatch.commands.terminal import say
from stillwatch.errors import InputError
from stillwatch.signing.hash_chain import Head

__all__ = ["app"]

app = typer.Typer(
    help="The audit log: export it, verify it, note its head.", no_args_is_help=True, add_completion=False
)
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
    """Check that no entry was changed, removed, added or moved; exit with 1 where one was."""
    noted = _head(known)
    if file is None:
        with open_desk(settings) as desk, desk.look() as look:
            link = look.session.connection()
            fault = audit.verify_database(link, noted, public_key=desk.public_key())
            count = audit.head(link).seq
            stated, place = desk.public_key(), "entry"
        if public_key and stated != public_key:
            raise InputError("the log is signed with another key", where="--public-key", remedy="Check the key.")
    else:
        try:
            with file.open("rb") as lines:
                fault = audit.verify_file(lines, public_key=public_key or None, known=noted)
        except OSError as error:
            raise InputError("not a readable file", where=str(file), remedy="Check the path.") from error
        count, place = None, "line"
    if fault is None:
        say({"ok": True, "entries": count}, "The log is as it was written.", as_json=as_json)
        return
    found = {"ok": False, "place": fault.place, "what": fault.what}
    say(found, f"The log was changed at {place} {fault.place}: {fault.what}.", as_json=as_json)
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


def _head(text: str) -> Head | None:
    if not text:
        return None
    count, _, digest = text.partition(":")
    if not (count.isdigit() and len(digest) == 64):
        raise InputError("not a head", where="--known", remedy="Give what `stillwatch case audit head` printed.")
    return Head(int(count), digest)
