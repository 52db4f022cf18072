import numpy as np
import pyarrow as pa
import pytest

from stillwatch import lab
from stillwatch.lab.crowds.harvests.role_play import HARVEST
from stillwatch.lab.crowds.world_context import Scene, scene
from stillwatch.lab.texts.real_texts import RealTexts


def _prompts(around: Scene, n: int, **changes: object) -> list[tuple[str, str]]:
    sheet = HARVEST(around, lab.CampaignSpec(family="role_play", **changes), n)
    strings = around.strings.array().to_pylist()
    return [(strings[h], t) for h, t in zip(sheet.head, around.texts.render(sheet.text).to_pylist(), strict=True)]


def test_combinations_are_dealt_without_replacement(around: Scene) -> None:
    said = _prompts(around, 3_000)
    assert len(set(said)) == 3_000
    personas, tasks = {p for p, _ in said}, {t for _, t in said}
    assert len(personas) > 1_000
    assert len(tasks) > 1_500
    assert all(p.startswith(("You are ", "Take the part of ", "Play ")) for p in personas)


def test_personas_and_worklist_are_limits(around: Scene) -> None:
    assert len({p for p, _ in _prompts(around, 2_000, knobs={"personas": 7})}) == 7
    said = _prompts(around, 1_000, worklist=250)
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
    around = scene(lab.WorldSpec(days=3, accounts=0), 1)
    object.__setattr__(around, "texts", RealTexts(pa.concat_tables([prompts, real]), None))
    tasks = {t for _, t in _prompts(around, 400)}
    if kind == "role-play":
        assert tasks == {f"scene {i}" for i in range(30)}
    else:
        assert not any(t.startswith("scene") for t in tasks)
