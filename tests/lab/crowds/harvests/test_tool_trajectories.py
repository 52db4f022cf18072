import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.campaign import campaign
from stillwatch.lab.crowds.harvests.tool_trajectories import HARVEST
from stillwatch.lab.crowds.world_context import Scene
from stillwatch.lab.texts import text_codes


def test_a_task_then_results(around: Scene) -> None:
    sheet = HARVEST(around, lab.CampaignSpec(family="tool_trajectories"), 900)
    opened = sheet.turn == 0
    assert (text_codes.space_of(sheet.text[opened]) == text_codes.FREE).all()
    assert (text_codes.space_of(sheet.text[~opened]) == text_codes.RECIPE).all()
    assert len(np.unique(sheet.text[opened])) == opened.sum()
    assert 1 < sheet.turn.max() <= 6
    lengths = np.diff(np.append(np.flatnonzero(opened), 900))[:-1]
    assert set(lengths) == {2, 3, 4, 5, 6, 7}
    longer = HARVEST(around, lab.CampaignSpec(family="tool_trajectories", knobs={"longest": 20}), 900)
    assert longer.turn.max() > 10


def test_one_set_of_tools_per_trajectory(around: Scene) -> None:
    sheet = HARVEST(around, lab.CampaignSpec(family="tool_trajectories", knobs={"kits": 5}), 900)
    assert sheet.kit is not None
    assert len(np.unique(sheet.kit)) == 5
    assert set(np.unique(sheet.kit % 256)) <= set(range(2, 15))
    number = np.cumsum(sheet.turn == 0)
    assert len(np.unique(np.stack([number, sheet.kit]), axis=1).T) == number[-1]


def test_rows_bring_the_tools_and_cover_does_not(around: Scene) -> None:
    crowd = campaign(around, lab.CampaignSpec(family="tool_trajectories", accounts=20, cover=0.3))
    assert np.mean(crowd.rows.kit > 0) > 0.65
    assert np.mean(crowd.rows.kit == 0) > 0.25
    assert (crowd.rows.turn[crowd.rows.kit == 0] == 0).all()
