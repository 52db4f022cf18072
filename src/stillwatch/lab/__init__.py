"""Builds labelled synthetic worlds and measures a scan against their truth.

A world is a log of honest accounts, look-alikes and campaigns, with the truth beside it. The lab only writes rows of a
log. Nothing here calls a service.
"""

from stillwatch.lab.evasion.evasion_game import Adaptation, adapt, is_flagged, show_adaptation
from stillwatch.lab.measurement import Measurement, measure, show
from stillwatch.lab.planting.host_log import HostLog, survey
from stillwatch.lab.planting.inject import Injection, inject, require_plan
from stillwatch.lab.real_parts import RealParts, read_parts
from stillwatch.lab.spec import PRESETS, CampaignSpec, LookalikeSpec, WorldSpec, every_lookalike, load_spec, preset
from stillwatch.lab.worlds.sharded_build import build_in_shards
from stillwatch.lab.worlds.world import WorldSummary, build
from stillwatch.lab.worlds.world_folder import require_vacant

__all__ = [
    "PRESETS",
    "Adaptation",
    "CampaignSpec",
    "HostLog",
    "Injection",
    "LookalikeSpec",
    "Measurement",
    "RealParts",
    "WorldSpec",
    "WorldSummary",
    "adapt",
    "build",
    "build_in_shards",
    "every_lookalike",
    "inject",
    "is_flagged",
    "load_spec",
    "measure",
    "preset",
    "read_parts",
    "require_plan",
    "require_vacant",
    "show",
    "show_adaptation",
    "survey",
]
