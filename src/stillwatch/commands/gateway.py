"""``stillwatch gateway``: publish decisions for gateways, and explain what one account meets."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from stillwatch.cases import Desk
from stillwatch.commands.options import Json, SettingsFile
from stillwatch.commands.terminal import echo, say, show, table
from stillwatch.enforcement.deciding.decider import Decider
from stillwatch.enforcement.publishing.following import follow
from stillwatch.enforcement.publishing.publisher import Publisher
from stillwatch.enforcement.publishing.recent_traffic import recent_traffic
from stillwatch.enforcement.snapshot.holder import Holder
from stillwatch.errors import SettingsError
from stillwatch.settings import load

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command("publish")
def gateway_publish(
    once: Annotated[bool, typer.Option("--once", help="Publish one snapshot, and end.")] = False,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Publish the decisions in force as a signed snapshot, again after every change."""
    loaded = load(settings)
    wanted = loaded.gateway
    folder = Path(wanted.traffic) if wanted.traffic else None
    with Desk(loaded.cases) as desk:
        publisher = Publisher(
            desk, Path(wanted.snapshot), wanted, lambda: recent_traffic(desk, folder, datetime.now(UTC))
        )
        if not once:
            echo(f"Snapshots are signed with {publisher.public_key}; set it as gateway.public_key.", err=True)
            follow(publisher, lambda text: echo(text, err=True))
        snapshot = publisher.publish()
        found = {
            "number": snapshot.number,
            "published_at": snapshot.published_at.isoformat(),
            "n_rules": len(snapshot.rules),
            "n_accounts": snapshot.index.n_accounts,
            "public_key": publisher.public_key,
        }
        sentence = (
            f"Snapshot {snapshot.number}: {found['n_rules']:,} rules for {found['n_accounts']:,} accounts, "
            f"signed with {publisher.public_key}."
        )
        say(found, sentence, as_json=as_json)


@app.command("explain")
def gateway_explain(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The id of the account.")],
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Show which rules of the snapshot apply to an account, and how old the snapshot is."""
    wanted = load(settings).gateway
    if not wanted.public_key:
        raise SettingsError(
            "the public key of the publisher is not set",
            where="gateway.public_key",
            remedy="`stillwatch gateway publish --once` prints it.",
        )
    holder = Holder(Path(wanted.snapshot), wanted.public_key)
    rules = Decider(holder).explain(account)
    found: dict[str, Any] = {
        "snapshot": {"number": holder.current.number, "age_s": round(holder.age_s(), 3)},
        "rules": [rule.written() | {"holds": holds} for rule, holds in rules],
    }
    if as_json:
        echo(json.dumps(found))
        return
    echo(f"Snapshot {holder.current.number}, {holder.age_s():.0f} seconds old.")
    if not rules:
        echo("No rule applies to this account.")
        return
    rows = [
        (rule.rule_id, rule.kind, "shadow" if rule.shadow else "live", "yes" if holds else "no",
         "-" if rule.until is None else f"{rule.until:%Y-%m-%d %H:%M} UTC")
        for rule, holds in rules
    ]  # fmt: skip
    show(table(("rule", "kind", "mode", "holds now", "until"), rows))
