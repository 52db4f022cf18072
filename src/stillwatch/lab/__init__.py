"""Worlds to measure on: honest crowds, look-alikes and campaigns composed into a log whose truth is known.

A world simulates campaigns as rows of a log and goes no further: nothing here talks to a service.
"""

from stillwatch.lab.adapt import Adaptation, adapt, is_flagged, show_adaptation
from stillwatch.lab.folder import require_vacant
from stillwatch.lab.host import Host, survey
from stillwatch.lab.inject import Injection, inject, require_plan
from stillwatch.lab.measurement import Measurement, measure, show
from stillwatch.lab.parts import Parts, read_parts
from stillwatch.lab.shards import build_in_shards
from stillwatch.lab.spec import PRESETS, CampaignSpec, LookalikeSpec, WorldSpec, every_lookalike, load_spec, preset
from stillwatch.lab.world import WorldSummary, build

__all__ = [
    "PRESETS",
    "Adaptation",
    "CampaignSpec",
    "Host",
    "Injection",
    "LookalikeSpec",
    "Measurement",
    "Parts",
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
