"""The whole tree of settings."""

from hashlib import blake2b

from stillwatch.settings.campaigns import CampaignsSettings
from stillwatch.settings.cases import CasesSettings
from stillwatch.settings.console import ConsoleSettings
from stillwatch.settings.engine import EngineSettings
from stillwatch.settings.features import FeaturesSettings
from stillwatch.settings.gateway import GatewaySettings
from stillwatch.settings.ingest import IngestSettings, StateSettings
from stillwatch.settings.links import LinksSettings
from stillwatch.settings.report import ReportSettings
from stillwatch.settings.setting import RoomSettings, setting
from stillwatch.settings.signals import SignalSettings

__all__ = ["Settings"]


class Settings(RoomSettings):
    """The whole tree."""

    ingest: IngestSettings = IngestSettings()
    state: StateSettings = StateSettings()
    features: FeaturesSettings = FeaturesSettings()
    signals: dict[str, SignalSettings] = setting({}, "Per signal, by its file name: enabled and strength.")
    links: LinksSettings = LinksSettings()
    campaigns: CampaignsSettings = CampaignsSettings()
    report: ReportSettings = ReportSettings()
    cases: CasesSettings = CasesSettings()
    console: ConsoleSettings = ConsoleSettings()
    gateway: GatewaySettings = GatewaySettings()
    engine: EngineSettings = EngineSettings()

    def digest(self) -> str:
        """Return a digest of the effective values without the secrets; results carry it.

        Settings that change no result are left out: those of cases, of the console and of the gateway, and
        ``ingest.max_rejects``.
        """
        text = self.model_dump_json(
            exclude_none=True, exclude={"cases": True, "console": True, "gateway": True, "ingest": {"max_rejects"}}
        )
        return blake2b(text.encode(), digest_size=8).hexdigest()
