"""``stillwatch case ask``, ``outcome`` and ``ask-status``."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from stillwatch.cases import Permission
from stillwatch.cases.decisions.asking import planning, progress
from stillwatch.cases.decisions.asking import status as experiments
from stillwatch.cases.decisions.asking.evidence import AskOutcome, Likelihood
from stillwatch.cases.decisions.asking.planning import AskPlan, AskPreview
from stillwatch.cases.decisions.asking.wording import AskQuestion
from stillwatch.cases.queries import serialise
from stillwatch.commands.case.desk import By, Case, SeenBefore, Why, look_first, open_desk, read_text, start_work
from stillwatch.commands.options import Json, SettingsFile
from stillwatch.commands.terminal import echo, say

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command("ask")
def case_ask(
    case: Case,
    why: Why,
    question: Annotated[AskQuestion, typer.Option("--question", help="What is asked.")] = AskQuestion.RECIPIENT,
    most: Annotated[
        int | None, typer.Option("--most", help="The most accounts to ask; cases.ask_most if not given.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="In earnest; without it the plan is shown.")] = False,
    seen: SeenBefore = "",
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Ask a random handful of members for missing evidence, by a stated rule.

    Without --live nobody is drawn or asked: the sample, the rule, its errors and the notice are shown. A larger sample
    waits for a second person. The plan prints what --seen takes.
    """
    wanted = AskPlan(question, why, most, seen)
    if not live or not seen:
        with open_desk(settings) as desk, desk.look() as look:
            shown = planning.preview(look, case, wanted)
        if live:
            seen = look_first(seen, str(shown.seen), shown.n_group, f"ask members of case {case}", as_json=as_json)
            wanted = replace(wanted, seen=seen)
    if not live:
        echo(serialise.as_json(shown) if as_json else _stated(shown))
        return
    with start_work(settings, by, Permission.ACT) as work:
        planned = planning.plan(work, case, wanted)
        waits = planned.state == "proposed"
    drawn = f"{planned.n_drawn} of {planned.n_group:,} accounts are drawn"
    told = "It waits for a second person." if waits else f"See `stillwatch case ask-status {case}`."
    say(
        {
            "experiment": planned.experiment_id,
            "action": planned.action_id,
            "state": str(planned.state),
            "n_group": planned.n_group,
            "n_drawn": planned.n_drawn,
        },
        f"Experiment {planned.experiment_id} (action {planned.action_id}): {drawn}. {told}",
        as_json=as_json,
    )


@app.command("outcome")
def case_outcome(
    case: Case,
    account: Annotated[str, typer.Argument(help="The asked account.")],
    outcome: Annotated[AskOutcome, typer.Argument(help="What came back.")],
    why: Annotated[str, typer.Option("--why", help="What was received, for a colleague who reads it later.")] = "",
    statement: Annotated[
        Path | None, typer.Option("--statement", help="A text file with what the holder writes, for an objection.")
    ] = None,
    by: By = "",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Enter what came back from an asked account. An objection opens an appeal."""
    written = read_text(statement) if statement is not None else ""
    with start_work(settings, by, Permission.ACT) as work:
        progress.record(work, case, account, outcome, why=why, statement=written)
        work.session.flush()
        status = experiments.ask_status(work, case)
    echo(serialise.as_json(status) if as_json else experiments.as_text(status))


@app.command("ask-status")
def case_ask_status(case: Case, settings: SettingsFile = None, as_json: Json = False) -> None:
    """Show the last experiment of a case: its rule, the answers so far and its standing."""
    with open_desk(settings) as desk, desk.look() as look:
        status = experiments.ask_status(look, case)
    echo(serialise.as_json(status) if as_json else experiments.as_text(status))


def _stated(shown: AskPreview) -> str:
    """Return the plan as lines for a terminal."""
    rule, honest, campaign = shown.rule, shown.honest, shown.campaign
    worth = f"passed {shown.bits_passed:+.2f} bits, failed {shown.bits_failed:+.2f}, no answer 0"
    bounds = f"cleared at {shown.lower:+.2f}, strengthened at {shown.upper:+.2f}, undecided after {rule.most} accounts"
    passes = f"{rule.p_pass_honest:.0%} of honest answers pass, {rule.p_pass_campaign:.0%} of campaign answers"
    lines = [
        f"Nobody is drawn or asked yet. Question: {shown.question}. Group: {shown.n_group:,} accounts.",
        f"Sample: at most {rule.most} accounts at random, {shown.at_once} at a time, {shown.days} days each.",
        f"Rule: {worth}; {bounds}.",
        f"Likelihoods: {passes}. Prior odds {rule.prior_odds:g} to 1.",
        f"Accepted errors: {rule.alpha:.0%} (honest, strengthened) and {rule.beta:.0%} (campaign, cleared).",
        "If everybody answers:",
        f"  honest group: {_chances(honest)}",
        f"  campaign: {_chances(campaign)}",
        "If half of them answer:",
        f"  honest group: {_chances(shown.half_honest)}",
        f"  campaign: {_chances(shown.half_campaign)}",
        *(["A second person must approve."] if shown.needs_second else []),
        "",
        "Each asked account is told:",
        *(f"  {line}" for line in shown.notice.splitlines()),
        "",
        f"To ask in earnest, add --live --seen {shown.seen}",
    ]
    return "\n".join(lines)


def _chances(likely: Likelihood) -> str:
    shares = f"cleared {likely.cleared:.1%}, strengthened {likely.strengthened:.1%}, undecided {likely.undecided:.1%}"
    return f"{shares}; {likely.n_asked:.1f} asked on average"
