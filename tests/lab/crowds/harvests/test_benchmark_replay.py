import numpy as np
import pyarrow as pa
import pytest

from stillwatch import lab
from stillwatch.errors import SettingsError
from stillwatch.lab.crowds.campaign import build_campaign
from stillwatch.lab.crowds.harvests.benchmark_replay import HARVEST
from stillwatch.lab.crowds.lookalikes import build_lookalike
from stillwatch.lab.crowds.world_context import WorldContext, build_context
from stillwatch.lab.texts.real_texts import RealTexts


def test_items_are_those_of_honest_evaluations(context: WorldContext) -> None:
    dealt = HARVEST(context, lab.CampaignSpec(family="benchmark_replay", capability="exam-b"), 1_500)
    assert set(dealt.text) <= set(context.texts.benchmark("exam-b", 10_000))
    assert len(np.unique(dealt.text)) == 1_500


def test_whole_lists_or_a_worklist_of_them(context: WorldContext) -> None:
    everything = np.concatenate(list(context.texts.public_lists().values()))
    dealt = HARVEST(context, lab.CampaignSpec(family="benchmark_replay"), len(everything))
    assert np.array_equal(np.sort(dealt.text), np.sort(everything))
    assert not np.array_equal(dealt.text, everything)
    few = HARVEST(context, lab.CampaignSpec(family="benchmark_replay", worklist=100), 1_000).text
    assert np.unique(few, return_counts=True)[1].tolist() == [10] * 100


def test_an_unknown_list_is_named(context: WorldContext) -> None:
    with pytest.raises(SettingsError, match="exam-z"):
        HARVEST(context, lab.CampaignSpec(family="benchmark_replay", capability="exam-z"), 10)


def test_real_items_are_on_both_sides(prompts: pa.Table) -> None:
    context = build_context(lab.WorldSpec(days=3, accounts=0), 1)
    object.__setattr__(context, "texts", RealTexts(prompts, None))
    hidden = build_campaign(context, lab.CampaignSpec(family="benchmark_replay", accounts=8, capability="exam")).rows
    honest = build_lookalike(context, lab.LookalikeSpec(family="evaluation", accounts=1, capability="exam")).rows
    assert set(hidden.text) == set(honest.text)
    assert len(honest) == 120
    assert all(t.startswith("exam question") for t in context.texts.render(np.unique(hidden.text)).to_pylist())
