import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.harvests.preference_pairs import HARVEST
from stillwatch.lab.crowds.world_context import Scene


def _prompts(around: Scene, n: int, **knobs: float) -> list[str]:
    sheet = HARVEST(around, lab.CampaignSpec(family="preference_pairs", knobs=knobs), n)
    strings = around.strings.array().to_pylist()
    texts = around.texts.render(sheet.text).to_pylist()
    return [strings[h] + t + strings[e] for h, t, e in zip(sheet.head, texts, sheet.tail, strict=True)]


def test_payloads_do_not_collide(around: Scene) -> None:
    prompts = _prompts(around, 800)
    assert len(prompts) == len(set(prompts)) == 800


def test_two_different_answers_are_compared(around: Scene) -> None:
    for prompt in _prompts(around, 100):
        first, second = prompt.split("\n\nA: ")[1].split("\n\nB: ")
        assert first != second.split("\n\n")[0]
    assert np.unique([p[-200:] for p in _prompts(around, 100)]).size > 5
