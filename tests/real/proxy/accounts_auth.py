"""The proxy's authentication: an API key is an account of ``accounts.json``, or is refused."""

import json
import os
from pathlib import Path

from fastapi import HTTPException, Request
from litellm.proxy._types import UserAPIKeyAuth

ACCOUNTS = json.loads(Path(os.environ["ACCOUNTS_FILE"]).read_text("utf-8"))


async def user_api_key_auth(request: Request, api_key: str) -> UserAPIKeyAuth:
    """Return who holds *api_key*."""
    account = ACCOUNTS.get(api_key)
    if account is None:
        raise HTTPException(status_code=401, detail="unknown key")
    return UserAPIKeyAuth(api_key=api_key, **account)
