"""Links and profiles in, campaigns and members out: group, test, refine, explain."""

from stillwatch.campaigns.detection import Detection, detect
from stillwatch.campaigns.explain import SENTENCES
from stillwatch.campaigns.history import Followed, Scanned, follow, lineage, require_history, scanned

__all__ = ["SENTENCES", "Detection", "Followed", "Scanned", "detect", "follow", "lineage", "require_history", "scanned"]
