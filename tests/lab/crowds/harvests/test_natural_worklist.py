import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.harvests.natural_worklist import HARVEST
from stillwatch.lab.crowds.world_context import Scene


def _prompts(around: Scene, n: int, **knobs: float) -> list[str]:
    sheet = HARVEST(around, lab.CampaignSpec(family="natural_worklist", knobs=knobs), n)
    strings = around.strings.array().to_pylist()
    texts = around.texts.render(sheet.text).to_pylist()
    return [strings[h] + t + strings[e] for h, t, e in zip(sheet.head, texts, sheet.tail, strict=True)]


def test_payloads_do_not_collide(around: Scene) -> None:
    prompts = _prompts(around, 800)
    assert len(prompts) == len(set(prompts)) == 800


def test_there_is_no_frame_and_one_turn_each(around: Scene) -> None:
    sheet = HARVEST(around, lab.CampaignSpec(worklist=50), 120)
    assert not sheet.head.any()
    assert not sheet.turn.any()
    assert len(np.unique(sheet.text)) == 50
