"""Fixed frame: one instruction around every payload, with the same wording in the whole campaign."""

import numpy as np

from stillwatch.lab.crowds.worklist_dealing import DealtWorklist, deal, framed
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.spec import CampaignSpec

_ASKS = (
    (
        "You are an expert. Think through the problem in detail before you answer.\n\n### Problem\n",
        "\n\n### Answer\nGive the full working, then the final answer on a line of its own.",
    ),
    (
        "Below is an instruction that describes a task. Complete the request.\n\n### Instruction:\n",
        "\n\n### Response:",
    ),
    ("Respond as an ideal assistant would, with every step written out.\nQUERY: ", "\nRESPONSE:"),
)


def deal_framed(context: WorldContext, spec: CampaignSpec, n: int) -> DealtWorklist:
    """Return *n* framed payloads; the knob ``wordings`` (1 to 3) is the number of wordings of the frame."""
    wordings = int(np.clip(spec.knobs.get("wordings", 1), 1, len(_ASKS)))
    first = int(context.rng.integers(len(_ASKS)))
    chosen = [_ASKS[(first + i) % len(_ASKS)] for i in range(wordings)]
    text = deal(context.rng, context.texts.worklist(context.rng, spec.worklist or n, spec.capability), n)
    return framed(context, text, chosen)


HARVEST = deal_framed
