import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.harvests.preference_pairs import HARVEST
from stillwatch.lab.crowds.world_context import WorldContext


def _prompts(context: WorldContext, n: int, **knobs: float) -> list[str]:
    dealt = HARVEST(context, lab.CampaignSpec(family="preference_pairs", knobs=knobs), n)
    strings = context.strings.array().to_pylist()
    texts = context.texts.render(dealt.text).to_pylist()
    return [strings[h] + t + strings[e] for h, t, e in zip(dealt.head, texts, dealt.tail, strict=True)]


def test_payloads_do_not_repeat(context: WorldContext) -> None:
    prompts = _prompts(context, 800)
    assert len(prompts) == len(set(prompts)) == 800


def test_two_different_answers_are_compared(context: WorldContext) -> None:
    for prompt in _prompts(context, 100):
        first, second = prompt.split("\n\nA: ")[1].split("\n\nB: ")
        assert first != second.split("\n\n")[0]
    assert np.unique([p[-200:] for p in _prompts(context, 100)]).size > 5
