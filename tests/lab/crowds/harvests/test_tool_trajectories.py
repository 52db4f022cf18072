import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.campaign import build_campaign
from stillwatch.lab.crowds.harvests.tool_trajectories import HARVEST
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.texts import text_codes


def test_a_task_is_followed_by_results(context: WorldContext) -> None:
    dealt = HARVEST(context, lab.CampaignSpec(family="tool_trajectories"), 900)
    opened = dealt.turn == 0
    assert (text_codes.space_of(dealt.text[opened]) == text_codes.GRAMMAR_REQUEST).all()
    assert (text_codes.space_of(dealt.text[~opened]) == text_codes.RECIPE).all()
    assert len(np.unique(dealt.text[opened])) == opened.sum()
    assert 1 < dealt.turn.max() <= 6
    lengths = np.diff(np.append(np.flatnonzero(opened), 900))[:-1]
    assert set(lengths) == {2, 3, 4, 5, 6, 7}
    longer = HARVEST(context, lab.CampaignSpec(family="tool_trajectories", knobs={"longest": 20}), 900)
    assert longer.turn.max() > 10


def test_one_set_of_tools_per_trajectory(context: WorldContext) -> None:
    dealt = HARVEST(context, lab.CampaignSpec(family="tool_trajectories", knobs={"kits": 5}), 900)
    assert dealt.tool_set is not None
    assert len(np.unique(dealt.tool_set)) == 5
    assert set(np.unique(dealt.tool_set % 256)) <= set(range(2, 15))
    number = np.cumsum(dealt.turn == 0)
    assert len(np.unique(np.stack([number, dealt.tool_set]), axis=1).T) == number[-1]


def test_rows_have_the_tool_sets_and_cover_does_not(context: WorldContext) -> None:
    crowd = build_campaign(context, lab.CampaignSpec(family="tool_trajectories", accounts=20, cover=0.3))
    assert np.mean(crowd.rows.tool_set > 0) > 0.65
    assert np.mean(crowd.rows.tool_set == 0) > 0.25
    assert (crowd.rows.turn[crowd.rows.tool_set == 0] == 0).all()
