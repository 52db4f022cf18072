"""Reads the group that an experiment is about, and finds the experiments of a case."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from stillwatch.cases.access.desk import Look
from stillwatch.cases.decisions.actions.kinds import ActionKind, ActionState
from stillwatch.cases.decisions.actions.rows import treats_at
from stillwatch.cases.decisions.allowances import allowed
from stillwatch.cases.decisions.asking.evidence import AskRule
from stillwatch.cases.decisions.judgements import case_of, standings
from stillwatch.cases.decisions.seen import SeenGroup, seen_of
from stillwatch.cases.decisions.verdict import Standing
from stillwatch.cases.store.asking_schema import AskedAccount, Experiment
from stillwatch.cases.store.schema import Action, ActionAccount, Case, CaseMember
from stillwatch.cases.store.text_limits import account_facts
from stillwatch.errors import MissingError

__all__ = [
    "AskGroup",
    "experiment_of",
    "group_of",
    "is_asked_about",
    "is_open",
    "last_experiment",
    "open_experiment",
    "rule_of",
    "rule_set",
]

_LIVE = (ActionState.PROPOSED, ActionState.SCHEDULED, ActionState.IN_FORCE)


@dataclass(frozen=True, slots=True)
class AskGroup:
    """The accounts of a case that may be asked, as the last scan reports them.

    They are the members that the last scan names. Left out is who is judged innocent, is under an allowance, was drawn
    by an earlier experiment of the case, or is asked in another case now.
    """

    scan_id: str | None
    accounts: frozenset[str]

    @property
    def accounts_sha256(self) -> str:
        """Return the digest of the accounts, as audit entries name them."""
        return str(account_facts(self.accounts)["accounts_sha256"])

    @property
    def seen(self) -> SeenGroup:
        """Return what a page about the group shows: the scan, the number of accounts and their digest."""
        return seen_of(self.scan_id, self.accounts)


def group_of(look: Look, case: Case, besides: int | None = None) -> AskGroup:
    """Return the accounts of *case* that may be asked now.

    *besides* is the number of an experiment whose own sample is not left out.
    """
    members = set(look.session.scalars(sa.select(CaseMember.account_id).where(*_current(case))))
    drawn = sa.select(AskedAccount.account_id).join(Experiment, Experiment.experiment_id == AskedAccount.experiment_id)
    drawn = drawn.where(Experiment.case_id == case.case_id, Experiment.experiment_id != (besides or 0))
    left = members - set(look.session.scalars(drawn))
    return AskGroup(case.last_scan, frozenset(_fit(look, case, left)))


def is_asked_about(case: Case) -> bool:
    """Return whether members of *case* may be asked: it is open, and at review."""
    return case.state == "open" and case.severity == "review"


def open_experiment(look: Look, case_id: int) -> Experiment | None:
    """Return the experiment of the case that is planned or runs, or ``None``."""
    query = (
        sa.select(Experiment)
        .join(Action, Action.action_id == Experiment.action_id)
        .where(Experiment.case_id == case_id, Experiment.ended_at.is_(None), Action.state.in_(_LIVE))
    )
    return look.session.scalars(query.order_by(Experiment.experiment_id.desc()).limit(1)).first()


def is_open(experiment: Experiment, action: Action) -> bool:
    """Return whether an experiment is planned or runs."""
    return experiment.ended_at is None and action.state in _LIVE


def experiment_of(look: Look, case_id: int) -> Experiment:
    """Return the last experiment of a case. Raises ``MissingError`` where the case has none."""
    case_of(look, case_id)
    found = last_experiment(look, case_id)
    if found is None:
        raise MissingError(
            "nobody was asked", where=f"case {case_id}", remedy="Plan it with `stillwatch case ask` or the page Ask."
        )
    return found


def last_experiment(look: Look, case_id: int) -> Experiment | None:
    """Return the last experiment of a case, or ``None`` where the case has none."""
    query = sa.select(Experiment).where(Experiment.case_id == case_id).order_by(Experiment.experiment_id.desc())
    return look.session.scalars(query.limit(1)).first()


def rule_of(experiment: Experiment) -> AskRule:
    """Return the rule that the experiment was planned with."""
    return AskRule(
        p_pass_honest=experiment.p_pass_honest,
        p_pass_campaign=experiment.p_pass_campaign,
        alpha=experiment.alpha,
        beta=experiment.beta,
        most=experiment.most,
        prior_odds=experiment.prior_odds,
    )


def rule_set(look: Look, most: int) -> AskRule:
    """Return the rule of the settings for at most *most* accounts. Raises ``SettingsError`` where they do not fit."""
    settings = look.settings
    return AskRule(
        p_pass_honest=settings.ask_pass_honest,
        p_pass_campaign=settings.ask_pass_campaign,
        alpha=settings.ask_error,
        beta=settings.ask_error,
        most=most,
    )


def _current(case: Case) -> tuple[sa.ColumnElement[bool], ...]:
    # A case opened by hand has no scan, and all of its members count.
    return CaseMember.case_id == case.case_id, CaseMember.last_scan.is_not_distinct_from(case.last_scan)


def _fit(look: Look, case: Case, accounts: Collection[str]) -> set[str]:
    stands, spared = standings(look, case.case_id), allowed(look, accounts)
    elsewhere = set(
        look.session.scalars(
            sa.select(ActionAccount.account_id)
            .join(Action, Action.action_id == ActionAccount.action_id)
            .where(
                Action.state == str(ActionState.IN_FORCE),
                Action.kind == str(ActionKind.ASK),
                Action.case_id != case.case_id,
                *treats_at(look.now),
            )
        )
    )
    fit = {account for account in accounts if stands[account] is not Standing.INNOCENT}
    return fit - spared - elsewhere
