from collections import Counter

import numpy as np
import pytest

from stillwatch import lab
from stillwatch.lab.crowds.harvests.evolved_instructions import HARVEST
from stillwatch.lab.crowds.world_context import WorldContext


def _sheet(context: WorldContext, n: int, **knobs: float):
    dealt = HARVEST(context, lab.CampaignSpec(family="evolved_instructions", knobs=knobs), n)
    strings = context.strings.array().to_pylist()
    texts = context.texts.render(dealt.text).to_pylist()
    prompts = [strings[h] + t + strings[e] for h, t, e in zip(dealt.head, texts, dealt.tail, strict=True)]
    return dealt, texts, prompts


def test_each_payload_comes_back_changed(context: WorldContext) -> None:
    _, texts, prompts = _sheet(context, 800)
    assert len(set(prompts)) == len(prompts) == 800
    assert set(Counter(texts).values()) == {4}
    assert not set(prompts) & set(texts)


def test_generations_and_wrapping_are_knobs(context: WorldContext) -> None:
    _, texts, _ = _sheet(context, 600, generations=6)
    assert set(Counter(texts).values()) == {6}
    for share in (0.0, 0.3, 1.0):
        dealt, _, _ = _sheet(context, 1_000, wrapped=share)
        assert np.mean(dealt.head > 0) == pytest.approx(share, abs=0.06)
        assert (dealt.tail > 0).all()


def test_wrappings_ask_for_more(context: WorldContext) -> None:
    _, _, prompts = _sheet(context, 400, wrapped=1.0)
    leads = {prompt.split(".")[0] for prompt in prompts}
    assert len(leads) == 4
    assert sum("Rewrit" in p or "EVOLVED" in p or "rarer" in p or "New instruction" in p for p in prompts) == 400
