"""Benchmark replay: the items of public lists, dealt over the accounts as any other worklist."""

import numpy as np

from stillwatch.errors import SettingsError
from stillwatch.lab.crowds.worklist_dealing import Sheet, deal, plain
from stillwatch.lab.crowds.world_context import Scene
from stillwatch.lab.spec import CampaignSpec


def deal_items(scene: Scene, spec: CampaignSpec, n: int) -> Sheet:
    """Return *n* items, of the list that ``capability`` names or of all; raises ``SettingsError`` for another
    name."""
    exams = scene.texts.exams()
    if spec.capability != "broad" and spec.capability not in exams:
        raise SettingsError(
            f"there is no public list {spec.capability!r}", remedy=f"Choose broad, {', '.join(sorted(exams))}."
        )
    chosen = list(exams.values()) if spec.capability == "broad" else [exams[spec.capability]]
    items = scene.rng.permutation(np.concatenate(chosen))
    return plain(deal(scene.rng, items[: spec.worklist or len(items)], n))


HARVEST = deal_items
