"""Links and profiles in, campaigns and members out: group, test, refine, explain."""

from stillwatch.campaigns.clearing import read as read_judged
from stillwatch.campaigns.detection import Detection, detect
from stillwatch.campaigns.explain import SENTENCES
from stillwatch.campaigns.history import Followed, Scanned, follow, lineage, require_history, scanned
from stillwatch.campaigns.remainder import FirstKey, Line, Remainder, Verdict

__all__ = [
    "SENTENCES",
    "Detection",
    "FirstKey",
    "Followed",
    "Line",
    "Remainder",
    "Scanned",
    "Verdict",
    "detect",
    "follow",
    "lineage",
    "read_judged",
    "require_history",
    "scanned",
]
