"""Agentic coding: sessions of many turns in which a loop sends back terminal output."""

import numpy as np

from stillwatch.lab.crowds.worklist_dealing import DealtWorklist, deal, draw_tool_sets, payloads, sessions, unframed
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.draws.random_draws import draw_flags
from stillwatch.lab.spec import CampaignSpec
from stillwatch.lab.texts.slot_texts import NUDGE, TERMINAL, recipe_codes, recipe_size

_NUDGED = 0.3


def deal_sessions(context: WorldContext, spec: CampaignSpec, n: int) -> DealtWorklist:
    """Return *n* rows of coding sessions.

    The knob ``longest`` (14) is the maximum number of turns. The knob ``kits`` (4) is the number of tool sets.
    """
    rng = context.rng
    turn = sessions(rng, n, 3, max(3, round(spec.knobs.get("longest", 14))))
    number = np.cumsum(turn == 0) - 1
    tasks = int((turn == 0).sum())
    text = deal(rng, payloads(context, spec, tasks, "coding", "software"), tasks)
    printed = recipe_codes(TERMINAL, rng.integers(0, recipe_size(TERMINAL), n))
    asked = recipe_codes(NUDGE, rng.integers(0, recipe_size(NUDGE), n))
    later = np.where(draw_flags(rng, n, _NUDGED), asked, printed)
    dealt = unframed(np.where(turn == 0, text[number], later) if n else text)
    tools = draw_tool_sets(context, max(1, round(spec.knobs.get("kits", 4))), 4, 12)
    dealt.turn, dealt.kind = turn, "agent"
    dealt.tool_set = tools[rng.integers(0, len(tools), tasks)][number]
    return dealt


HARVEST = deal_sessions
