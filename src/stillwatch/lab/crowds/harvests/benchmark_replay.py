"""Benchmark replay: the items of public lists, dealt over the accounts like any other worklist."""

import numpy as np

from stillwatch.errors import SettingsError
from stillwatch.lab.crowds.worklist_dealing import DealtWorklist, deal, unframed
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.spec import CampaignSpec


def deal_items(context: WorldContext, spec: CampaignSpec, n: int) -> DealtWorklist:
    """Return *n* items of the list that ``capability`` names, or of all; raises ``SettingsError`` for an
    unknown list.
    """
    public_lists = context.texts.public_lists()
    if spec.capability != "broad" and spec.capability not in public_lists:
        raise SettingsError(
            f"there is no public list {spec.capability!r}", remedy=f"Choose broad, {', '.join(sorted(public_lists))}."
        )
    chosen = list(public_lists.values()) if spec.capability == "broad" else [public_lists[spec.capability]]
    items = context.rng.permutation(np.concatenate(chosen))
    return unframed(deal(context.rng, items[: spec.worklist or len(items)], n))


HARVEST = deal_items
