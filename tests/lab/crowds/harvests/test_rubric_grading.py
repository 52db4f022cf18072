import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.harvests.rubric_grading import HARVEST
from stillwatch.lab.crowds.world_context import Scene


def _prompts(around: Scene, n: int, **knobs: float) -> list[str]:
    sheet = HARVEST(around, lab.CampaignSpec(family="rubric_grading", knobs=knobs), n)
    strings = around.strings.array().to_pylist()
    texts = around.texts.render(sheet.text).to_pylist()
    return [strings[h] + t + strings[e] for h, t, e in zip(sheet.head, texts, sheet.tail, strict=True)]


def test_payloads_do_not_collide(around: Scene) -> None:
    prompts = _prompts(around, 800)
    assert len(prompts) == len(set(prompts)) == 800


def test_a_response_is_graded_by_a_rubric(around: Scene) -> None:
    prompts = _prompts(around, 100)
    assert all("rubric" in p and "Response: " in p for p in prompts)
    assert np.unique([p[:60] for p in prompts]).size > 1
