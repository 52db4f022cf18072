import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from stillwatch import lab
from stillwatch.errors import SettingsError
from stillwatch.lab.evasion.evasion_game import Adaptation, Flagged, adapt, is_flagged, show_adaptation
from stillwatch.lab.measurement import CampaignResult, Measurement, ReportedResult, wilson

WORLD = lab.WorldSpec(
    days=3,
    accounts=200,
    campaigns=(lab.CampaignSpec(name="unhindered", accounts=20, per_day=20, jitter=0.1, shared={"payment": 0.3}),),
)


def knobs(world: Path) -> dict[str, float]:
    return dict(json.loads((world / "world.json").read_text())["spec"]["campaigns"][0])


def play(bit: Flagged, **options: int) -> Adaptation:
    return adapt(bit, WORLD, **options)


@pytest.fixture(scope="module")
def against_cover() -> Adaptation:
    return play(lambda world: knobs(world)["cover"] < 0.5)


def test_the_first_round_is_the_unhindered_campaign(against_cover: Adaptation) -> None:
    first = against_cover.rounds[0]
    assert first.flagged
    assert first.knobs["shared"] == {"payment": 0.3}
    assert first.kept == 1.0
    assert first.harvest == pytest.approx(20, rel=0.1)


def test_the_operator_learns_that_cover_hides(against_cover: Adaptation) -> None:
    best = against_cover.best
    assert best is not None
    assert best.knobs["cover"] >= 0.5
    assert not best.flagged
    assert against_cover.harvest_share == pytest.approx(best.harvest / against_cover.unhindered.harvest)
    # keeping half of the work is the optimum here; a good search comes near it and cannot exceed it
    assert 0.25 < against_cover.harvest_share < 0.65
    assert against_cover.times_accounts == pytest.approx(1 / against_cover.harvest_share)


def test_only_unflagged_rounds_count(against_cover: Adaptation) -> None:
    unflagged = [r for r in against_cover.rounds if not r.flagged]
    assert against_cover.best is not None
    assert against_cover.best.kept == max(r.kept for r in unflagged)
    assert max(r.kept for r in against_cover.rounds if r.flagged) > against_cover.best.kept


def test_without_unflagged_rounds_there_is_no_harvest() -> None:
    none = play(lambda _: True, rounds=2)
    assert none.best is None
    assert none.harvest_share == none.total_share == 0.0
    assert none.times_accounts is None
    assert none.price is None


def test_only_the_bit_and_the_seed_decide(tmp_path: Path) -> None:
    honest: list[pa.Table] = []

    def bit(world: Path) -> bool:
        truth = pq.read_table(world / "truth.parquet")
        honest.append(truth.filter(pa.compute.invert(truth["is_campaign"])))
        return len(honest) % 3 != 0

    first = adapt(bit, WORLD, rounds=3, seed=2, work=tmp_path)
    honest_before, honest[:] = list(honest), []
    assert adapt(bit, WORLD, rounds=3, seed=2, work=tmp_path).to_json() == first.to_json()
    assert all(table.equals(honest[0]) for table in honest + honest_before)
    assert [r.flagged for r in first.rounds] == [True, True, False]
    assert not list(tmp_path.iterdir())
    assert json.loads(first.to_json())["rounds"][2]["flagged"] is False


def test_one_round_is_refused() -> None:
    for rounds in (1, 0, -3):
        with pytest.raises(SettingsError, match=f"rounds: {rounds} rounds are too few. Give at least two rounds"):
            play(lambda _: True, rounds=rounds)


def test_an_unsuitable_world_is_refused(tmp_path: Path) -> None:
    alone = lab.WorldSpec(days=2, accounts=0, campaigns=(lab.CampaignSpec(accounts=6),))
    with pytest.raises(SettingsError, match="the world has no accounts"):
        adapt(lambda _: True, alone, rounds=2, work=tmp_path)
    unknown = lab.WorldSpec(days=2, accounts=30, campaigns=(lab.CampaignSpec(family="moon"),))
    with pytest.raises(SettingsError, match="no campaign family 'moon'"):
        adapt(lambda _: True, unknown, rounds=2, work=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("severity", "members", "purity", "expected"),
    [("review", 10, 1.0, True), ("urgent", 20, 0.45, False), ("watch", 100, 1.0, False), ("review", 9, 1.0, False)],
)
def test_flagged_is_a_tenth_of_the_accounts_in_one_campaign_above_watch(
    severity: str, members: int, purity: float, expected: bool
) -> None:
    truth = CampaignResult(
        name="c",
        family="f",
        above_watch=wilson(0, 100),
        any_severity=wilson(0, 100),
        found=False,
        reported_as=None,
        severity=None,
        q_value=None,
        purity=None,
        in_pieces=0,
    )
    reported = ReportedResult("C-1", severity, 0.001, members, purity, "c")
    none = wilson(0, 1)
    assert is_flagged(Measurement((truth,), (), (reported,), none, none)) is expected


def test_the_table_marks_the_best_round(against_cover: Adaptation) -> None:
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(show_adaptation(against_cover))
    best = against_cover.best
    assert best is not None
    assert f"{best.number} *" in console.export_text()
