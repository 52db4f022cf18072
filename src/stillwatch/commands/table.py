"""Every command with its place and its help sentence; the one place where imports wait until a command runs.

A test holds that each sentence is the one in the docstring of the command.
"""

import typer

from stillwatch.commands.entry.lazy import Entry, lazy_group

__all__ = ["CASE_COMMANDS", "COMMANDS", "GATEWAY_COMMANDS"]


def _scan() -> typer.Typer:
    from stillwatch.commands.scan import app

    return app


def _inspect() -> typer.Typer:
    from stillwatch.commands.inspect import app

    return app


def _demo() -> typer.Typer:
    from stillwatch.commands.demo import app

    return app


def _lab() -> typer.Typer:
    from stillwatch.commands.lab import app

    return app


def _serve() -> typer.Typer:
    from stillwatch.commands.serve import app

    return app


def _settings() -> typer.Typer:
    from stillwatch.commands.settings import app

    return app


def _doctor() -> typer.Typer:
    from stillwatch.commands.doctor import app

    return app


def _case() -> typer.Typer:
    # No import: the group itself is only a list of what it can load.
    return typer.Typer(
        cls=lazy_group(CASE_COMMANDS), help=_CASES, no_args_is_help=True, add_completion=False, callback=lambda: None
    )


def _case_queue() -> typer.Typer:
    from stillwatch.commands.case.queue import app

    return app


def _case_retest() -> typer.Typer:
    from stillwatch.commands.case.retest import app

    return app


def _case_opening() -> typer.Typer:
    from stillwatch.commands.case.opening import app

    return app


def _case_judging() -> typer.Typer:
    from stillwatch.commands.case.judging import app

    return app


def _case_actions() -> typer.Typer:
    from stillwatch.commands.case.actions import app

    return app


def _case_delivery() -> typer.Typer:
    from stillwatch.commands.case.delivery import app

    return app


def _case_appeals() -> typer.Typer:
    from stillwatch.commands.case.appeals import app

    return app


def _case_asking() -> typer.Typer:
    from stillwatch.commands.case.asking import app

    return app


def _case_allowances() -> typer.Typer:
    from stillwatch.commands.case.allowances import app

    return app


def _case_audit() -> typer.Typer:
    from stillwatch.commands.case.audit import app

    return app


def _gateway() -> typer.Typer:
    return typer.Typer(
        cls=lazy_group(GATEWAY_COMMANDS),
        help=_GATEWAY,
        no_args_is_help=True,
        add_completion=False,
        callback=lambda: None,
    )


def _gateway_commands() -> typer.Typer:
    from stillwatch.commands.gateway import app

    return app


_GATEWAY = "What people decided, for gateways: publish it, explain it."
_CASES = "People's decisions: cases, judgements, actions, appeals."

COMMANDS = (
    Entry("demo", "Build a world with a hidden campaign, scan it, and compare the findings with the truth.", _demo),
    Entry(
        "inspect",
        "Show how a log is understood: formats, first rows, reasons of rejects. It shows prompt text.",
        _inspect,
    ),
    Entry("scan", "Find campaigns in logs. Writes result tables, a summary and report.html.", _scan),
    Entry("report", "Write report.html again from the tables of a scan.", _scan),
    Entry("sketch", "Replace the texts of a log by fixed-size sketches that a scan can use.", _scan),
    Entry("case", _CASES, _case),
    Entry("gateway", _GATEWAY, _gateway),
    Entry("serve", "Serve the console, where people review cases and decide.", _serve),
    Entry("lab", "Labelled worlds: build one, plant a campaign, measure a scan against the truth.", _lab),
    Entry("settings", "Every setting, with its value and its origin.", _settings),
    Entry("doctor", "Check that this machine can run a scan: interpreter, disk, kernels, extensions.", _doctor),
)

CASE_COMMANDS = (
    Entry("list", "List the cases, the highest severity first, then by rank in the last scan.", _case_queue),
    Entry("show", "Show one case: its three answers, its evidence, its standing and its planned actions.", _case_queue),
    Entry("without", "Test whether a campaign stands without some members. Decides nothing.", _case_retest),
    Entry("open", "Open cases from a scan, or one case by hand over accounts that you name.", _case_opening),
    Entry("judge", "Give your verdict on a campaign, or on some of its accounts.", _case_judging),
    Entry("ask", "Ask a random handful of members for missing evidence, by a stated rule.", _case_asking),
    Entry("outcome", "Enter what came back from an asked account. An objection opens an appeal.", _case_asking),
    Entry(
        "ask-status", "Show the last experiment of a case: its rule, the answers so far and its standing.", _case_asking
    ),
    Entry("act", "Plan an action on the confirmed accounts of a case.", _case_actions),
    Entry("approve", "Approve or refuse a planned action, as the second person.", _case_actions),
    Entry("cancel", "Cancel a planned action that was not carried out yet.", _case_actions),
    Entry("run", "Carry out the actions that are due. Call it every few minutes.", _case_actions),
    Entry("deliver", "Send the pending webhook messages once. A running console does it by itself.", _case_delivery),
    Entry("undo", "Undo an action that is in force, for all of its accounts or for some.", _case_actions),
    Entry("in-force", "List the accounts that an action limits now, as a gateway obeys it.", _case_actions),
    Entry("appeal", "Record that account holders object to an action.", _case_appeals),
    Entry("answer", "Answer an appeal, account by account.", _case_appeals),
    Entry("allow", "Allow a use that resembles a campaign, until a given day.", _case_allowances),
    Entry("exemplars", "Keep some prompts of a case, redacted and for a limited time.", _case_opening),
    Entry("labels", "Write every settled account to a file, and print how often scans were right.", _case_judging),
    Entry("audit", "The audit log: export it, verify it, note its head.", _case_audit),
)

GATEWAY_COMMANDS = (
    Entry(
        "publish",
        "Publish the decisions in force as a signed snapshot, again after every change.",
        _gateway_commands,
    ),
    Entry(
        "explain",
        "Show which rules of the snapshot apply to an account, and how old the snapshot is.",
        _gateway_commands,
    ),
)
