"""Values that two or more rooms share; each is small, frozen and free of behaviour that belongs to one room."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["CAPABILITIES", "SKETCH_BYTES", "SKETCH_VERSION", "Capability", "Family", "Precision", "Reason", "Severity"]

SKETCH_VERSION = 2
SKETCH_BYTES = 600
"""Version (the first byte) and size of a sketch; its layout is ``features.sketch.SKETCH``."""


class Family(StrEnum):
    """The five kinds of fact by which two accounts can be linked; evidence within one family is not independent."""

    IDENTITY = "identity"
    INFRASTRUCTURE = "infrastructure"
    CLIENT = "client"
    CONTENT = "content"
    TEMPO = "tempo"


class Severity(StrEnum):
    """How soon a person should look; nothing is enforced by it."""

    WATCH = "watch"
    REVIEW = "review"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Return 0 for watch, 1 for review, 2 for urgent."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a statement is made: what was expected of strangers, what was observed, and the evidence in bits.

    ``bits`` is log2 of how much likelier the observation is than the null allows, rounded; larger is stronger.
    """

    signal: str
    family: str
    expected: float
    observed: float
    bits: float


@dataclass(frozen=True, slots=True)
class Precision:
    """The share of confirmed campaigns among the settled campaigns of one severity.

    A campaign is settled where people confirmed it or found it innocent; ``n_open`` counts the others. ``low`` and
    ``high`` are the exact 95% interval of the share, from 0 to 1; they are 0 and 1 where no campaign is settled.
    """

    severity: Severity
    n_confirmed: int
    n_settled: int
    n_open: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing people ask a model for, with the sentence that reports and reference pages show."""

    name: str
    sentence: str


CAPABILITIES: tuple[Capability, ...] = (
    Capability("software engineering", "writing, reading, fixing or reviewing code, libraries and systems"),
    Capability("agentic reasoning", "planning and carrying out a task over several steps or turns"),
    Capability("tool use", "choosing and calling tools, functions or APIs"),
    Capability("reasoning traces", "solving problems step by step, or giving the reasoning behind an answer"),
    Capability("grading", "scoring, ranking or comparing answers against a rubric or a preference"),
    Capability("rewriting", "paraphrasing, summarising, translating or making variants of a text"),
    Capability("data analysis", "extracting, classifying or labelling data, tables and statistics"),
    Capability("role-play", "speaking as a character or persona"),
    Capability("chat", "open conversation, advice and creative writing"),
    Capability("search", "short factual questions"),
    Capability("business bot", "customer service, bookings, banking and assistant intents"),
)
"""What prompts are sorted into; the order is part of the sketch format (``features``) and only grows at the end."""
