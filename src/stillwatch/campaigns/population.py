"""The accounts of a scan as arrays, in an order that does not depend on their names."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.campaigns.content import SCALE, Content, Floats, Halves, Ints, Vectors, some_of
from stillwatch.engine.kernels import njit
from stillwatch.model import CAPABILITIES

__all__ = ["Population", "load"]

_AT_ONCE = 8192
_ORDER = ("first_at", "last_at", "n_exchanges", "output_tokens")
"""Columns by which accounts are put in order."""


@dataclass(frozen=True)
class Population:
    """Accounts as arrays of one length; the content of either half of the exchanges (0 or 1) stands by itself."""

    accounts: list[str]
    unit: Ints
    """Who pays, as a code: an organization that pays openly for several accounts is one unit."""
    activity: dict[str, Ints]
    """Columns of ``tables.ACTIVITY`` that are counts, and ``first_at`` and ``last_at`` in microseconds."""
    n: Ints
    """Exchanges with a content vector, (accounts, 2)."""
    norm: Ints
    """Sum of squared lengths of their vectors, (accounts, 2)."""
    square: Ints
    """Squared length of the sum of their vectors, (accounts, 3), the last of both halves."""
    mean: Vectors
    """Mean of their vectors, (2, accounts, dimensions)."""
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

    def places(self, names: pa.Array) -> Ints:
        """Return the positions of the accounts *names*, of which each is looked up once."""
        coded = names.dictionary_encode()
        place = np.array([self.index[name] for name in coded.dictionary.to_pylist()], np.int64)
        return place[coded.indices.to_numpy()] if len(place) else place

    def suspects(self, accounts: Ints) -> Ints:
        """Return those of *accounts* that may belong to a group."""
        return accounts[~self.is_cleared[accounts]]

    @cached_property
    def variety(self) -> Floats:
        """Different prompts per prompt: an account that repeats itself has said less than its exchanges count."""
        return np.maximum(self.activity["n_different"], 1) / np.maximum(self.activity["n_prompts"], 1)

    @cached_property
    def some(self) -> Ints:
        """Accounts that speak for everybody where it need not be exact."""
        return some_of(len(self))

    @cached_property
    def has_payer(self) -> npt.NDArray[np.bool_]:
        """Whether the account names an organization."""
        return self.unit < len(self)

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
    def whole(self) -> Content:
        """Content of all exchanges."""
        mean = Halves(self.mean[0], self.mean[1], self.n.astype(np.float32))
        return Content.of(self.n.sum(axis=1), self.norm.sum(axis=1), self.square[:, 2], mean, self.variety)

    @cached_property
    def halves(self) -> tuple[Content, Content]:
        """Content of either half, sharing the spread that the whole shows."""
        spread = self.whole.spread
        first, second = (
            Content.of(self.n[:, h], self.norm[:, h], self.square[:, h], self.mean[h], self.variety, spread)
            for h in (0, 1)
        )
        return first, second


def load(activity: pa.Table, profiles: pa.Table | pa.RecordBatchReader, cleared: Collection[str] = ()) -> Population:
    """Return the population of *activity* and merged *profiles*, of which people found *cleared* innocent.

    The order is by what accounts did, never by name: renaming accounts renames the result and nothing else.
    """
    names = activity.column("account_id").to_pylist()
    shown = [activity.column(c).cast(pa.int64()).to_numpy() for c in _ORDER]
    order = np.lexsort(shown[::-1])
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    sums = _Sums(dict(zip(names, place.tolist(), strict=True)))
    reader = profiles.to_reader(_AT_ONCE) if isinstance(profiles, pa.Table) else profiles
    for batch in reader:
        for start in range(0, len(batch), _AT_ONCE):
            sums.add(batch.slice(start, _AT_ONCE))
    # What did the same is told apart by what it asked, and only who asked the same too by name.
    told = np.stack([column[order] for column in shown])
    same = (told[:, 1:] == told[:, :-1]).all(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], same, [0]))))
    for first, last in zip(edges[::2], edges[1::2] + 1, strict=True):
        here = np.arange(first, last)
        asked = [(sums.digest(i), names[order[i]]) for i in here]
        turned = here[sorted(range(len(here)), key=asked.__getitem__)]
        sums.turn(here, turned)
        order[here] = order[turned]
    counts = {
        c.name: activity.column(c.name).to_numpy().astype(np.int64)[order]
        for c in activity.schema
        if pa.types.is_integer(c.type)
    }
    counts |= {name: column[order] for name, column in zip(_ORDER, shown, strict=True)}
    payers = activity.column("organization_id").to_pylist()
    square, mean = sums.means()
    return Population(
        accounts=[names[i] for i in order],
        unit=_units([payers[i] for i in order]),
        activity=counts,
        n=sums.n,
        norm=sums.norm,
        square=square,
        mean=mean,
        capabilities=sums.capabilities,
        is_cleared=np.array([names[i] in cleared for i in order], bool),
    )


def _units(payers: list[str | None]) -> Ints:
    codes: dict[str, int] = {}
    own = len(payers)
    return np.array(
        [own + i if payer is None else codes.setdefault(payer, len(codes)) for i, payer in enumerate(payers)], np.int64
    )


class _Sums:
    """Sums per account and half as they are read, at the places that *place* gives accounts.

    Sums of vectors, four bytes a number, become means, four bytes a number, where they stand: of a million accounts
    they are four gigabytes.
    """

    def __init__(self, place: dict[str, int]) -> None:
        self._place, size = place, len(place)
        self.n, self.norm = np.zeros((size, 2), np.int64), np.zeros((size, 2), np.int64)
        self.capabilities = np.zeros((size, len(CAPABILITIES)), np.int64)
        self._total = np.zeros((2, size, 1), np.int32)

    def add(self, rows: pa.RecordBatch) -> None:
        """Add profiles, of which there is one for an account and half."""
        if not len(rows):
            return
        width = len(rows.column("total")[0].as_py()) // 4
        if self._total.shape[2] != width:
            self._total = np.zeros((*self._total.shape[:2], width), np.int32)
        slot = np.array([self._place[name] for name in rows.column("account_id").to_pylist()], np.int64)
        half = rows.column("half").to_numpy()
        self.n[slot, half] = rows.column("n").to_numpy()
        self.norm[slot, half] = rows.column("norm").to_numpy()
        self._total[half, slot] = np.frombuffer(b"".join(rows.column("total").to_pylist()), "<i4").reshape(-1, width)
        counted = np.frombuffer(b"".join(rows.column("capabilities").to_pylist()), "<i4")
        np.add.at(self.capabilities, slot, counted.reshape(-1, len(CAPABILITIES)))

    def digest(self, at: int) -> str:
        """Return a digest of what the account at *at* asked."""
        return blake2b(self._total[:, at].tobytes(), digest_size=8).hexdigest()

    def turn(self, here: Ints, before: Ints) -> None:
        """Let what stood at *before* stand at *here*."""
        for array in (self.n, self.norm, self.capabilities):
            array[here] = array[before]
        self._total[:, here] = self._total[:, before]

    def means(self) -> tuple[Ints, Vectors]:
        """Return squared lengths (accounts, 3) and means (2, accounts, dimensions); the sums are gone."""
        total, mean = self._total, self._total.view(np.float32)
        square = np.empty((len(self.n), 3), np.int64)
        _become_means(total, SCALE * np.maximum(self.n, 1), mean, square)
        return square, mean


@njit(cache=True, nogil=True)
def _become_means(total: Any, scale: Any, mean: Any, square: Any) -> None:
    """Write the sums *total* (2, n, d) by *scale* (n, 2) to *mean*, which may be the same memory."""
    width = total.shape[2]
    kept = np.empty((2, width), np.int64)
    for i in range(total.shape[1]):
        first, second, both = np.int64(0), np.int64(0), np.int64(0)
        for d in range(width):
            a, b = np.int64(total[0, i, d]), np.int64(total[1, i, d])
            kept[0, d], kept[1, d] = a, b
            first += a * a
            second += b * b
            both += (a + b) * (a + b)
        square[i, 0], square[i, 1], square[i, 2] = first, second, both
        for half in range(2):
            for d in range(width):
                mean[half, i, d] = kept[half, d] / scale[i, half]
