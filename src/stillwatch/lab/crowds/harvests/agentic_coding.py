"""Agentic coding: sessions of many turns in which a loop sends back what the terminal printed."""

import numpy as np

from stillwatch.lab.crowds.worklist_dealing import Sheet, deal, kits, payloads, plain, sessions
from stillwatch.lab.crowds.world_context import Scene
from stillwatch.lab.draws.random_draws import share_of
from stillwatch.lab.spec import CampaignSpec
from stillwatch.lab.texts.slot_texts import NUDGE, TERMINAL, composed, size_of

_NUDGED = 0.3


def deal_sessions(scene: Scene, spec: CampaignSpec, n: int) -> Sheet:
    """Return *n* rows of coding sessions; the knob ``longest`` (14) is the most turns of one, and ``kits`` (4)
    how many sets of tools the loops bring."""
    rng = scene.rng
    turn = sessions(rng, n, 3, max(3, round(spec.knobs.get("longest", 14))))
    number = np.cumsum(turn == 0) - 1
    tasks = int((turn == 0).sum())
    text = deal(rng, payloads(scene, spec, tasks, "coding", "software"), tasks)
    printed = composed(TERMINAL, rng.integers(0, size_of(TERMINAL), n))
    asked = composed(NUDGE, rng.integers(0, size_of(NUDGE), n))
    later = np.where(share_of(rng, n, _NUDGED), asked, printed)
    sheet = plain(np.where(turn == 0, text[number], later) if n else text)
    tools = kits(scene, max(1, round(spec.knobs.get("kits", 4))), 4, 12)
    sheet.turn, sheet.kind = turn, "agent"
    sheet.kit = tools[rng.integers(0, len(tools), tasks)][number]
    return sheet


HARVEST = deal_sessions
