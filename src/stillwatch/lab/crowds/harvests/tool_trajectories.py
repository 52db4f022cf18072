"""Tool trajectories: tasks that need tools; tool results are sent back step by step."""

import numpy as np

from stillwatch.lab.crowds.worklist_dealing import DealtWorklist, deal, draw_tool_sets, payloads, sessions, unframed
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.spec import CampaignSpec
from stillwatch.lab.texts.slot_texts import OBSERVATION, recipe_codes, recipe_size


def deal_trajectories(context: WorldContext, spec: CampaignSpec, n: int) -> DealtWorklist:
    """Return *n* rows of trajectories.

    The knob ``kits`` (60) is the number of tool sets. The knob ``longest`` (7) is the maximum number of steps.
    """
    rng = context.rng
    turn = sessions(rng, n, 2, max(2, round(spec.knobs.get("longest", 7))))
    number = np.cumsum(turn == 0) - 1
    tasks = int((turn == 0).sum())
    text = deal(rng, payloads(context, spec, tasks, "tool-use", "tools"), tasks)
    seen = recipe_codes(OBSERVATION, rng.integers(0, recipe_size(OBSERVATION), n))
    dealt = unframed(np.where(turn == 0, text[number], seen) if n else text)
    tools = draw_tool_sets(context, max(1, round(spec.knobs.get("kits", 60))), 2, 14)
    dealt.turn, dealt.kind = turn, "agent"
    dealt.tool_set = tools[rng.integers(0, len(tools), tasks)][number]
    return dealt


HARVEST = deal_trajectories
