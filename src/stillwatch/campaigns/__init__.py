"""Links and profiles in, campaigns and members out: group, test, refine, explain."""

from stillwatch.campaigns.detection import Detection, detect

__all__ = ["Detection", "detect"]
