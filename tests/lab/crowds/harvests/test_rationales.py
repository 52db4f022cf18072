import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.harvests.rationales import HARVEST
from stillwatch.lab.crowds.world_context import WorldContext


def _prompts(context: WorldContext, n: int, **knobs: float) -> list[str]:
    dealt = HARVEST(context, lab.CampaignSpec(family="rationales", knobs=knobs), n)
    strings = context.strings.array().to_pylist()
    texts = context.texts.render(dealt.text).to_pylist()
    return [strings[h] + t + strings[e] for h, t, e in zip(dealt.head, texts, dealt.tail, strict=True)]


def test_payloads_do_not_repeat(context: WorldContext) -> None:
    prompts = _prompts(context, 800)
    assert len(prompts) == len(set(prompts)) == 800


def test_an_answer_is_given_and_its_reasoning_asked_for(context: WorldContext) -> None:
    prompts = _prompts(context, 100)
    assert all("Answer: " in p for p in prompts)
    assert all("reasoning" in p.lower() or "steps" in p for p in prompts)
    assert np.unique([p[:20] for p in prompts]).size > 1
