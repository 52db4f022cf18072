"""The accounts of a scan as arrays, in an order that does not depend on their names."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from stillwatch.model import CAPABILITIES

__all__ = ["Content", "Floats", "Ints", "Population", "load"]

_SCALE = 127.0
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Population:
    """Accounts as arrays of one length; axis 1 of the content sums is the half of the exchanges (0 or 1)."""

    accounts: list[str]
    unit: Ints
    """Who pays, as a code: an organization that pays openly for several accounts is one unit."""
    activity: dict[str, Ints]
    """Columns of ``tables.ACTIVITY`` that are counts, and ``first_at`` and ``last_at`` in microseconds."""
    n: Ints
    """Exchanges with a content vector, (accounts, 2)."""
    norm: Ints
    """Sum of squared lengths of their vectors, (accounts, 2)."""
    total: npt.NDArray[np.int32]
    """Sum of their vectors, (accounts, 2, dimensions)."""
    capabilities: Ints
    """Exchanges per capability, (accounts, capabilities)."""
    is_cleared: npt.NDArray[np.bool_]
    """Whether people found the account innocent: it is in no group, and among those whom groups are compared with."""

    def __len__(self) -> int:
        return len(self.accounts)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position by account."""
        return {account: i for i, account in enumerate(self.accounts)}

    def suspects(self, accounts: Ints) -> Ints:
        """Return those of *accounts* that may belong to a group."""
        return accounts[~self.is_cleared[accounts]]

    @cached_property
    def variety(self) -> Floats:
        """Different prompts per prompt: an account that repeats itself has said less than its exchanges count."""
        return np.maximum(self.activity["n_different"], 1) / np.maximum(self.activity["n_prompts"], 1)

    @cached_property
    def unit_place(self) -> Ints:
        """Position of the account's unit among all units in order."""
        return np.unique(self.unit, return_inverse=True)[1]

    @cached_property
    def unit_size(self) -> Ints:
        """Accounts that the account's unit pays for, itself among them."""
        return np.bincount(self.unit_place)[self.unit_place]

    @cached_property
    def pace(self) -> Floats:
        """Logarithm of exchanges per active day."""
        return np.asarray(np.log(self.activity["n_exchanges"] / np.maximum(1, self.activity["n_days"])))

    @cached_property
    def whole(self) -> "Content":
        """Content of all exchanges."""
        total = self.total.sum(axis=1, dtype=np.int32)
        return Content.of(self.n.sum(axis=1), self.norm.sum(axis=1), total, self.variety)

    @cached_property
    def halves(self) -> tuple["Content", "Content"]:
        """Content of either half, sharing the spread that the whole shows."""
        spread = self.whole.spread
        first, second = (
            Content.of(self.n[:, h], self.norm[:, h], self.total[:, h], self.variety, spread) for h in (0, 1)
        )
        return first, second


@dataclass(frozen=True)
class Content:
    """What accounts asked, as mean vectors with what sampling noise does to them; vectors have length about 1."""

    n: Ints
    mean: npt.NDArray[np.float32]
    """Mean vector, (accounts, dimensions); zero where n is 0."""
    likeness: Floats
    """Squared length of the true mean, without sampling noise: how alike an account's own prompts are."""
    spread: Floats
    """Variance of an account's prompts around their mean, shrunk to the population's for short accounts."""
    noise: Floats
    """Expected squared distance of the mean from the true mean: spread by the number of different prompts."""

    def of_accounts(self, chosen: Ints) -> "Content":
        """Return the content of the accounts at the positions *chosen*."""
        return Content(
            self.n[chosen], self.mean[chosen], self.likeness[chosen], self.spread[chosen], self.noise[chosen]
        )

    @classmethod
    def of(
        cls, n: Ints, norm: Ints, total: npt.NDArray[np.int32], variety: Floats, spread: Floats | None = None
    ) -> "Content":
        """Return the content of accounts from their integer sums; *spread* where it is known from more data."""
        count = np.maximum(n, 1).astype(np.float64)
        mean, length = np.empty(total.shape, np.float32), np.empty(len(total), np.int64)
        _mean(total, _SCALE * count, mean, length)
        square = length / _SCALE**2
        own = norm / _SCALE**2
        pairs = count * (count - 1)
        likeness = np.where(n > 1, (square - own) / np.maximum(pairs, 1), np.nan)
        if spread is None:
            raw = own / count - likeness
            usual = float(np.median(raw[n >= 5])) if (n >= 5).any() else 0.9
            weight = np.where(n > 1, count / (count + 10.0), 0.0)
            spread = np.maximum(0.01, weight * np.nan_to_num(raw) + (1 - weight) * usual)
        # An account with one prompt has no likeness of its own; its noise-free squared length is unknown, so take
        # the biased one less its expected noise.
        likeness = np.where(n > 1, likeness, square / count**2 - spread / count)
        return cls(n, mean, likeness, spread, spread / np.maximum(1.0, count * np.minimum(variety, 1)))


