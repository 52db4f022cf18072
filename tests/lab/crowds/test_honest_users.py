import numpy as np
import pytest

from stillwatch.lab.crowds.honest_users import (
    KINDS,
    build_honest_users,
    draw_daily_runs,
    draw_exchange_counts,
    draw_topics,
)
from stillwatch.lab.crowds.signups import open_accounts
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.draws.arrival_rates import DAY_US
from stillwatch.lab.texts import text_codes


@pytest.mark.parametrize("kind", KINDS)
def test_exchanges_are_within_the_world_and_the_life_of_the_account(context: WorldContext, kind: str) -> None:
    crowd = build_honest_users(context.named(kind), 40, kind)
    rows, who = crowd.rows, crowd.accounts
    assert len(rows) > 40
    assert (rows.at >= context.start_us).all()
    assert (rows.at < context.end_us).all()
    assert (rows.at >= who.created[rows.account] - DAY_US).all()
    assert (rows.at < who.closed[rows.account]).all()
    assert (rows.output[rows.status == 0] >= 1).all()
    assert (rows.ip > 0).all()


def test_honest_users_have_favourite_topics(context: WorldContext) -> None:
    owner = np.repeat(np.arange(30), 200)
    topics = draw_topics(context, 30, "chat", owner)
    mine = [set(topics[owner == i].tolist()) for i in range(30)]
    largest = [np.bincount(topics[owner == i]).max() / 200 for i in range(30)]
    known = len(context.texts.topics("chat")[0])
    assert np.mean([len(m) for m in mine]) < known / 4
    assert np.mean(largest) > 0.25


def test_conversations_continue_in_order(context: WorldContext) -> None:
    rows = build_honest_users(context.named("talk"), 200, "chat").rows
    assert 0.2 < (rows.turn > 0).mean() < 0.7
    later = np.flatnonzero((rows.turn[1:] > 0) & (rows.conversation[1:] == rows.conversation[:-1])) + 1
    assert len(later) > 50
    assert (rows.account[later] == rows.account[later - 1]).all()
    assert (rows.at[later] >= rows.at[later - 1]).all()


def test_benchmark_runs_draw_without_replacement_from_one_list(context: WorldContext) -> None:
    rows = build_honest_users(context.named("study"), 60, "researcher").rows
    lists = [set(context.texts.benchmark(f"exam-{x}", 10_000).tolist()) for x in "abcd"]
    for account in np.unique(rows.account):
        asked = rows.text[rows.account == account]
        assert any(set(asked.tolist()) <= items for items in lists)
    assert (text_codes.space_of(rows.text) == text_codes.GRAMMAR_REQUEST).all()


def test_a_batch_job_has_one_frame_per_account(context: WorldContext) -> None:
    rows = build_honest_users(context.named("jobs"), 25, "batch").rows
    for account in np.unique(rows.account):
        assert len(np.unique(rows.head[rows.account == account])) == 1
    assert len(np.unique(rows.head)) > 5


def test_daily_runs_keep_counts_order_and_hour(context: WorldContext) -> None:
    counts = np.array([50, 3, 0, 400])
    at = draw_daily_runs(context, counts, np.full(4, 2), np.full(4, context.start_us - DAY_US), runs=4)
    assert len(at) == 453
    assert (np.diff(at[53:]) >= 0).all()
    hours = (at - context.start_us) % DAY_US / 3_600_000_000
    assert hours.min() >= 2
    assert hours.max() < 8.5


def test_exchanges_per_account_are_heavy_tailed(context: WorldContext) -> None:
    counts = draw_exchange_counts(context, open_accounts(context, 5_000, "chat"))
    assert np.median(counts) <= 6
    assert counts.max() > 100
    assert draw_exchange_counts(context, open_accounts(context, 500, "chat"), mean=40.0).mean() == pytest.approx(
        40, rel=0.1
    )
