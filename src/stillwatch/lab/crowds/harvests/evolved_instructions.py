"""Evolved instructions: each payload returns in harder or rarer variants, or inside a request to make it harder."""

import numpy as np

from stillwatch.lab.crowds.worklist_dealing import DealtWorklist, deal, payloads, unframed
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.draws.random_draws import Ints, draw_flags
from stillwatch.lab.spec import CampaignSpec
from stillwatch.lab.texts.phrasings import split_list

_METHODS = split_list(
    """
    Add one more constraint or requirement.|Deepen it: ask about causes, not only about facts.|
    Replace general concepts with more specific ones.|If it can be solved in a few steps, make it need many.|
    Ask for something rarer in the same field.|Make the input more complicated, with data in a table.|
    Combine it with a second, related problem.|Add a condition that rules out the usual answer.
    """
)
_LEADS = (
    ("Act as a prompt rewriter. Make the given prompt harder. {}\n\n#Given Prompt#:\n", "\n\n#Rewritten Prompt#:\n"),
    ("Rewrite the instruction below into a more complex version. {}\n\nInstruction: ", "\n\nNew instruction:"),
    ("Evolve this task so that fewer models can solve it. {}\nTASK: ", "\nEVOLVED TASK:"),
    ("Draw inspiration from the prompt and create a rarer one. {}\n\n<prompt>\n", "\n</prompt>"),
)
_WRAPPINGS = [(head.format(method), tail) for head, tail in _LEADS for method in _METHODS]
_DEMANDS = split_list(
    """
    Justify each step with a rule.|Cover at least two edge cases.|State the assumptions you make.|
    Do it without using any library.|Compare two methods before you choose one.|Give the complexity of the result.|
    The answer must hold for negative values too.|Include a counter-example.|Write it for a reader who doubts you.|
    Use no more than three sentences per step.|Also solve the reverse problem.|Give a proof that it terminates.|
    Assume that half of the data is missing.|Name what would change your answer.|Do it under a budget of ten units.|
    Answer first in words, then in symbols.|Take legal limits into account.|Add a test for every claim.
    """
)


def deal_evolved(context: WorldContext, spec: CampaignSpec, n: int) -> DealtWorklist:
    """Return *n* rows.

    The knob ``generations`` (4) is the number of variants per payload. The knob ``wrapped`` (0.5) is the share of rows
    that ask for the rewriting itself.
    """
    rng = context.rng
    generations = max(1, round(spec.knobs.get("generations", 4)))
    seeds = deal(rng, payloads(context, spec, -(-n // generations)), -(-n // generations))
    order = rng.permutation(len(seeds) * generations)[:n]
    dealt = unframed(seeds[order // generations])
    wrapped = draw_flags(rng, n, spec.knobs.get("wrapped", 0.5))
    # the generations of one payload use different entries of both lists, so none comes back unchanged
    start = rng.integers(0, 2**20, len(seeds))[order // generations] + order % generations
    dealt.head = np.where(wrapped, _numbers(context, [h for h, _ in _WRAPPINGS], start), 0)
    wraps, demands = _numbers(context, [t for _, t in _WRAPPINGS], start), _numbers(context, _demands(), start)
    dealt.tail = np.where(wrapped, wraps, demands)
    return dealt


def _demands() -> list[str]:
    pairs = [f" {a} {b}" for a in _DEMANDS for b in _DEMANDS if a != b]
    return [f" {a}" for a in _DEMANDS] + pairs


def _numbers(context: WorldContext, texts: list[str], start: Ints) -> Ints:
    return context.strings.numbers(texts)[start % len(texts)]


HARVEST = deal_evolved
