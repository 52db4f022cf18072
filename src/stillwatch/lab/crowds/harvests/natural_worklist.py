"""Natural-text worklist: unchanged payloads, dealt without replacement, no common frame."""

from stillwatch.lab.crowds.worklist_dealing import DealtWorklist, deal, unframed
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.spec import CampaignSpec


def deal_natural(context: WorldContext, spec: CampaignSpec, n: int) -> DealtWorklist:
    """Return *n* payloads in dealing order."""
    return unframed(deal(context.rng, context.texts.worklist(context.rng, spec.worklist or n, spec.capability), n))


HARVEST = deal_natural
