"""Rubric grading: the model scores responses against criteria, to make training data for a reward model."""

from stillwatch.lab.crowds.worklist_dealing import DealtWorklist, deal, framed
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.spec import CampaignSpec

_CRITERIA = (
    "correctness, completeness, clarity",
    "helpfulness, safety, style",
    "accuracy (0-5), depth (0-5), tone (0-5)",
)
_ASKS = tuple(
    (
        f"Grade the response to the task by this rubric: {criteria}.\n\nTask: ",
        f"\n\nResponse: {response}\n\n{ask}",
    )
    for criteria in _CRITERIA
    for response, ask in (
        (
            "Several readings are possible; the usual one leads to a short answer.",
            "Return JSON with a score from 1 to 10 for each criterion and a justification.",
        ),
        ("Sure! Here is what you asked for, in three short steps.", "Score:"),
        (
            "I am not certain, but most sources agree on the second point.",
            "Give the total and explain each deduction.",
        ),
    )
)


def deal_grading(context: WorldContext, spec: CampaignSpec, n: int) -> DealtWorklist:
    """Return *n* tasks with a response to grade; rubrics and responses are mixed."""
    text = deal(context.rng, context.texts.worklist(context.rng, spec.worklist or n, spec.capability), n)
    return framed(context, text, list(_ASKS))


HARVEST = deal_grading
