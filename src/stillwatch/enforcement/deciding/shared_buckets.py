"""Token buckets in Valkey, shared by every replica of a gateway; in this process where Valkey does not answer."""

import time
from collections.abc import Callable
from typing import Any, Protocol

from stillwatch.enforcement.deciding.buckets import BucketRate, LocalBuckets
from stillwatch.errors import SettingsError

try:
    import valkey
except ImportError:  # an extra: without it throttles are counted in the process
    valkey = None  # type: ignore[assignment]

__all__ = ["SharedBuckets", "connect"]

_TAKE = """
local burst, per_s = tonumber(ARGV[1]), tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'since')
local tokens, since = tonumber(kept[1]) or burst, tonumber(kept[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - since) * per_s)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / per_s end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'since', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / per_s * 1000) + 1000)
return tostring(wait)
"""
"""One bucket, in one step of the server and by its clock. It goes once it would be full again."""
_TIMEOUT_S = 0.01
"""Seconds that one answer of the server may take: less than half of the 25 ms that a decision has."""
_PAUSE_S = 1.0
"""Seconds without a question after a failure, so that one that hangs costs one request its time, and not each."""


class ScriptClient(Protocol):
    """The part of a Valkey or Redis client that is used."""

    def register_script(self, script: str) -> Callable[..., Any]:
        """Return a function that runs *script* with ``keys`` and ``args``."""
        ...


def connect(url: str, fallback: LocalBuckets) -> "SharedBuckets":
    """Return the buckets in the Valkey or Redis at *url*, such as ``valkey://HOST:6379/0``.

    Nothing is asked of the server yet. Raises ``SettingsError`` where the extra is missing, or for another kind of URL.
    """
    if valkey is None:
        raise SettingsError("throttles in Valkey need an extra", where="Valkey", remedy="Install stillwatch[gateway].")
    try:
        client = valkey.Valkey.from_url(
            url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S, retry=None, health_check_interval=0
        )
    except ValueError:  # its message quotes the address, which may hold a password
        raise SettingsError(
            "not an address of a Valkey server", where="Valkey", remedy="Write valkey://HOST:6379/0."
        ) from None
    return SharedBuckets(client, fallback, (valkey.ValkeyError, OSError))


class SharedBuckets:
    """Buckets in Valkey over *client*, whose timeouts are the caller's. *failures* are the errors of the client.

    Where Valkey fails, each replica lets its part of the rate pass, and asks again a second later.
    """

    def __init__(
        self,
        client: ScriptClient,
        fallback: LocalBuckets,
        failures: tuple[type[Exception], ...],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._take = client.register_script(_TAKE)
        self._fallback = fallback
        self._failures = failures
        self._clock = clock
        self._silent_until = 0.0
        self.n_failures = 0

    def take(self, key: str, rate: BucketRate) -> float:
        """Take a token; see ``Buckets.take``."""
        if self._clock() >= self._silent_until:
            try:
                return float(self._take(keys=[f"stillwatch:{key}"], args=[rate.burst, rate.per_s]))
            except self._failures:
                self._silent_until = self._clock() + _PAUSE_S
                self.n_failures += 1
        return self._fallback.take(key, rate)
