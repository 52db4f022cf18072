"""Token buckets: how many requests of an account a throttle lets pass, in this process or shared by all replicas."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

__all__ = ["BucketRate", "Buckets", "LocalBuckets"]

_MOST_KEPT = 200_000
"""Buckets that a process keeps. The one that was used the longest ago goes first; it is full again by then."""


@dataclass(frozen=True, slots=True)
class BucketRate:
    """Tokens per second, and the most that a bucket holds."""

    per_s: float
    burst: float


class Buckets(Protocol):
    """Takes one token from the bucket of a key."""

    def take(self, key: str, rate: BucketRate) -> float:
        """Return 0 where a token was there, and otherwise the seconds until there is one. Raises nothing."""
        ...


class LocalBuckets:
    """Buckets in this process. Each of *replicas* lets its part of the rate pass; *clock* counts seconds."""

    def __init__(self, replicas: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self._replicas = replicas
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, rate: BucketRate) -> float:
        """Take a token. The part of a replica is never less than one token at once."""
        per_s, burst = rate.per_s / self._replicas, max(1.0, rate.burst / self._replicas)
        with self._lock:
            now = self._clock()
            tokens, since = self._kept.pop(key, (burst, now))
            tokens = min(burst, tokens + max(0.0, now - since) * per_s)
            taken = tokens >= 1.0
            self._kept[key] = (tokens - 1.0 if taken else tokens, now)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return 0.0 if taken else (1.0 - tokens) / per_s
