"""Role-play: a combinator of personas, scenes and tasks; no combination comes twice before all have come."""

import numpy as np

from stillwatch.lab.crowds.worklist_dealing import Sheet, deal, distinct, payloads, plain
from stillwatch.lab.crowds.world_context import Scene
from stillwatch.lab.draws.random_draws import Ints
from stillwatch.lab.spec import CampaignSpec
from stillwatch.lab.texts.slot_texts import PERSONA, TASK, composed, size_of, written

_REAL = "role-play"


def deal_roles(scene: Scene, spec: CampaignSpec, n: int) -> Sheet:
    """Return *n* combinations; the knob ``personas`` (2000) is how many personas in scenes there are.

    Tasks are real prompts of the kind role-play where there are some, else composed.
    """
    rng = scene.rng
    personas = distinct(rng, size_of(PERSONA), max(1, round(spec.knobs.get("personas", 2_000))))
    tasks = _tasks(scene, spec, n)
    total = len(personas) * len(tasks)
    picked = distinct(rng, total, min(total, spec.worklist or n))
    picked = deal(rng, picked, n)
    sheet = plain(tasks[picked // len(personas)])
    used, place = np.unique(personas[picked % len(personas)], return_inverse=True)
    sheet.head = scene.strings.numbers(written(PERSONA, used).to_pylist())[place]
    return sheet


def _tasks(scene: Scene, spec: CampaignSpec, n: int) -> Ints:
    if spec.capability != "broad" or scene.texts.offers(_REAL):
        return payloads(scene, spec, n, _REAL)
    return composed(TASK, np.arange(size_of(TASK), dtype=np.int64))


HARVEST = deal_roles
