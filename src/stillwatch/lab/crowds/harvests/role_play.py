"""Role-play: combines personas, scenes and tasks; no combination repeats before all have been used."""

import numpy as np

from stillwatch.lab.crowds.worklist_dealing import DealtWorklist, deal, distinct, payloads, unframed
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.draws.random_draws import Ints
from stillwatch.lab.spec import CampaignSpec
from stillwatch.lab.texts.slot_texts import PERSONA, TASK, recipe_codes, recipe_size, recipe_texts

_REAL = "role-play"


def deal_roles(context: WorldContext, spec: CampaignSpec, n: int) -> DealtWorklist:
    """Return *n* combinations.

    The knob ``personas`` (2000) is the number of personas in scenes. Tasks are real prompts of the kind role-play if
    there are any; otherwise they are composed.
    """
    rng = context.rng
    personas = distinct(rng, recipe_size(PERSONA), max(1, round(spec.knobs.get("personas", 2_000))))
    tasks = _tasks(context, spec, n)
    total = len(personas) * len(tasks)
    picked = distinct(rng, total, min(total, spec.worklist or n))
    picked = deal(rng, picked, n)
    dealt = unframed(tasks[picked // len(personas)])
    used, place = np.unique(personas[picked % len(personas)], return_inverse=True)
    dealt.head = context.strings.numbers(recipe_texts(PERSONA, used).to_pylist())[place]
    return dealt


def _tasks(context: WorldContext, spec: CampaignSpec, n: int) -> Ints:
    if spec.capability != "broad" or context.texts.offers(_REAL):
        return payloads(context, spec, n, _REAL)
    return recipe_codes(TASK, np.arange(recipe_size(TASK), dtype=np.int64))


HARVEST = deal_roles
