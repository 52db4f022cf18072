"""Every table that crosses a room: its columns, types, meaning and sensitivity.

One file per room that writes them. Arrow schemas, ingest checks, the reference pages and the house test on sensitive
columns are all made from here. ``scan_folder`` reads the tables that a scan leaves in its folder.
"""

from stillwatch.tables.campaigns import BONDS, CAMPAIGNS, GROUNDS, MEMBERS
from stillwatch.tables.cases import JUDGED
from stillwatch.tables.columns import TIMESTAMP, Table
from stillwatch.tables.features import ACTIVITY, PLACES, PRINTS, PROFILES, SKETCHED, SPREADS
from stillwatch.tables.history import EVENTS, LINEAGE, LOOKS, TRACKS
from stillwatch.tables.ingest import ACCOUNTS, ATTRIBUTES, EXCHANGES, REJECTS, STAGED, STATUSES, TEXTS, VERIFICATIONS
from stillwatch.tables.lab import TRUTH
from stillwatch.tables.links import LINKS
from stillwatch.tables.runs import TIMELINE
from stillwatch.tables.signals import TRACES

__all__ = [
    "ACCOUNTS",
    "ACTIVITY",
    "ATTRIBUTES",
    "BONDS",
    "CAMPAIGNS",
    "EVENTS",
    "EXCHANGES",
    "GROUNDS",
    "JUDGED",
    "LINEAGE",
    "LINKS",
    "LOOKS",
    "MEMBERS",
    "PLACES",
    "PRINTS",
    "PROFILES",
    "REJECTS",
    "SKETCHED",
    "SPREADS",
    "STAGED",
    "STATUSES",
    "TABLES",
    "TEXTS",
    "TIMELINE",
    "TIMESTAMP",
    "TRACES",
    "TRACKS",
    "TRUTH",
    "VERIFICATIONS",
]

TABLES: tuple[Table, ...] = (
    EXCHANGES,
    ACCOUNTS,
    ATTRIBUTES,
    STAGED,
    REJECTS,
    PRINTS,
    SKETCHED,
    PROFILES,
    PLACES,
    SPREADS,
    ACTIVITY,
    TRACES,
    LINKS,
    CAMPAIGNS,
    MEMBERS,
    BONDS,
    GROUNDS,
    TIMELINE,
    LOOKS,
    LINEAGE,
    TRACKS,
    EVENTS,
    JUDGED,
    TRUTH,
)