@njit(cache=True, nogil=True)
def _mean(total: Any, scale: Any, mean: Any, square: Any) -> None:
    """Write *total* (n, d) by *scale* (n) to *mean*, and the squared length of *total* to *square*, in one pass."""
    for i in range(total.shape[0]):
        length = np.int64(0)
        for d in range(total.shape[1]):
            value = np.int64(total[i, d])
            length += value * value
            mean[i, d] = value / scale[i]
        square[i] = length


def load(activity: pa.Table, profiles: pa.Table, cleared: Collection[str] = ()) -> Population:
    """Return the population of *activity* and merged *profiles*, of which people found *cleared* innocent.

    The order is by what accounts did, never by name: renaming accounts renames the result and nothing else.
    """
    names = activity.column("account_id").to_pylist()
    n, norm, total, caps = _content(profiles, {name: i for i, name in enumerate(names)})
    first, last = (activity.column(c).cast(pa.int64()).to_numpy() for c in ("first_at", "last_at"))
    digests = [blake2b(row.tobytes(), digest_size=8).hexdigest() for row in total.reshape(len(names), -1)]
    exchanges = activity.column("n_exchanges").to_numpy()
    tokens = activity.column("output_tokens").to_numpy()
    order = sorted(range(len(names)), key=lambda i: (first[i], last[i], exchanges[i], tokens[i], digests[i], names[i]))
    counts = {
        c.name: activity.column(c.name).to_numpy().astype(np.int64)[order]
        for c in activity.schema
        if pa.types.is_integer(c.type)
    }
    counts["first_at"], counts["last_at"] = first[order], last[order]
    payers = activity.column("organization_id").to_pylist()
    return Population(
        accounts=[names[i] for i in order],
        unit=_units([payers[i] for i in order]),
        activity=counts,
        n=n[order],
        norm=norm[order],
        total=total[order],
        capabilities=caps[order],
        is_cleared=np.array([names[i] in cleared for i in order], bool),
    )


def _units(payers: list[str | None]) -> Ints:
    codes: dict[str, int] = {}
    own = len(payers)
    return np.array(
        [own + i if payer is None else codes.setdefault(payer, len(codes)) for i, payer in enumerate(payers)], np.int64
    )


def _content(profiles: pa.Table, index: dict[str, int]) -> tuple[Ints, Ints, npt.NDArray[np.int32], Ints]:
    width = len(profiles.column("total")[0].as_py()) // 4 if len(profiles) else 1
    size = len(index)
    n, norm = np.zeros((size, 2), np.int64), np.zeros((size, 2), np.int64)
    total = np.zeros((size, 2, width), np.int32)
    caps = np.zeros((size, len(CAPABILITIES)), np.int64)
    for batch in profiles.to_batches(max_chunksize=8192):
        slot = np.array([index[name] for name in batch.column("account_id").to_pylist()], np.int64)
        half = batch.column("half").to_numpy()
        n[slot, half] = batch.column("n").to_numpy()
        norm[slot, half] = batch.column("norm").to_numpy()
        total[slot, half] = np.frombuffer(b"".join(batch.column("total").to_pylist()), "<i4").reshape(-1, width)
        counted = np.frombuffer(b"".join(batch.column("capabilities").to_pylist()), "<i4")
        np.add.at(caps, slot, counted.reshape(-1, len(CAPABILITIES)))
    return n, norm, total, caps
