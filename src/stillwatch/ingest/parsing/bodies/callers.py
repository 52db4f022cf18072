"""Finds who asked in a request body: the names under which the APIs let a caller state its user."""

import re
from collections.abc import Mapping
from typing import Any

from stillwatch.ingest.parsing.values import Loose, first, mapping, unfold

__all__ = ["caller_in", "read_caller"]

_CLAUDE_CODE = re.compile(r"user_([0-9a-f]{16,128})_account_([0-9a-f-]{36})?_session_([0-9a-f-]{36})")
"""Claude Code's ``metadata.user_id``: a hash of the installation, the account where one is signed in, the session."""
_ACCOUNTS = ("account_uuid", "account_id", "user_id", "userId", "id", "device_id")
_CONVERSATIONS = ("session_id", "sessionId", "conversation_id", "thread_id")


def caller_in(request: Mapping[str, Any]) -> tuple[Loose, Loose]:
    """Return (account, conversation) that *request* states; None for each that it does not state.

    The account is ``safety_identifier``, ``user``, or the user in ``metadata``. ``prompt_cache_key`` names no account.
    """
    about = mapping(request.get("metadata"))
    account, session = read_caller(first(request.get("safety_identifier"), request.get("user"), about.get("user_id")))
    own = unfold(request.get("conversation"))
    conversation = own.get("id") if isinstance(own, Mapping) else own
    return account, first(conversation, *(about.get(name) for name in _CONVERSATIONS), session)


def read_caller(stated: Loose) -> tuple[Loose, Loose]:
    """Return (account, conversation) in *stated*, a user as clients write it; a plain text is the account alone.

    Claude Code puts account and session into one text, or into an object in JSON.
    """
    loaded = unfold(stated)
    if isinstance(loaded, Mapping):
        return first(*(loaded.get(name) for name in _ACCOUNTS)), first(*(loaded.get(name) for name in _CONVERSATIONS))
    if isinstance(loaded, str) and (found := _CLAUDE_CODE.fullmatch(loaded)):
        installation, account, session = found.groups()
        return first(account, installation), session
    return first(stated), None
