"""Rationales: each prompt gives an answer and asks for the reasoning behind it."""

from stillwatch.lab.crowds.worklist_dealing import DealtWorklist, deal, framed
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.spec import CampaignSpec

_ASKS = tuple(
    (f"{lead}\n\nQuestion: ", f"\n\nAnswer: {answer}\n\n{ask}")
    for lead, ask in (
        (
            "Here is a question with its correct answer.",
            "Write the reasoning that leads from the question to the answer.",
        ),
        ("Explain step by step why the given answer is right.", "Reasoning:"),
        (
            "Imagine you solved this yourself.",
            "Lay out the internal steps you would take before giving this answer.",
        ),
    )
    for answer in ("see the second option", "42", "yes", "no", "it depends on the first condition", "C", "18")
)


def deal_rationales(context: WorldContext, spec: CampaignSpec, n: int) -> DealtWorklist:
    """Return *n* questions with an answer, each asking for the reasoning, in mixed wordings."""
    text = deal(context.rng, context.texts.worklist(context.rng, spec.worklist or n, spec.capability), n)
    return framed(context, text, list(_ASKS))


HARVEST = deal_rationales
