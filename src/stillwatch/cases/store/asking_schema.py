"""The SQL tables of experiments: the stated plan, and the accounts that were drawn, in the order of the draw."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from stillwatch.tables.sql import SqlTable

__all__ = ["AskedAccount", "Experiment"]


class Experiment(SqlTable):
    """One experiment: its question, its rule, the group that it was planned on, and how it ended.

    ``scan_id``, ``n_accounts`` and ``accounts_sha256`` name the group from which the sample was drawn.
    """

    __tablename__ = "experiments"

    experiment_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("cases.case_id"), index=True)
    action_id: Mapped[int] = mapped_column(sa.ForeignKey("actions.action_id"), unique=True)
    scan_id: Mapped[str | None] = mapped_column(sa.ForeignKey("scans.scan_id"))
    n_accounts: Mapped[int]
    accounts_sha256: Mapped[str]
    question: Mapped[str]
    seed: Mapped[str]
    most: Mapped[int]
    at_once: Mapped[int]
    days: Mapped[int]
    p_pass_honest: Mapped[float]
    p_pass_campaign: Mapped[float]
    prior_odds: Mapped[float]
    alpha: Mapped[float]
    beta: Mapped[float]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None]


class AskedAccount(SqlTable):
    """One drawn account. ``asked_at`` is null where it was not asked. ``entry`` is the audit entry of the asking."""

    __tablename__ = "asked_accounts"

    experiment_id: Mapped[int] = mapped_column(sa.ForeignKey("experiments.experiment_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    place: Mapped[int]
    asked_at: Mapped[datetime | None]
    answer_by: Mapped[datetime | None]
    entry: Mapped[int | None] = mapped_column(sa.ForeignKey("audit.seq"))
    outcome: Mapped[str | None]
    why: Mapped[str]
    recorded_at: Mapped[datetime | None]
    recorded_by: Mapped[str | None]
