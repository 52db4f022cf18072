"""Tool trajectories: tasks that need tools, with the results of the calls sent back step by step."""

import numpy as np

from stillwatch.lab.crowds.worklist_dealing import Sheet, deal, kits, payloads, plain, sessions
from stillwatch.lab.crowds.world_context import Scene
from stillwatch.lab.spec import CampaignSpec
from stillwatch.lab.texts.slot_texts import OBSERVATION, composed, size_of


def deal_trajectories(scene: Scene, spec: CampaignSpec, n: int) -> Sheet:
    """Return *n* rows of trajectories; the knob ``kits`` (60) is how many sets of tools they are spread over,
    and ``longest`` (7) the most steps of one."""
    rng = scene.rng
    turn = sessions(rng, n, 2, max(2, round(spec.knobs.get("longest", 7))))
    number = np.cumsum(turn == 0) - 1
    tasks = int((turn == 0).sum())
    text = deal(rng, payloads(scene, spec, tasks, "tool-use", "tools"), tasks)
    seen = composed(OBSERVATION, rng.integers(0, size_of(OBSERVATION), n))
    sheet = plain(np.where(turn == 0, text[number], seen) if n else text)
    tools = kits(scene, max(1, round(spec.knobs.get("kits", 60))), 2, 14)
    sheet.turn, sheet.kind = turn, "agent"
    sheet.kit = tools[rng.integers(0, len(tools), tasks)][number]
    return sheet


HARVEST = deal_trajectories
