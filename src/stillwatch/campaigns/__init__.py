"""Links and profiles in, campaigns and members out: group, test, refine, explain."""

from stillwatch.campaigns.detection import Detection, detect
from stillwatch.campaigns.explain import SENTENCES

__all__ = ["SENTENCES", "Detection", "detect"]
