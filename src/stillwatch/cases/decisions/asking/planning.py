"""Plans and previews an experiment on a case. Sample, rule and errors are stated before anybody is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look, Work
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.decisions.actions.kinds import WAITING, ActionKind, ActionState
from stillwatch.cases.decisions.asking.draw import draw, new_seed
from stillwatch.cases.decisions.asking.evidence import AskRule, Likelihood, expected
from stillwatch.cases.decisions.asking.group import AskGroup, group_of, is_asked_about, open_experiment, rule_set
from stillwatch.cases.decisions.asking.progress import start
from stillwatch.cases.decisions.asking.wording import AskQuestion, asked_text
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.cases.decisions.seen import require_seen
from stillwatch.cases.store.asking_schema import AskedAccount, Experiment
from stillwatch.cases.store.schema import Action, ActionAccount, Case
from stillwatch.cases.store.text_limits import account_facts, said
from stillwatch.errors import InputError, PolicyError

__all__ = ["AT_ONCE", "AskPlan", "AskPlanned", "AskPreview", "plan", "preview"]

AT_ONCE = 4
"""Accounts that are asked at the same time. Convention: half of the default sample, so that clear answers spare the
other half a question."""
_LARGEST = 1000


@dataclass(frozen=True, slots=True)
class AskPlan:
    """A wanted experiment.

    ``most`` is the largest number of accounts to ask, or ``cases.ask_most``. ``seen`` is the group that a
    preview showed, as text: where the scan or the accounts have changed since, the plan is refused.
    """

    question: AskQuestion
    why: str
    most: int | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class AskPreview:
    """What an experiment would be. Nobody is drawn or asked yet.

    ``n_group`` is the number of accounts from which the sample is drawn. ``honest`` and ``campaign`` are the exact
    chances under the two hypotheses if everybody answers, and ``half_honest`` and ``half_campaign`` if half do.
    """

    question: AskQuestion
    n_group: int
    scan_id: str | None
    rule: AskRule
    at_once: int
    days: int
    bits_passed: float
    bits_failed: float
    lower: float
    upper: float
    honest: Likelihood
    campaign: Likelihood
    half_honest: Likelihood
    half_campaign: Likelihood
    needs_second: bool
    notice: str
    seen: str


@dataclass(frozen=True, slots=True)
class AskPlanned:
    """An experiment that was planned. Where it needs no second person, the first accounts are asked already."""

    experiment_id: int
    action_id: int
    state: ActionState
    n_group: int
    n_drawn: int


def preview(look: Look, case_id: int, wanted: AskPlan) -> AskPreview:
    """Return what :func:`plan` would do, and change nothing. Raises the same errors as :func:`plan`."""
    group, rule = _checked(look, case_id, wanted)
    answer_by = look.now + timedelta(days=look.settings.ask_days)
    return AskPreview(
        question=wanted.question,
        n_group=len(group.accounts),
        scan_id=group.scan_id,
        rule=rule,
        at_once=min(AT_ONCE, rule.most),
        days=look.settings.ask_days,
        bits_passed=rule.total(1, 0),
        bits_failed=rule.total(0, 1),
        lower=rule.lower,
        upper=rule.upper,
        honest=expected(rule, rule.p_pass_honest),
        campaign=expected(rule, rule.p_pass_campaign),
        half_honest=expected(rule, rule.p_pass_honest, 0.5),
        half_campaign=expected(rule, rule.p_pass_campaign, 0.5),
        needs_second=_needs_second(look, case_id, rule.most),
        notice=asked_text(wanted.question, answer_by, look.settings.appeal_address),
        seen=str(group.seen),
    )


def plan(work: Work, case_id: int, wanted: AskPlan, make_seed: Callable[[], str] = new_seed) -> AskPlanned:
    """Plan an experiment and draw its sample. Above ``cases.two_people_above`` accounts a second person approves it.

    Where no approval is needed, the first accounts are asked at once. *make_seed* makes the seed of the draw; tests set
    it. Raises ``PolicyError`` where the case is not open at review, has an experiment that runs, or has no account
    that may be asked, ``ChangedError`` where the group differs from that of the preview, and ``InputError`` for a
    sample out of range.
    """
    work.actor.require(Permission.ACT)
    group, rule = _checked(work, case_id, wanted)
    require_seen(work, case_id, wanted.seen, group.seen, group.accounts)
    why, seed = said(wanted.why, "reason"), make_seed()
    needs_second = _needs_second(work, case_id, rule.most)
    action = _action(work, case_id, why, needs_second, seed)
    experiment = _experiment(work, case_id, action.action_id, wanted.question, group, rule, seed)
    drawn = draw(group.accounts, rule.most, seed)
    _enter(work, experiment, drawn)
    work.record(
        "ask planned",
        f"case {case_id}",
        action_id=action.action_id,
        why=why,
        question=str(wanted.question),
        scan=group.scan_id,
        n_group=len(group.accounts),
        group_sha256=group.accounts_sha256,
        seed=seed,
        drawn_sha256=str(account_facts(drawn)["accounts_sha256"]),
        most=rule.most,
        rule=_stated(rule),
        approvals_needed=action.approvals_needed,
    )
    state = ActionState(action.state) if needs_second else start(work, action.action_id)
    return AskPlanned(experiment.experiment_id, action.action_id, state, len(group.accounts), len(drawn))


def _checked(look: Look, case_id: int, wanted: AskPlan) -> tuple[AskGroup, AskRule]:
    """Return what plan and preview have in common. A plan locks the case, so that plans come one after the other."""
    case = case_of(look, case_id)
    if isinstance(look, Work):
        look.session.execute(sa.select(Case.case_id).where(Case.case_id == case_id).with_for_update())
    said(wanted.why, "reason")
    most = look.settings.ask_most if wanted.most is None else wanted.most
    if not 1 <= most <= _LARGEST:
        raise InputError("the sample is out of range", where="most", remedy=f"Give 1 to {_LARGEST}.")
    if not is_asked_about(case):
        raise PolicyError(
            f"the case is {case.state} at {case.severity}",
            where=f"case {case_id}",
            remedy="Ask where a case is open at review.",
        )
    if open_experiment(look, case_id) is not None:
        raise PolicyError(
            "an experiment is planned or runs already",
            where=f"case {case_id}",
            remedy="Wait until it has ended, or undo its action.",
        )
    group = group_of(look, case)
    if not group.accounts:
        raise PolicyError(
            "no account may be asked",
            where=f"case {case_id}",
            remedy="Innocent, allowed and already asked accounts are not asked.",
        )
    return group, rule_set(look, most)


def _needs_second(look: Look, case_id: int, most: int) -> bool:
    """Return whether a second person must approve.

    Accounts that earlier experiments of the case asked without approval count as well. So a large sample cannot be
    split into small ones that need no approval.
    """
    alone = (
        sa.select(sa.func.count())
        .select_from(AskedAccount)
        .join(Experiment, Experiment.experiment_id == AskedAccount.experiment_id)
        .join(Action, Action.action_id == Experiment.action_id)
        .where(Experiment.case_id == case_id, AskedAccount.asked_at.is_not(None), Action.approvals_needed == 0)
    )
    return most + look.session.execute(alone).scalar_one() > look.settings.two_people_above


def _action(work: Work, case_id: int, why: str, needs_second: bool, seed: str) -> Action:
    action = Action(
        case_id=case_id,
        kind=str(ActionKind.ASK),
        state=str(ActionState.PROPOSED if needs_second else ActionState.SCHEDULED),
        dry_run=False,
        why=why,
        planned_by=work.actor.name,
        planned_at=work.now,
        approvals_needed=int(needs_second),
        earliest_at=work.now,
        latest_at=work.now,
        due_at=work.now,
        holdout=0.0,
        salt=seed,
    )
    work.session.add(action)
    work.session.flush()
    return action


def _experiment(
    work: Work, case_id: int, action_id: int, question: AskQuestion, group: AskGroup, rule: AskRule, seed: str
) -> Experiment:
    experiment = Experiment(
        case_id=case_id,
        action_id=action_id,
        scan_id=group.scan_id,
        n_accounts=len(group.accounts),
        accounts_sha256=group.accounts_sha256,
        question=str(question),
        seed=seed,
        most=rule.most,
        at_once=min(AT_ONCE, rule.most),
        days=work.settings.ask_days,
        p_pass_honest=rule.p_pass_honest,
        p_pass_campaign=rule.p_pass_campaign,
        prior_odds=rule.prior_odds,
        alpha=rule.alpha,
        beta=rule.beta,
    )
    work.session.add(experiment)
    work.session.flush()
    return experiment


def _enter(work: Work, experiment: Experiment, drawn: list[str]) -> None:
    number, action_id = experiment.experiment_id, experiment.action_id
    rows = [
        {"experiment_id": number, "account_id": account, "place": place, "why": ""}
        for place, account in enumerate(drawn, start=1)
    ]
    work.session.execute(sa.insert(AskedAccount), rows)
    arms = [{"action_id": action_id, "account_id": account, "arm": WAITING, "note": ""} for account in drawn]
    work.session.execute(sa.insert(ActionAccount), arms)


def _stated(rule: AskRule) -> str:
    """Return the rule as one line of text, because audit entries hold no fractions."""
    return (
        f"pass {rule.p_pass_honest:g} honest, {rule.p_pass_campaign:g} campaign; errors {rule.alpha:g}, {rule.beta:g}; "
        f"prior odds {rule.prior_odds:g}"
    )
