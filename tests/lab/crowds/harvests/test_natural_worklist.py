import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.harvests.natural_worklist import HARVEST
from stillwatch.lab.crowds.world_context import WorldContext


def _prompts(context: WorldContext, n: int, **knobs: float) -> list[str]:
    dealt = HARVEST(context, lab.CampaignSpec(family="natural_worklist", knobs=knobs), n)
    strings = context.strings.array().to_pylist()
    texts = context.texts.render(dealt.text).to_pylist()
    return [strings[h] + t + strings[e] for h, t, e in zip(dealt.head, texts, dealt.tail, strict=True)]


def test_payloads_do_not_repeat(context: WorldContext) -> None:
    prompts = _prompts(context, 800)
    assert len(prompts) == len(set(prompts)) == 800


def test_there_is_no_frame_and_one_turn_each(context: WorldContext) -> None:
    dealt = HARVEST(context, lab.CampaignSpec(worklist=50), 120)
    assert not dealt.head.any()
    assert not dealt.turn.any()
    assert len(np.unique(dealt.text)) == 50
