"""Finds who asked in metadata whose names the operator of a gateway chose: tags, labels, properties of a request."""

import re
from collections.abc import Mapping
from typing import Any

from stillwatch.ingest.parsing.format import Row
from stillwatch.ingest.parsing.values import Loose, first, unfold

__all__ = ["caller_facts", "pairs"]

_NAMES: Mapping[str, tuple[str, ...]] = {
    "account_id": (
        "accountid",
        "userid",
        "enduserid",
        "customerid",
        "account",
        "user",
        "enduser",
        "customer",
        "uid",
        "username",
        "useremail",
        "email",
    ),
    "organization_id": ("organizationid", "orgid", "tenantid", "teamid", "organization", "org", "tenant", "team"),
    "conversation_id": ("conversationid", "sessionid", "threadid", "chatid", "conversation", "session"),
    "client_ip": ("clientip", "ipaddress", "remoteaddr", "ip"),
    "user_agent": ("useragent",),
}
"""Names of each fact, in small letters and digits alone; the first name present is used."""
_SIGNS = re.compile(r"[^a-z0-9]")


def caller_facts(metadata: Loose) -> Row:
    """Return the account, organization, conversation, address and user agent that *metadata* names; None where missing.

    ``user_id``, ``userId``, ``User-Id`` and ``Helicone-User-Id`` are one name. Only texts and numbers are values.
    """
    found: dict[str, Any] = {}
    for name, value in pairs(metadata).items():
        if isinstance(value, str | int) and not isinstance(value, bool):
            plain = _SIGNS.sub("", name.lower()).removeprefix("helicone")
            found.setdefault(plain, value)
    return {fact: first(*(found.get(name) for name in names)) for fact, names in _NAMES.items()}


def pairs(metadata: Loose) -> dict[str, Any]:
    """Return *metadata* as a dictionary: an object, its JSON text, or the pairs of a map column; else empty."""
    loaded = unfold(metadata)
    if isinstance(loaded, Mapping):
        return {name: value for name, value in loaded.items() if isinstance(name, str)}
    if not isinstance(loaded, list):
        return {}
    listed = [entry for entry in loaded if isinstance(entry, tuple | list) and len(entry) == 2]
    return {entry[0]: entry[1] for entry in listed if isinstance(entry[0], str)}
