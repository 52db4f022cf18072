"""Links and profiles in, campaigns and members out: group, test, refine, explain."""

from stillwatch.campaigns.clearing import read as read_judged
from stillwatch.campaigns.detection import Detection, detect
from stillwatch.campaigns.explain import SENTENCES
from stillwatch.campaigns.history import Followed, Scanned, follow, lineage, require_history, scanned
from stillwatch.campaigns.retest import prepare_retest

__all__ = [
    "SENTENCES",
    "Detection",
    "Followed",
    "Scanned",
    "detect",
    "follow",
    "lineage",
    "prepare_retest",
    "read_judged",
    "require_history",
    "scanned",
]
