import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.harvests.fixed_frame import HARVEST
from stillwatch.lab.crowds.world_context import WorldContext


def _prompts(context: WorldContext, n: int, **knobs: float) -> list[str]:
    dealt = HARVEST(context, lab.CampaignSpec(family="fixed_frame", knobs=knobs), n)
    strings = context.strings.array().to_pylist()
    texts = context.texts.render(dealt.text).to_pylist()
    return [strings[h] + t + strings[e] for h, t, e in zip(dealt.head, texts, dealt.tail, strict=True)]


def test_payloads_do_not_repeat(context: WorldContext) -> None:
    prompts = _prompts(context, 800)
    assert len(prompts) == len(set(prompts)) == 800


def test_there_is_one_wording_by_default(context: WorldContext) -> None:
    def wordings(**knobs: float) -> int:
        return len(np.unique(HARVEST(context, lab.CampaignSpec(family="fixed_frame", knobs=knobs), 300).head))

    assert wordings() == 1
    assert wordings(wordings=3) == 3
    assert _prompts(context, 1)[0].strip()
