"""Sends what lies in the outbox, signed, beside the console and never in its way.

Headers and signature are those of Standard Webhooks 1.0. A receiver is somebody else's machine: where it may be is
checked on the address that is connected to, a redirection is not followed, of an answer the head alone is read, and
each try ends at a fixed time whatever comes.
"""

import asyncio
import base64
import hmac
import logging
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from hashlib import sha256
from urllib.parse import SplitResult, urlsplit

import httpx2

from stillwatch import __version__
from stillwatch.cases.access.desk import Desk
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.access.users import HOUSE
from stillwatch.cases.decisions import hooks
from stillwatch.cases.queries.deliveries import Due, Outcome, claim, settle
from stillwatch.delivery.outbox import State
from stillwatch.delivery.public_addresses import is_public
from stillwatch.errors import PolicyError
from stillwatch.settings import ConsoleSettings

__all__ = ["SECONDS", "Sender", "deliver", "deliver_all", "in_background", "signature"]

SECONDS = 15.0
"""The longest that one try takes, from looking up the name to the head of the answer."""
_PAUSE_S = 5.0
_TRIED_ADDRESSES = 3
_log = logging.getLogger("stillwatch.console")


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``: HMAC-SHA256 over id, moment and body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


class Sender:
    """Sends single messages; *private* allows networks of one's own, *seconds* is the longest that a try takes."""

    def __init__(self, *, private: bool, seconds: float = SECONDS) -> None:
        self._private, self._seconds = private, seconds
        # No connection is used twice: one to an address was checked for one name, and another may be there too.
        self._client = httpx2.AsyncClient(
            verify=ssl.create_default_context(),
            timeout=seconds,
            follow_redirects=False,
            trust_env=False,
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def send(self, due: Due) -> Outcome:
        """Try once to send a message, and return what became of it; whatever the receiver does, this returns."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._send(due)
        except (TimeoutError, httpx2.TimeoutException):
            return Outcome(is_delivered=False, what=f"No answer within {self._seconds:g} seconds.")
        except PolicyError:
            return Outcome(is_delivered=False, what="It is in a network of its own, where nothing is sent to.")
        except (OSError, UnicodeError):
            return Outcome(is_delivered=False, what="Its name leads nowhere.")
        except httpx2.ConnectError:
            return Outcome(is_delivered=False, what="It cannot be connected to.")
        except httpx2.HTTPError as error:
            return Outcome(is_delivered=False, what=f"It gave no answer that can be read ({type(error).__name__}).")

    async def _send(self, due: Due) -> Outcome:
        parts = urlsplit(due.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        addresses = await self._resolved(parts.hostname or "", port)
        for number, address in enumerate(addresses, start=1):
            try:
                return await self._post(due, parts, address)
            except httpx2.ConnectError:
                if number == len(addresses):
                    raise
        raise OSError

    async def _resolved(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of *host*; what is connected to is one of these, and the name is not asked again."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._private and not all(map(is_public, addresses)):
            raise PolicyError("the receiver is in a network of its own", where="webhooks")
        return addresses[:_TRIED_ADDRESSES]

    async def _post(self, due: Due, parts: SplitResult, address: str) -> Outcome:
        host = f"[{address}]" if ":" in address else address
        place = parts._replace(netloc=host if parts.port is None else f"{host}:{parts.port}")
        body, timestamp = due.body.encode(), int(due.at.timestamp())
        headers = {
            "host": parts.netloc,
            "content-type": "application/json",
            "user-agent": f"Stillwatch/{__version__}",
            "webhook-id": due.message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(due.secret, due.message_id, timestamp, body),
        }
        if due.api_key:
            headers["x-api-key"] = due.api_key
        # The certificate has to be for the name, although the connection is made to the address.
        asked = {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}
        async with self._client.stream(
            "POST", place.geturl(), content=body, headers=headers, extensions=asked
        ) as answer:
            return _outcome(answer.status_code, answer.headers.get("retry-after", ""))


def _outcome(status: int, retry_after: str) -> Outcome:
    seconds = int(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 8 else 0
    if 200 <= status < 300:
        return Outcome(is_delivered=True, what=f"It took it ({status}).")
    if 300 <= status < 400:
        return Outcome(is_delivered=False, what=f"It sent us elsewhere ({status}), which is not followed.")
    if status == 410:
        return Outcome(is_delivered=False, what="It wants no more (410).", is_gone=True)
    return Outcome(is_delivered=False, what=f"It answered {status}.", wait=timedelta(seconds=seconds))


async def deliver(desk: Desk, sender: Sender, url: str) -> Counter[State]:
    """Try what is due now, a few at once; return how many messages came how far. *url* is the console's, for links."""
    batch = await asyncio.to_thread(claim, desk, url)
    return Counter(await asyncio.gather(*(_one(desk, sender, due) for due in batch)))


async def _one(desk: Desk, sender: Sender, due: Due) -> State:
    outcome = await sender.send(due)
    state = await asyncio.to_thread(settle, desk, due, outcome)
    if outcome.is_gone:
        await asyncio.to_thread(_stop, desk, due.hook_id, outcome.what)
    return state


def _stop(desk: Desk, hook_id: int, why: str) -> None:
    with desk.work(HOUSE, Permission.ADMINISTER) as work:
        hooks.stop(work, hook_id, why)


def deliver_all(desk: Desk, settings: ConsoleSettings, url: str) -> Counter[State]:
    """Try everything that is due once, and return how many messages came how far."""

    async def work() -> Counter[State]:
        sender, total = Sender(private=settings.webhooks_to_private), Counter[State]()
        try:
            while done := await deliver(desk, sender, url):
                total += done
        finally:
            await sender.close()
        return total

    return asyncio.run(work())


@asynccontextmanager
async def in_background(
    desk: Desk, settings: ConsoleSettings, url: str, pause: float = _PAUSE_S
) -> AsyncIterator[None]:
    """Deliver while the block runs, looking again after each *pause* in seconds."""
    sender = Sender(private=settings.webhooks_to_private)
    task = asyncio.create_task(_keep_delivering(desk, sender, url, pause))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await sender.close()


async def _keep_delivering(desk: Desk, sender: Sender, url: str, pause: float) -> None:
    while True:
        try:
            done = await deliver(desk, sender, url)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next round tries again
            # Not its words: they may name a receiver, or somebody.
            _log.error("delivering webhooks: %s", type(error).__name__)
            done = Counter()
        if not done:
            await asyncio.sleep(pause)
