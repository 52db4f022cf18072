import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.harvests.fixed_frame import HARVEST
from stillwatch.lab.crowds.world_context import Scene


def _prompts(around: Scene, n: int, **knobs: float) -> list[str]:
    sheet = HARVEST(around, lab.CampaignSpec(family="fixed_frame", knobs=knobs), n)
    strings = around.strings.array().to_pylist()
    texts = around.texts.render(sheet.text).to_pylist()
    return [strings[h] + t + strings[e] for h, t, e in zip(sheet.head, texts, sheet.tail, strict=True)]


def test_payloads_do_not_collide(around: Scene) -> None:
    prompts = _prompts(around, 800)
    assert len(prompts) == len(set(prompts)) == 800


def test_one_wording_unless_more_are_wanted(around: Scene) -> None:
    def wordings(**knobs: float) -> int:
        return len(np.unique(HARVEST(around, lab.CampaignSpec(family="fixed_frame", knobs=knobs), 300).head))

    assert wordings() == 1
    assert wordings(wordings=3) == 3
    assert _prompts(around, 1)[0].strip()
