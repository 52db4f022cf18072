"""Runs an experiment: asks the next accounts, takes outcomes, and ends it by its stated rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa

from stillwatch.cases.access.desk import Desk, Look, Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions import appeals
from stillwatch.cases.decisions.actions import notices
from stillwatch.cases.decisions.actions.kinds import DROPPED, SCHEDULE, TREATED, WAITING, ActionState
from stillwatch.cases.decisions.actions.rows import locked_action
from stillwatch.cases.decisions.asking import wording
from stillwatch.cases.decisions.asking.evidence import AskOutcome, AskStanding, Weighed, weigh
from stillwatch.cases.decisions.asking.group import experiment_of, group_of, is_asked_about, is_open, rule_of
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.store.asking_schema import AskedAccount, Experiment
from stillwatch.cases.store.schema import Action, ActionAccount, Appeal, AppealAccount
from stillwatch.cases.store.text_limits import account_facts, said
from stillwatch.errors import InputError, PolicyError

__all__ = ["AskedSoFar", "advance", "advance_ripe", "asked_so_far", "record", "start", "weighed"]


@dataclass(frozen=True, slots=True)
class AskedSoFar:
    """One asked account, in the order of the draw.

    ``outcome`` counts what appeals decided: an objection that is open, and one that was right, which counts as passed.
    ``answer_by`` is later than the stated day where an objection was examined meanwhile.
    """

    account_id: str
    place: int
    asked_at: datetime
    answer_by: datetime
    outcome: AskOutcome | None
    why: str
    recorded_at: datetime | None
    recorded_by: str | None
    appeal_id: int | None


@dataclass(frozen=True, slots=True)
class _Objection:
    appeal_id: int
    is_open: bool
    answered_at: datetime | None
    outcome: str | None


def start(work: Work, action_id: int) -> ActionState:
    """Start an approved experiment: ask its first accounts. Return the new state of the action.

    The action is cancelled where the scan or the accounts have changed since the plan, or nobody is left to ask.
    """
    action = locked_action(work, action_id)
    experiment = work.session.scalars(sa.select(Experiment).where(Experiment.action_id == action_id)).one()
    case = case_of(work, experiment.case_id)
    if action.state != ActionState.SCHEDULED:
        raise PolicyError(f"the action is {action.state}, not scheduled", where=f"action {action_id}")
    group = group_of(work, case, besides=experiment.experiment_id)
    stated = experiment.scan_id, experiment.accounts_sha256
    if not is_asked_about(case) or (group.scan_id, group.accounts_sha256) != stated:
        action.state = str(ActionState.CANCELLED)
        why = "The case, its scan or its accounts have changed since the plan."
        work.record("action cancelled", f"case {case.case_id}", action_id=action_id, why=why)
        return ActionState.CANCELLED
    action.state, action.carried_out_at = str(ActionState.IN_FORCE), work.now
    _ask_next(work, experiment)
    return ActionState.IN_FORCE


def record(
    work: Work, case_id: int, account: str, outcome: AskOutcome, *, why: str = "", statement: str = ""
) -> AskStanding:
    """Enter what came back from one asked account, and return the standing of the experiment.

    A later outcome of the same account replaces the earlier one while the experiment runs. An objection opens an appeal
    with *statement*. Every other outcome needs a reason. Where the rule asks for more answers, the next accounts are
    asked. Raises ``PolicyError`` where the experiment does not run, where the account has an open objection, and for
    no answer before the last day to answer. Raises ``InputError`` for an account that was not asked.
    """
    work.actor.require(Permission.ACT)
    experiment = experiment_of(work, case_id)
    action = locked_action(work, experiment.action_id)
    if action.state != ActionState.IN_FORCE or experiment.ended_at is not None:
        raise PolicyError("no experiment runs", where=f"case {case_id}", remedy="An objection can still be an appeal.")
    asked = {one.account_id: one for one in asked_so_far(work, experiment)}
    if account not in asked:
        raise InputError(
            "this account was not asked", where=f"case {case_id}", remedy="See `stillwatch case ask-status`."
        )
    one = asked[account]
    if one.outcome is AskOutcome.OBJECTED:
        raise PolicyError("an objection of this account is open", where=f"case {case_id}", remedy="Answer the appeal.")
    if outcome is AskOutcome.NO_ANSWER and work.now <= one.answer_by:
        raise PolicyError(
            "the time to answer has not passed", where=f"case {case_id}", remedy=f"Wait until {one.answer_by:%Y-%m-%d}."
        )
    if outcome is AskOutcome.OBJECTED:
        appeals.receive(work, action.action_id, [account], statement)
    else:
        _enter(work, experiment, account, outcome, said(why, "reason"), work.actor.name)
    return advance(work, experiment)


def advance(work: Work, experiment: Experiment) -> AskStanding:
    """Apply the rule to what is known now: note who did not answer in time, end the experiment, or ask the next."""
    action = locked_action(work, experiment.action_id)
    if not is_open(experiment, action) or action.state != ActionState.IN_FORCE:
        return AskStanding(experiment.ended_as or AskStanding.UNDECIDED)
    asked = asked_so_far(work, experiment)
    for one in asked:
        if one.outcome is None and one.answer_by < work.now:
            _enter(work, experiment, one.account_id, AskOutcome.NO_ANSWER, "", None)
    asked = asked_so_far(work, experiment)
    found = weighed(work, experiment, asked)
    if found.standing is not AskStanding.OPEN:
        return _end(work, experiment, action, asked, found.standing)
    if not is_asked_about(case_of(work, experiment.case_id)):
        return _end(work, experiment, action, asked, AskStanding.UNDECIDED)
    if all(one.outcome is not None for one in asked):
        _ask_next(work, experiment)
        found = weighed(work, experiment, asked_so_far(work, experiment))
        if found.standing is not AskStanding.OPEN:
            return _end(work, experiment, action, asked, found.standing)
    return AskStanding.OPEN


def advance_ripe(desk: Desk, trouble: Callable[[int, Exception], None]) -> None:
    """Apply the rule to every experiment that runs. A failure is passed to *trouble* with the number of the action."""
    with desk.look() as look:
        query = sa.select(Experiment).join(Action, Action.action_id == Experiment.action_id)
        running = query.where(Experiment.ended_at.is_(None), Action.state == str(ActionState.IN_FORCE))
        ripe = [one.experiment_id for one in look.session.scalars(running) if _is_ripe(look, one)]
    for number in ripe:
        try:
            with desk.work(SCHEDULE, Permission.ACT) as work:
                advance(work, work.session.get_one(Experiment, number))
        except Exception as error:  # noqa: BLE001 - a failure must not stop the other experiments
            trouble(number, error)


def weighed(look: Look, experiment: Experiment, asked: Sequence[AskedSoFar]) -> Weighed:
    """Return the result of the test over *asked*, by the stated rule."""
    is_all = not _waiting(look, experiment)
    return weigh(rule_of(experiment), [one.outcome for one in asked], is_all=is_all)


def asked_so_far(look: Look, experiment: Experiment) -> list[AskedSoFar]:
    """Return the asked accounts in the order of the draw, with what is known of each now."""
    query = sa.select(AskedAccount).where(
        AskedAccount.experiment_id == experiment.experiment_id, AskedAccount.asked_at.is_not(None)
    )
    objections = _objections(look, experiment.action_id)
    undone = _undone(look, experiment.action_id)
    return [
        _so_far(row, objections.get(row.account_id), is_undone=row.account_id in undone, days=experiment.days)
        for row in look.session.scalars(query.order_by(AskedAccount.place))
    ]


def _is_ripe(look: Look, experiment: Experiment) -> bool:
    """Return whether :func:`advance` would change something."""
    asked = asked_so_far(look, experiment)
    if not is_asked_about(case_of(look, experiment.case_id)):
        return True
    if any(one.outcome is None and one.answer_by < look.now for one in asked):
        return True
    if weighed(look, experiment, asked).standing is not AskStanding.OPEN:
        return True
    return all(one.outcome is not None for one in asked) and bool(_waiting(look, experiment))


def _waiting(look: Look, experiment: Experiment) -> list[str]:
    """Return the drawn accounts that are not asked yet, in the order of the draw."""
    query = (
        sa.select(AskedAccount.account_id)
        .join(ActionAccount, ActionAccount.account_id == AskedAccount.account_id)
        .where(
            AskedAccount.experiment_id == experiment.experiment_id,
            ActionAccount.action_id == experiment.action_id,
            ActionAccount.arm == WAITING,
        )
    )
    return list(look.session.scalars(query.order_by(AskedAccount.place)))


def _ask_next(work: Work, experiment: Experiment) -> None:
    """Ask the next accounts of the sample that may still be asked. The others leave the sample and are not replaced."""
    waiting = _waiting(work, experiment)
    if not waiting:
        return
    case = case_of(work, experiment.case_id)
    fit = group_of(work, case, besides=experiment.experiment_id).accounts
    gone = [account for account in waiting if account not in fit]
    batch = [account for account in waiting if account in fit][: experiment.at_once]
    _set_arm(work, experiment, gone, DROPPED, "When its turn came: not reported any more, innocent, or allowed.")
    answer_by = work.now + timedelta(days=experiment.days)
    facts = account_facts(batch)
    by = answer_by.isoformat()
    entry = work.record(
        "account asked" if batch else "sample shortened",
        f"case {experiment.case_id}",
        action_id=experiment.action_id,
        answer_by=by,
        n_dropped=len(gone),
        **facts,
    )
    if not batch:
        return
    _set_arm(work, experiment, batch, TREATED, "")
    rows = sa.update(AskedAccount).where(AskedAccount.experiment_id == experiment.experiment_id)
    rows = rows.where(AskedAccount.account_id.in_(batch))
    work.session.execute(rows.values(asked_at=work.now, answer_by=answer_by, entry=entry))
    question, address = wording.AskQuestion(experiment.question), work.settings.appeal_address
    text = wording.asked_text(question, answer_by, address)
    notices.notify(work, experiment.action_id, batch, notices.NoticeKind.ASKED, text, None)


def _set_arm(work: Work, experiment: Experiment, accounts: Sequence[str], arm: str, note: str) -> None:
    rows = sa.update(ActionAccount).where(
        ActionAccount.action_id == experiment.action_id, ActionAccount.account_id.in_(accounts)
    )
    work.session.execute(rows.values(arm=arm, note=note))


def _enter(work: Work, experiment: Experiment, account: str, outcome: AskOutcome, why: str, by: str | None) -> None:
    rows = sa.update(AskedAccount).where(
        AskedAccount.experiment_id == experiment.experiment_id, AskedAccount.account_id == account
    )
    work.session.execute(rows.values(outcome=str(outcome), why=why, recorded_at=work.now, recorded_by=by))
    subject, facts = f"case {experiment.case_id}", account_facts([account])
    work.record("ask outcome", subject, action_id=experiment.action_id, outcome=str(outcome), why=why, **facts)


def _end(
    work: Work, experiment: Experiment, action: Action, asked: Sequence[AskedSoFar], standing: AskStanding
) -> AskStanding:
    """End the experiment. Whoever has not answered is told that no answer is needed any more."""
    experiment.ended_at, experiment.ended_as, action.ends_at = work.now, str(standing), work.now
    _set_arm(work, experiment, _waiting(work, experiment), DROPPED, "Not asked: the experiment ended before its turn.")
    undone = _undone(work, experiment.action_id)
    left = [one.account_id for one in asked if one.outcome in (None, AskOutcome.NO_ANSWER)]
    left = [account for account in left if account not in undone]
    notices.notify(work, action.action_id, left, notices.NoticeKind.LIFTED, wording.closed_text(), None)
    counts = {str(outcome): sum(one.outcome is outcome for one in asked) for outcome in AskOutcome}
    work.record(
        "ask ended",
        f"case {experiment.case_id}",
        action_id=action.action_id,
        standing=str(standing),
        n_asked=len(asked),
        **counts,
    )
    return standing


def _undone(look: Look, action_id: int) -> set[str]:
    query = sa.select(ActionAccount.account_id)
    return set(
        look.session.scalars(query.where(ActionAccount.action_id == action_id, ActionAccount.undone_at.is_not(None)))
    )


def _objections(look: Look, action_id: int) -> dict[str, _Objection]:
    """Return the last objection of each account."""
    query = (
        sa.select(AppealAccount.account_id, Appeal, AppealAccount.outcome)
        .join(Appeal, Appeal.appeal_id == AppealAccount.appeal_id)
        .where(Appeal.action_id == action_id)
        .order_by(Appeal.appeal_id)
    )
    return {
        account: _Objection(appeal.appeal_id, appeal.state == "open", appeal.answered_at, outcome)
        for account, appeal, outcome in look.session.execute(query)
    }


def _so_far(row: AskedAccount, objection: _Objection | None, *, is_undone: bool, days: int) -> AskedSoFar:
    outcome = AskOutcome(row.outcome) if row.outcome else None
    # Both are set together, and only rows that have them are read.
    asked_at, answer_by = cast("datetime", row.asked_at), cast("datetime", row.answer_by)
    if objection is not None and objection.is_open:
        outcome = AskOutcome.OBJECTED
    elif objection is not None and objection.outcome == appeals.AppealOutcome.OVERTURNED:
        outcome = AskOutcome.PASSED
    elif is_undone and outcome is None:
        outcome = AskOutcome.NO_ANSWER
    if objection is not None and objection.answered_at is not None:
        answer_by = max(answer_by, objection.answered_at + timedelta(days=days))
    return AskedSoFar(
        account_id=row.account_id,
        place=row.place,
        asked_at=asked_at,
        answer_by=answer_by,
        outcome=outcome,
        why=row.why,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        appeal_id=objection.appeal_id if objection is not None else None,
    )
