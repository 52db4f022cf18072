"""Links and profiles in, campaigns and members out: group, test, refine, explain."""

from stillwatch.campaigns.clearing import read as read_judged
from stillwatch.campaigns.detection import Detection, detect
from stillwatch.campaigns.explain import SENTENCES
from stillwatch.campaigns.history import Followed, Scanned, follow, lineage, require_history, scanned
from stillwatch.campaigns.remainder import Line, Remainder, Verdict, remainder

__all__ = [
    "SENTENCES",
    "Detection",
    "Followed",
    "Line",
    "Remainder",
    "Scanned",
    "Verdict",
    "detect",
    "follow",
    "lineage",
    "read_judged",
    "remainder",
    "require_history",
    "scanned",
]
