"""Natural-text worklist: payloads as they are, dealt out without replacement, no common frame."""

from stillwatch.lab.crowds.worklist_dealing import Sheet, deal, plain
from stillwatch.lab.crowds.world_context import Scene
from stillwatch.lab.spec import CampaignSpec


def deal_natural(scene: Scene, spec: CampaignSpec, n: int) -> Sheet:
    """Return *n* payloads in dealing order."""
    return plain(deal(scene.rng, scene.texts.worklist(scene.rng, spec.worklist or n, spec.capability), n))


HARVEST = deal_natural
