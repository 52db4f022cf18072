import numpy as np
import pyarrow as pa
import pytest

from stillwatch import lab
from stillwatch.lab.crowds.harvests.role_play import HARVEST
from stillwatch.lab.crowds.world_context import WorldContext, build_context
from stillwatch.lab.texts.real_texts import RealTexts


def _prompts(context: WorldContext, n: int, **changes: object) -> list[tuple[str, str]]:
    dealt = HARVEST(context, lab.CampaignSpec(family="role_play", **changes), n)
    strings = context.strings.array().to_pylist()
    return [(strings[h], t) for h, t in zip(dealt.head, context.texts.render(dealt.text).to_pylist(), strict=True)]


def test_combinations_are_dealt_without_replacement(context: WorldContext) -> None:
    said = _prompts(context, 3_000)
    assert len(set(said)) == 3_000
    personas, tasks = {p for p, _ in said}, {t for _, t in said}
    assert len(personas) > 1_000
    assert len(tasks) > 1_500
    assert all(p.startswith(("You are ", "Take the part of ", "Play ")) for p in personas)


def test_personas_and_worklist_are_limits(context: WorldContext) -> None:
    assert len({p for p, _ in _prompts(context, 2_000, knobs={"personas": 7})}) == 7
    said = _prompts(context, 1_000, worklist=250)
    assert len(set(said)) == 250
    counts = np.unique(["".join(pair) for pair in said], return_counts=True)[1]
    assert (counts == 4).all()


@pytest.mark.parametrize("kind", ["role-play", "coding"])
def test_tasks_are_real_where_there_are_real_ones(prompts: pa.Table, kind: str) -> None:
    real = pa.table(
        {
            "source": ["plays"] * 30,
            "role": ["harvest"] * 30,
            "kind": [kind] * 30,
            "topic": [""] * 30,
            "text": [f"scene {i}" for i in range(30)],
        }
    )
    context = build_context(lab.WorldSpec(days=3, accounts=0), 1)
    object.__setattr__(context, "texts", RealTexts(pa.concat_tables([prompts, real]), None))
    tasks = {t for _, t in _prompts(context, 400)}
    if kind == "role-play":
        assert tasks == {f"scene {i}" for i in range(30)}
    else:
        assert not any(t.startswith("scene") for t in tasks)
