"""The order of the rooms, from a log to campaigns and cases.

In: paths of logs and the settings. Out: folders of result tables, and cases. May touch: the folders that the
caller names, a work folder, the engine, and the database of cases through ``cases``. No other room knows the order.
"""

from stillwatch.runs.adapt import adapt
from stillwatch.runs.case_intake import keep_exemplars, open_cases
from stillwatch.runs.inject import inject
from stillwatch.runs.inspection import Inspection, inspect
from stillwatch.runs.replay import replay
from stillwatch.runs.scan import ScanResult, scan
from stillwatch.runs.sketch import SketchResult, sketch

__all__ = [
    "Inspection",
    "ScanResult",
    "SketchResult",
    "adapt",
    "inject",
    "inspect",
    "keep_exemplars",
    "open_cases",
    "replay",
    "scan",
    "sketch",
]
