"""Reads an experiment: its stated rule, the answers so far with their weight, its standing and what it proposes."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.actions import ActionState, action_of
from stillwatch.cases.decisions.asking.evidence import AskOutcome, AskRule, AskStanding, Likelihood, Weighed, expected
from stillwatch.cases.decisions.asking.group import experiment_of, group_of, is_open, last_experiment, rule_of
from stillwatch.cases.decisions.asking.progress import AskedSoFar, asked_so_far, weighed
from stillwatch.cases.decisions.asking.wording import PASSES, AskQuestion
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.store.asking_schema import AskedAccount, Experiment

__all__ = ["AskStatus", "AskedLine", "as_text", "ask_status", "last_status"]

_PROPOSALS = {
    AskStanding.CLEARED: (
        "The answers speak for honest accounts. Proposed: judge the campaign as innocent. People decide; nothing is "
        "judged by itself."
    ),
    AskStanding.STRENGTHENED: (
        "The answers speak for a campaign. Proposed: read the evidence and the answers, and judge the campaign. People "
        "decide; nothing is judged by itself."
    ),
    AskStanding.UNDECIDED: (
        "The answers decide nothing. Proposed: judge by the other evidence, or ask more accounts in a new experiment."
    ),
    AskStanding.OPEN: "",
}


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One asked account. ``bits`` and ``posterior`` are those after its outcome; null where it does not count (yet)."""

    account_id: str
    place: int
    asked_at: datetime
    answer_by: datetime
    outcome: AskOutcome | None
    worth: float | None
    bits: float | None
    posterior: float | None
    why: str
    recorded_by: str | None
    appeal_id: int | None


@dataclass(frozen=True, slots=True)
class AskStatus:
    """An experiment and its progress.

    ``standing`` is the standing at which it ended, or the one now. ``standing_now`` differs from it where an objection
    was decided later. ``has_changed`` says that the scan or the accounts differ from those of the
    plan. ``bits`` is the evidence so far, positive for a campaign.
    """

    experiment_id: int
    case_id: int
    action_id: int
    action_state: ActionState
    question: AskQuestion
    passes: str
    scan_id: str | None
    n_group: int
    group_sha256: str
    has_changed: bool
    seed: str
    rule: AskRule
    at_once: int
    days: int
    lower: float
    upper: float
    bits_passed: float
    bits_failed: float
    honest: Likelihood
    campaign: Likelihood
    standing: AskStanding
    standing_now: AskStanding
    is_running: bool
    bits: float
    posterior: float
    n_drawn: int
    n_waiting: int
    asked: tuple[AskedLine, ...]
    proposal: str
    ended_at: datetime | None


def ask_status(look: Look, case_id: int) -> AskStatus:
    """Return the last experiment of a case. Raises ``MissingError`` where the case has none."""
    return _status(look, experiment_of(look, case_id))


def last_status(look: Look, case_id: int) -> AskStatus | None:
    """Return the last experiment of a case, or ``None`` where the case has none."""
    experiment = last_experiment(look, case_id)
    return None if experiment is None else _status(look, experiment)


def _status(look: Look, experiment: Experiment) -> AskStatus:
    rule, action = rule_of(experiment), action_of(look, experiment.action_id)
    asked = asked_so_far(look, experiment)
    found = weighed(look, experiment, asked)
    now = found.standing
    if now is AskStanding.OPEN and not is_open(experiment, action):
        now = AskStanding.UNDECIDED
    standing = AskStanding(experiment.ended_as) if experiment.ended_as else now
    group = group_of(look, case_of(look, experiment.case_id), besides=experiment.experiment_id)
    n_drawn = sa.select(sa.func.count()).select_from(AskedAccount)
    n_drawn = n_drawn.where(AskedAccount.experiment_id == experiment.experiment_id)
    last = found.bits[-1] if found.bits else 0.0
    return AskStatus(
        experiment_id=experiment.experiment_id,
        case_id=experiment.case_id,
        action_id=experiment.action_id,
        action_state=ActionState(action.state),
        question=AskQuestion(experiment.question),
        passes=PASSES[AskQuestion(experiment.question)],
        scan_id=experiment.scan_id,
        n_group=experiment.n_accounts,
        group_sha256=experiment.accounts_sha256,
        has_changed=(group.scan_id, group.accounts_sha256) != (experiment.scan_id, experiment.accounts_sha256),
        seed=experiment.seed,
        rule=rule,
        at_once=experiment.at_once,
        days=experiment.days,
        lower=rule.lower,
        upper=rule.upper,
        bits_passed=rule.total(1, 0),
        bits_failed=rule.total(0, 1),
        honest=expected(rule, rule.p_pass_honest),
        campaign=expected(rule, rule.p_pass_campaign),
        standing=standing,
        standing_now=now,
        is_running=standing is AskStanding.OPEN and action.state == ActionState.IN_FORCE,
        bits=last,
        posterior=rule.posterior(last),
        n_drawn=look.session.scalar(n_drawn) or 0,
        n_waiting=found.n_waiting,
        asked=tuple(_line(rule, one, place, found) for place, one in enumerate(asked)),
        proposal=_PROPOSALS[standing],
        ended_at=experiment.ended_at,
    )


def _line(rule: AskRule, one: AskedSoFar, number: int, found: Weighed) -> AskedLine:
    counts = number < len(found.bits)
    return AskedLine(
        account_id=one.account_id,
        place=one.place,
        asked_at=one.asked_at,
        answer_by=one.answer_by,
        outcome=one.outcome,
        worth=rule.bits(one.outcome) if one.outcome else None,
        bits=found.bits[number] if counts else None,
        posterior=found.posterior[number] if counts else None,
        why=one.why,
        recorded_by=one.recorded_by,
        appeal_id=one.appeal_id,
    )


def as_text(status: AskStatus) -> str:
    """Return an experiment as lines for a terminal."""
    n_known = sum(line.outcome is not None for line in status.asked)
    rule, action = status.rule, f"action {status.action_id}, {status.action_state.replace('_', ' ')}"
    worth = f"Passed {status.bits_passed:+.2f}, failed {status.bits_failed:+.2f}."
    asked = f"{len(status.asked)} of {status.n_drawn} drawn are asked"
    bounds = f"cleared at {status.lower:+.2f}, strengthened at {status.upper:+.2f}"
    lines = [
        f"Experiment {status.experiment_id} ({action}): {status.question}, {status.standing}.",
        f"Planned on {status.n_group:,} accounts; {asked}; outcomes known: {n_known}.",
        f"Evidence {status.bits:+.2f} bits; {bounds}. {worth}",
        f"Posterior {status.posterior:.1%}, from prior odds of {rule.prior_odds:g} to 1.",
    ]
    if status.has_changed:
        lines.append("The scan or the accounts have changed since the plan. The standing is that of the planned group.")
    for line in status.asked:
        told = str(line.outcome).replace("_", " ") if line.outcome else f"answer by {line.answer_by:%Y-%m-%d}"
        if line.bits is not None:
            told += f", {line.worth:+.2f} bits, then {line.bits:+.2f}"
        lines.append(f"  {line.place}. {line.account_id}: {told}")
    if status.n_waiting:
        lines.append(f"Outcomes that wait for accounts drawn earlier: {status.n_waiting}.")
    if status.standing_now is not status.standing:
        lines.append(f"An objection was decided since. With it the standing is {status.standing_now}.")
    return "\n".join([*lines, *([status.proposal] if status.proposal else [])])
