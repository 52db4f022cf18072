"""Preference pairs: each prompt shows two answers to a task and asks for the better one."""

from stillwatch.lab.crowds.worklist_dealing import DealtWorklist, deal, framed
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.spec import CampaignSpec

_ANSWERS = (
    "It can be done in two ways; the first is simpler.",
    "There is no single answer. Consider the cost first, then the time.",
    "Yes. The reason is given in the text itself.",
    "Start by writing down what is known, then work backwards.",
    "No, because the condition does not hold in general.",
)
_ASKS = tuple(
    (
        "Which of the two answers is better?\n\nPrompt: ",
        f"\n\nA: {a}\n\nB: {b}\n\nAnswer with A or B and say why.",
    )
    for a in _ANSWERS
    for b in _ANSWERS
    if a != b
)


def deal_pairs(context: WorldContext, spec: CampaignSpec, n: int) -> DealtWorklist:
    """Return *n* prompts with two answers each; the answer pairs are mixed."""
    text = deal(context.rng, context.texts.worklist(context.rng, spec.worklist or n, spec.capability), n)
    return framed(context, text, list(_ASKS))


HARVEST = deal_pairs
