"""Tastes within a group: none in draws from one list, some among people, and an error that is that of the draw."""

import numpy as np
import pytest

from stillwatch.campaigns.topic_tastes import topic_tastes

TOPICS = 60
LIST = (np.arange(1, TOPICS + 1) ** -0.5) / (np.arange(1, TOPICS + 1) ** -0.5).sum()


def _drawn(random, accounts, prompts=40, concentration=None):
    """Return counts of accounts that draw from one list, or have tastes of this *concentration* around it."""
    shares = [LIST if concentration is None else random.dirichlet(concentration * LIST) for _ in range(accounts)]
    return np.array([random.multinomial(n, p) for n, p in zip(np.broadcast_to(prompts, accounts), shares, strict=True)])


def _tastes(cells_of, counts, **options):
    return topic_tastes(cells_of(counts), np.arange(len(counts)), **options)


@pytest.mark.parametrize("prompts", [2, 5, 40, 400])
def test_draws_from_one_list_show_no_tastes(cells_of, prompts):
    random = np.random.default_rng(1)
    found = [_tastes(cells_of, _drawn(random, 30, prompts)) for _ in range(200)]
    ratios = np.array([one.ratio for one in found])
    assert ratios.mean() == pytest.approx(1, abs=4 * ratios.std() / np.sqrt(len(ratios)))
    assert sum(one.shown for one in found) <= 1


@pytest.mark.parametrize("concentration", [4.0, 15.0, 40.0])
def test_people_with_one_interest_keep_tastes_of_their_own(cells_of, concentration):
    random = np.random.default_rng(2)
    found = [_tastes(cells_of, _drawn(random, 30, 60, concentration)) for _ in range(40)]
    assert all(one.shown for one in found)
    # Two prompts of one account share a topic beside chance with probability 1 / (1 + concentration).
    alike, within = (LIST**2).sum(), 1 / (1 + concentration)
    assert np.mean([one.ratio for one in found]) == pytest.approx((within + (1 - within) * alike) / alike, rel=0.1)


@pytest.mark.parametrize("concentration", [None, 15.0])
def test_the_error_is_that_of_the_draw(cells_of, concentration):
    random = np.random.default_rng(3)
    prompts = random.integers(10, 120, 40)
    found = [_tastes(cells_of, _drawn(random, 40, prompts, concentration)) for _ in range(300)]
    drawn = np.std([one.ratio for one in found])
    assert np.mean([one.error for one in found]) == pytest.approx(drawn, rel=0.25)


def test_a_weak_taste_is_shown_only_by_enough_accounts(cells_of):
    """The ratio is the same; what a few accounts show is within its error."""
    random = np.random.default_rng(4)
    counts = _drawn(random, 400, 40, 100.0)
    few, many = (_tastes(cells_of, counts[:n]) for n in (4, 400))
    assert many.shown
    assert not few.shown
    assert few.error > 5 * many.error


def test_one_account_with_a_taste_among_those_that_draw_is_within_the_error(cells_of):
    random = np.random.default_rng(5)
    counts = _drawn(random, 30)
    counts[0] = 0
    counts[0, 7] = 40
    assert not _tastes(cells_of, counts).shown


def test_the_size_of_an_account_is_no_taste(cells_of):
    """One that asks a hundred times as much as the others draws from the same list."""
    random = np.random.default_rng(6)
    prompts = np.array([4000, *[40] * 29])
    found = _tastes(cells_of, _drawn(random, 30, prompts))
    assert found.ratio == pytest.approx(1, abs=0.1)
    assert not found.shown


def test_within_topics_only_these_count(cells_of):
    """Outside the list each has subjects of its own; within it they draw."""
    random = np.random.default_rng(7)
    own = np.zeros((30, 30), np.int64)
    own[np.arange(30), np.arange(30)] = 40
    counts = np.hstack((_drawn(random, 30), own))
    assert _tastes(cells_of, counts).shown
    assert not _tastes(cells_of, counts, topics=np.arange(TOPICS)).shown
    assert _tastes(cells_of, counts, topics=np.arange(TOPICS, TOPICS + 30)).shown


def test_only_members_are_compared(cells_of):
    random = np.random.default_rng(8)
    counts = np.vstack((_drawn(random, 30), _drawn(random, 100, 40, 4.0)))
    cells = cells_of(counts)
    assert not topic_tastes(cells, np.arange(30)).shown
    assert topic_tastes(cells, np.arange(30, 130)).shown
    alone = topic_tastes(cells_of(counts[:30]), np.arange(30))
    assert topic_tastes(cells, np.arange(30)) == alone


def test_too_few_who_ask_twice_say_nothing(cells_of):
    random = np.random.default_rng(9)
    assert _tastes(cells_of, _drawn(random, 2)) is None
    assert _tastes(cells_of, _drawn(random, 30, np.array([40, 40, *[1] * 28]))) is None
    assert _tastes(cells_of, np.zeros((5, TOPICS), int)) is None
    assert _tastes(cells_of, _drawn(random, 30), topics=np.empty(0, np.int64)) is None
    assert _tastes(cells_of, _drawn(random, 3)) is not None
