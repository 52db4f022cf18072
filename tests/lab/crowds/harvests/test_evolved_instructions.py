from collections import Counter

import numpy as np
import pytest

from stillwatch import lab
from stillwatch.lab.crowds.harvests.evolved_instructions import HARVEST
from stillwatch.lab.crowds.world_context import Scene


def _sheet(around: Scene, n: int, **knobs: float):
    sheet = HARVEST(around, lab.CampaignSpec(family="evolved_instructions", knobs=knobs), n)
    strings = around.strings.array().to_pylist()
    texts = around.texts.render(sheet.text).to_pylist()
    prompts = [strings[h] + t + strings[e] for h, t, e in zip(sheet.head, texts, sheet.tail, strict=True)]
    return sheet, texts, prompts


def test_each_payload_comes_back_changed(around: Scene) -> None:
    _, texts, prompts = _sheet(around, 800)
    assert len(set(prompts)) == len(prompts) == 800
    assert set(Counter(texts).values()) == {4}
    assert not set(prompts) & set(texts)


def test_generations_and_wrapping_are_knobs(around: Scene) -> None:
    _, texts, _ = _sheet(around, 600, generations=6)
    assert set(Counter(texts).values()) == {6}
    for share in (0.0, 0.3, 1.0):
        sheet, _, _ = _sheet(around, 1_000, wrapped=share)
        assert np.mean(sheet.head > 0) == pytest.approx(share, abs=0.06)
        assert (sheet.tail > 0).all()


def test_wrappings_ask_for_more(around: Scene) -> None:
    _, _, prompts = _sheet(around, 400, wrapped=1.0)
    leads = {prompt.split(".")[0] for prompt in prompts}
    assert len(leads) == 4
    assert sum("Rewrit" in p or "EVOLVED" in p or "rarer" in p or "New instruction" in p for p in prompts) == 400
