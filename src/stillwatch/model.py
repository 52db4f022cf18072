"""Values that two or more rooms share: small, frozen, without behaviour of one room."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "CAPABILITIES",
    "SKETCH_BYTES",
    "SKETCH_VERSION",
    "Accountability",
    "ActionKind",
    "Capability",
    "EvidenceChange",
    "Family",
    "Pace",
    "Precision",
    "Progress",
    "Reason",
    "ReasonKind",
    "Retest",
    "RetestVerdict",
    "Severity",
]

SKETCH_VERSION = 2
SKETCH_BYTES = 600
"""Version (the first byte) and size of a sketch; its layout is ``features.sketch.SKETCH``."""


class Family(StrEnum):
    """The five kinds of evidence that link accounts. Evidence within one family is not independent."""

    IDENTITY = "identity"
    INFRASTRUCTURE = "infrastructure"
    CLIENT = "client"
    CONTENT = "content"
    TEMPO = "tempo"


class Severity(StrEnum):
    """How soon a person should look at a campaign. No action follows from it alone."""

    WATCH = "watch"
    REVIEW = "review"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Return 0 for watch, 1 for review, 2 for urgent."""
        return list(Severity).index(self)


class Accountability(StrEnum):
    """Who answers for the accounts of a group, from facts that the provider knows. Nothing is estimated."""

    OPERATOR = "operator"
    """One customer: one organization, one payer, or one name with one card or address, for nearly all accounts."""
    INDEPENDENT = "independent"
    """Several parties whose identity the provider verified, and who share no means of identity."""
    UNKNOWN = "unknown"
    """The facts do not say."""
    CONCEALED = "concealed"
    """Accounts under separate names share cards, devices or phones, or follow on one another's closure."""


class ReasonKind(StrEnum):
    """The unit of ``Reason.value``. Values of different kinds are never compared or added."""

    LOG2_LR = "log2_lr"
    """Base-2 logarithm of a likelihood ratio: how much likelier the observation is than under the null."""
    NEG_LOG2_P = "neg_log2_p"
    """Negative base-2 logarithm of a p-value, corrected for what the test could pick from."""
    RARITY = "rarity"
    """Bits by which a shared value is rare among all accounts."""
    DESCRIPTION = "description"
    """Points by which a description moves the group in the queue. It is no evidence, and no severity depends on it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: what is expected, what was observed, and its weight.

    ``value`` is in the unit that ``kind`` names, and never above ``cap`` in size. ``family`` is one of :class:`Family`,
    ``accountability`` or ``use``.
    """

    signal: str
    family: str
    kind: ReasonKind
    expected: float
    observed: float
    value: float
    cap: float


class RetestVerdict(StrEnum):
    """Whether a campaign still stands the tests of coordination after some of its members were left out."""

    STANDS = "stands"
    FALLS = "falls"


@dataclass(frozen=True, slots=True)
class EvidenceChange:
    """One kind of evidence before and after members were left out.

    ``expected`` is what strangers would show. ``before`` and ``after`` are what the members show. ``bits_before`` and
    ``bits_after`` are the evidence of a test: the negative base-2 logarithm of its p-value.
    """

    signal: str
    family: str
    expected: float
    before: float
    after: float
    bits_before: float
    bits_after: float


@dataclass(frozen=True, slots=True)
class Retest:
    """The coordination of a campaign without some of its members; ``why`` says what is missing where it falls."""

    verdict: RetestVerdict
    why: str
    n_accounts: int
    n_removed: int
    coordination_before: float
    coordination_after: float
    lines: tuple[EvidenceChange, ...]


_TELLABLE_SHARE = 0.01
"""Below this share of the input the remaining time is not estimated."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Progress of a stage: rows so far, seconds so far, and the share of its input, where that is known."""

    stage: str
    rows: int = 0
    seconds: float = 0.0
    share: float | None = None

    @property
    def rate(self) -> float:
        """Return rows per second, 0 before the first."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """Return the remaining seconds at this pace; None where they cannot be estimated."""
        if self.share is None or self.share < _TELLABLE_SHARE:
            return None
        return self.seconds * (1 - min(self.share, 1.0)) / self.share


Progress = Callable[[Pace], None]
"""Is called several times a second with the progress of a run."""


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


class ActionKind(StrEnum):
    """The kinds of action that people plan and gateways carry out, the mildest first."""

    OBSERVE = "observe"
    ASK = "ask"
    WATERMARK = "watermark"
    THROTTLE = "throttle"
    WITHHOLD = "withhold"
    STEP_UP = "step_up"
    SUSPEND = "suspend"

    @property
    def denies(self) -> bool:
        """Return whether an account gets no answers under this action."""
        return self in {ActionKind.STEP_UP, ActionKind.SUSPEND}

    @property
    def rank(self) -> int:
        """Return how strict the action is: 0 for the mildest."""
        return list(ActionKind).index(self)


@dataclass(frozen=True, slots=True)
class Capability:
    """One kind of request to a model, with the sentence that reports and reference pages show."""

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
"""The classes of prompts. Their order is part of the sketch format (``features``), so new ones are added at the end."""
