"""Worlds to measure on: honest crowds, look-alikes and campaigns composed into a log whose truth is known.

A world simulates campaigns as rows of a log and goes no further: nothing here talks to a service.
"""

from stillwatch.lab.measurement import Measurement, measure, show
from stillwatch.lab.spec import PRESETS, CampaignSpec, LookalikeSpec, WorldSpec, load_spec, preset
from stillwatch.lab.world import WorldSummary, build

__all__ = [
    "PRESETS",
    "CampaignSpec",
    "LookalikeSpec",
    "Measurement",
    "WorldSpec",
    "WorldSummary",
    "build",
    "load_spec",
    "measure",
    "preset",
    "show",
]
