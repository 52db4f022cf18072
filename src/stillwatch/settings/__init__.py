"""Every setting, with default, unit and sentence; one file per room that reads them.

``load`` is called once, by a command; rooms get their own part as an argument.
"""

from stillwatch.settings.campaigns import CampaignsSettings
from stillwatch.settings.cases import CasesSettings
from stillwatch.settings.console import ConsoleSettings, OidcSettings
from stillwatch.settings.engine import EngineSettings
from stillwatch.settings.features import FeaturesSettings
from stillwatch.settings.gateway import GatewaySettings
from stillwatch.settings.ingest import IngestSettings, StateSettings
from stillwatch.settings.links import LinksSettings
from stillwatch.settings.loading import SettingValue, explain, load
from stillwatch.settings.report import ReportSettings
from stillwatch.settings.signals import SignalSettings
from stillwatch.settings.tree import Settings

__all__ = [
    "CampaignsSettings",
    "CasesSettings",
    "ConsoleSettings",
    "EngineSettings",
    "FeaturesSettings",
    "GatewaySettings",
    "IngestSettings",
    "LinksSettings",
    "OidcSettings",
    "ReportSettings",
    "SettingValue",
    "Settings",
    "SignalSettings",
    "StateSettings",
    "explain",
    "load",
]
