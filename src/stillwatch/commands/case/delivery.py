"""``stillwatch case deliver``."""

import typer

from stillwatch.cases import Desk
from stillwatch.cases.case_outbox import CaseOutbox
from stillwatch.commands.case.desk import capital
from stillwatch.commands.options import Json, SettingsFile
from stillwatch.commands.terminal import say
from stillwatch.console.web import base_url
from stillwatch.delivery import sender
from stillwatch.settings import load

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command("deliver")
def case_deliver(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Send the pending webhook messages once. A running console does it by itself."""
    loaded = load(settings)
    url = base_url.site_of(loaded.console).url
    with Desk(loaded.cases) as desk:
        done = sender.deliver_all(CaseOutbox(desk, url), loaded.console)
    counts = {str(state): count for state, count in done.items()}
    said = ", ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in counts.items())
    say(counts, f"{capital(said)}." if said else "Nothing is due.", as_json=as_json)
