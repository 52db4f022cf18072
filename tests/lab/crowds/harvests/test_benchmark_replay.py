import numpy as np
import pyarrow as pa
import pytest

from stillwatch import lab
from stillwatch.errors import SettingsError
from stillwatch.lab.crowds.campaign import campaign
from stillwatch.lab.crowds.harvests.benchmark_replay import HARVEST
from stillwatch.lab.crowds.lookalikes import lookalike
from stillwatch.lab.crowds.world_context import Scene, scene
from stillwatch.lab.texts.real_texts import RealTexts


def test_items_are_those_that_honest_people_run(around: Scene) -> None:
    sheet = HARVEST(around, lab.CampaignSpec(family="benchmark_replay", capability="exam-b"), 1_500)
    assert set(sheet.text) <= set(around.texts.benchmark("exam-b", 10_000))
    assert len(np.unique(sheet.text)) == 1_500


def test_the_whole_of_all_lists_or_a_worklist_of_them(around: Scene) -> None:
    everything = np.concatenate(list(around.texts.exams().values()))
    sheet = HARVEST(around, lab.CampaignSpec(family="benchmark_replay"), len(everything))
    assert np.array_equal(np.sort(sheet.text), np.sort(everything))
    assert not np.array_equal(sheet.text, everything)
    few = HARVEST(around, lab.CampaignSpec(family="benchmark_replay", worklist=100), 1_000).text
    assert np.unique(few, return_counts=True)[1].tolist() == [10] * 100


def test_an_unknown_list_is_named(around: Scene) -> None:
    with pytest.raises(SettingsError, match="exam-z"):
        HARVEST(around, lab.CampaignSpec(family="benchmark_replay", capability="exam-z"), 10)


def test_real_items_stand_on_both_sides(prompts: pa.Table) -> None:
    around = scene(lab.WorldSpec(days=3, accounts=0), 1)
    object.__setattr__(around, "texts", RealTexts(prompts, None))
    hidden = campaign(around, lab.CampaignSpec(family="benchmark_replay", accounts=8, capability="exam")).rows
    honest = lookalike(around, lab.LookalikeSpec(family="evaluation", accounts=1, capability="exam")).rows
    assert set(hidden.text) == set(honest.text)
    assert len(honest) == 120
    assert all(t.startswith("exam question") for t in around.texts.render(np.unique(hidden.text)).to_pylist())
