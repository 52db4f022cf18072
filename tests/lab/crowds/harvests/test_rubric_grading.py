import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.harvests.rubric_grading import HARVEST
from stillwatch.lab.crowds.world_context import WorldContext


def _prompts(context: WorldContext, n: int, **knobs: float) -> list[str]:
    dealt = HARVEST(context, lab.CampaignSpec(family="rubric_grading", knobs=knobs), n)
    strings = context.strings.array().to_pylist()
    texts = context.texts.render(dealt.text).to_pylist()
    return [strings[h] + t + strings[e] for h, t, e in zip(dealt.head, texts, dealt.tail, strict=True)]


def test_payloads_do_not_repeat(context: WorldContext) -> None:
    prompts = _prompts(context, 800)
    assert len(prompts) == len(set(prompts)) == 800


def test_a_response_is_graded_by_a_rubric(context: WorldContext) -> None:
    prompts = _prompts(context, 100)
    assert all("rubric" in p and "Response: " in p for p in prompts)
    assert np.unique([p[:60] for p in prompts]).size > 1
