from collections.abc import Callable

import pytest

from stillwatch import lab
from stillwatch.lab.evasion.operator_policy import PlayRound, Round, evade

BASE = lab.CampaignSpec(accounts=100, per_day=20, shared={"payment": 0.3})
DAYS = 30


def arithmetic(bit: Callable[[lab.CampaignSpec], bool]) -> PlayRound:
    """Return a play function that computes the harvest instead of building a campaign."""

    def play(knobs: lab.CampaignSpec, first: Round | None) -> Round:
        n = round(knobs.accounts * knobs.per_day * DAYS)
        payloads = round(min(n * (1 - knobs.cover), knobs.worklist or n))
        harvest = payloads / knobs.accounts / DAYS
        kept = harvest / first.harvest * min(1.0, payloads / first.payloads) if first else 1.0
        return Round(0, knobs.model_dump(), bit(knobs), knobs.accounts, n, payloads, harvest, kept)

    return play


def best_of(
    bit: Callable[[lab.CampaignSpec], bool], rounds: int = 12, seed: int = 1, most: int = 1_000
) -> tuple[float, tuple[Round, ...]]:
    played = evade(arithmetic(bit), BASE, rounds=rounds, seed=seed, most_accounts=most)
    return max((r.kept for r in played if not r.flagged), default=0.0), played


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("bit", "possible"),
    [
        (lambda knobs: knobs.cover < 0.5, 0.5),
        (lambda knobs: knobs.per_day > 5, 0.25),
        (lambda knobs: knobs.accounts > 40, 0.4),
        (lambda knobs: bool(knobs.shared), 1.0),
        (lambda knobs: not knobs.worklist, 1.0),
        (lambda knobs: knobs.paraphrase < 1 or knobs.cover < 0.3, 0.7),
        (lambda knobs: knobs.per_day > 10 or knobs.cover < 0.5, 0.25),
    ],
    ids=["cover", "few exchanges", "few accounts", "nothing shared", "payloads again", "other words", "two at once"],
)
def test_the_search_comes_near_the_optimum(bit: Callable[[lab.CampaignSpec], bool], possible: float, seed: int) -> None:
    found, played = best_of(bit, seed=seed)
    assert len(played) == 12
    assert found >= 0.5 * possible
    assert all(not bit(lab.CampaignSpec.model_validate(r.knobs)) for r in played if not r.flagged)


def test_the_first_round_is_as_given_and_the_second_conceals_free_knobs() -> None:
    _, played = best_of(lambda _: True)
    assert played[0].knobs == BASE.model_dump()
    assert played[1].knobs["shared"] == {}
    assert played[1].knobs["paraphrase"] == 1
    assert played[1].harvest == pytest.approx(played[0].harvest)


def test_the_search_gives_up_more_while_all_is_flagged() -> None:
    none, played = best_of(lambda _: True, rounds=24)
    assert none == 0
    assert max(r.kept for r in played[2:8]) < 0.3
    assert max(r.kept for r in played[-3:]) < 0.06


def test_the_search_raises_the_harvest_while_nothing_is_flagged() -> None:
    most, played = best_of(lambda _: False, rounds=8)
    assert most > 2
    assert all(r.knobs["per_day"] <= 200 for r in played)


def test_more_accounts_compensate_for_a_lower_yield() -> None:
    _, played = best_of(lambda knobs: knobs.cover < 0.5)
    assert played[2].accounts > 3 * BASE.accounts
    assert played[2].payloads == pytest.approx(played[0].payloads, rel=0.05)
    _, bounded = best_of(lambda knobs: knobs.cover < 0.5, most=150)
    assert max(r.accounts for r in bounded) == 150


def test_the_seed_fixes_every_step() -> None:
    def bit(knobs: lab.CampaignSpec) -> bool:
        return knobs.cover < 0.4

    assert best_of(bit, rounds=20, seed=5)[1] == best_of(bit, rounds=20, seed=5)[1]
    assert best_of(bit, rounds=20, seed=5)[1] != best_of(bit, rounds=20, seed=6)[1]
