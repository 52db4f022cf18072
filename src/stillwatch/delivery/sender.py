"""Sends due messages over HTTP, signed as Standard Webhooks 1.0 specifies.

A receiver is a machine of a third party. So the sender checks the address that it connects to, follows no redirect,
reads only the head of a response, and ends each try after a fixed time.
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
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import httpx2

from stillwatch import __version__
from stillwatch.delivery.outbox import MessageState
from stillwatch.delivery.public_addresses import is_public
from stillwatch.delivery.queue import DeliveryOutcome, DueMessage
from stillwatch.errors import PolicyError
from stillwatch.settings import ConsoleSettings

__all__ = ["SECONDS", "MessageQueue", "Sender", "deliver", "deliver_all", "in_background", "signature"]

SECONDS = 15.0
"""The longest time for one try, from the name lookup to the head of the response."""
_PAUSE_S = 5.0
_TRIED_ADDRESSES = 3
_log = logging.getLogger(__name__)


class MessageQueue(Protocol):
    """The queue that the sender works on. Its methods block, so the sender calls them in a worker thread."""

    def claim(self) -> Sequence[DueMessage]:
        """Claim some messages that are due."""

    def settle(self, due: DueMessage, outcome: DeliveryOutcome) -> MessageState:
        """Store the outcome of a try and return the new state of the message."""

    def stop(self, hook_id: int, why: str) -> None:
        """Stop a receiver that wants no more messages."""


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of the header ``webhook-signature``: HMAC-SHA256 over id, timestamp and body.

    *timestamp* is in seconds since 1970. Source: Standard Webhooks 1.0, symmetric signatures.
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


class Sender:
    """Sends single messages. *private* allows private networks. *seconds* is the longest time for one try."""

    def __init__(self, *, private: bool, seconds: float = SECONDS) -> None:
        self._private, self._seconds = private, seconds
        # No connection is reused: an address is checked for one name, and may serve another name as well.
        self._client = httpx2.AsyncClient(
            verify=ssl.create_default_context(),
            timeout=seconds,
            follow_redirects=False,
            trust_env=False,
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, due: DueMessage) -> DeliveryOutcome:
        """Try once to send a message and return the outcome. A failure of the receiver raises nothing."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._send(due)
        except (TimeoutError, httpx2.TimeoutException):
            return DeliveryOutcome(is_delivered=False, what=f"No response within {self._seconds:g} seconds.")
        except PolicyError:
            return DeliveryOutcome(
                is_delivered=False, what="The address is in a private network, to which nothing is sent."
            )
        except (OSError, UnicodeError):
            return DeliveryOutcome(is_delivered=False, what="The host name has no address.")
        except httpx2.ConnectError:
            return DeliveryOutcome(is_delivered=False, what="No connection could be made.")
        except httpx2.HTTPError as error:
            return DeliveryOutcome(is_delivered=False, what=f"The response could not be read ({type(error).__name__}).")

    async def _send(self, due: DueMessage) -> DeliveryOutcome:
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
        """Return the addresses of *host*. The connection uses one of these, without a second name lookup.

        A second lookup could give another address than the one that was checked (DNS rebinding).
        """
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._private and not all(map(is_public, addresses)):
            raise PolicyError("the receiver is in a private network", where="webhooks")
        return addresses[:_TRIED_ADDRESSES]

    async def _post(self, due: DueMessage, parts: SplitResult, address: str) -> DeliveryOutcome:
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
        # The certificate must be for the name, although the connection is made to the address.
        asked = {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}
        async with self._client.stream(
            "POST", place.geturl(), content=body, headers=headers, extensions=asked
        ) as answer:
            return _outcome(answer.status_code, answer.headers.get("retry-after", ""))


def _outcome(status: int, retry_after: str) -> DeliveryOutcome:
    seconds = int(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 8 else 0
    if 200 <= status < 300:
        return DeliveryOutcome(is_delivered=True, what=f"Accepted ({status}).")
    if 300 <= status < 400:
        return DeliveryOutcome(is_delivered=False, what=f"Redirected ({status}); redirects are not followed.")
    if status == 410:
        return DeliveryOutcome(is_delivered=False, what="The receiver wants no more messages (410).", is_gone=True)
    return DeliveryOutcome(is_delivered=False, what=f"The response was {status}.", wait=timedelta(seconds=seconds))


async def deliver(queue: MessageQueue, sender: Sender) -> Counter[MessageState]:
    """Claim some due messages and try each once, all at the same time; return the number of messages by new state."""
    batch = await asyncio.to_thread(queue.claim)
    return Counter(await asyncio.gather(*(_try(queue, sender, due) for due in batch)))


async def _try(queue: MessageQueue, sender: Sender, due: DueMessage) -> MessageState:
    outcome = await sender.send(due)
    state = await asyncio.to_thread(queue.settle, due, outcome)
    if outcome.is_gone:
        await asyncio.to_thread(queue.stop, due.hook_id, outcome.what)
    return state


def deliver_all(queue: MessageQueue, settings: ConsoleSettings) -> Counter[MessageState]:
    """Try every due message once and return the number of messages by new state."""

    async def work() -> Counter[MessageState]:
        sender, total = Sender(private=settings.webhooks_to_private), Counter[MessageState]()
        try:
            while done := await deliver(queue, sender):
                total += done
        finally:
            await sender.close()
        return total

    return asyncio.run(work())


@asynccontextmanager
async def in_background(queue: MessageQueue, settings: ConsoleSettings, pause: float = _PAUSE_S) -> AsyncIterator[None]:
    """Deliver messages while the block runs. *pause* is the time in seconds between two looks at an empty queue."""
    sender = Sender(private=settings.webhooks_to_private)
    task = asyncio.create_task(_keep_delivering(queue, sender, pause))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await sender.close()


async def _keep_delivering(queue: MessageQueue, sender: Sender, pause: float) -> None:
    while True:
        try:
            done = await deliver(queue, sender)
        except Exception as error:  # noqa: BLE001 - the next round tries again after any error
            # The text of the error may name a receiver or a person, so only its class is logged.
            _log.error("delivering webhooks: %s", type(error).__name__)
            done = Counter()
        if not done:
            await asyncio.sleep(pause)
