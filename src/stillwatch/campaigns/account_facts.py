"""Reads what the provider knows of accounts: payers, devices, phones, names, verification, openings and closures.

These are facts and not links: a value is kept however many accounts hold it, because one card for all accounts of a
group is the plainest sign of one customer.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.campaigns.content import Floats, Ints, spans
from stillwatch.campaigns.population import Population
from stillwatch.engine import Engine, Frame

__all__ = ["DEVICE", "DOMAIN", "MEANS", "PAYMENT", "AccountFacts", "read"]

PAYMENT, DEVICE, PHONE, DOMAIN = range(4)
_NAMES = ("payment_fingerprint", "device_fingerprint", "phone_digest", "email_domain")
"""Attributes whose values several accounts can hold, by code."""
MEANS = (PAYMENT, DEVICE, PHONE)
"""Means that cost money or effort, and that one operator has to reuse."""

_HELD = """
    SELECT DISTINCT t.account_id, t.name, t.value
    FROM attributes AS t
    JOIN activity AS a ON a.account_id = t.account_id
    WHERE t.name IN ('payment_fingerprint', 'device_fingerprint', 'phone_digest', 'email_domain') AND t.value <> ''
"""
_KNOWN = """
    SELECT t.account_id,
        MAX(CASE WHEN t.name = 'verification' AND t.value = 'business' THEN 1 ELSE 0 END) AS is_business,
        MIN(CASE WHEN t.name = 'created_at' THEN t.value END) AS created_at,
        MAX(CASE WHEN t.name = 'closed_at' THEN t.value END) AS closed_at
    FROM attributes AS t
    JOIN activity AS a ON a.account_id = t.account_id
    WHERE t.name IN ('verification', 'created_at', 'closed_at')
    GROUP BY t.account_id
"""


@dataclass(frozen=True)
class AccountFacts:
    """Facts of all accounts of a population, by position.

    ``account``, ``kind`` and ``value`` have one entry per value held, in the order of accounts; values of different
    kinds have different codes. ``opened`` and ``closed`` are seconds since 1970, NaN where unknown.
    """

    account: Ints
    kind: Ints
    value: Ints
    n_holders: Ints
    """Accounts that hold each value, by code."""
    is_business: npt.NDArray[np.bool_]
    """Whether the provider verified a business."""
    opened: Floats
    closed: Floats

    @cached_property
    def _start(self) -> Ints:
        return np.searchsorted(self.account, np.arange(len(self.opened) + 1))

    def of(self, members: Ints) -> Ints:
        """Return the positions of what *members* hold in ``account``, ``kind`` and ``value``."""
        return spans(self._start, members)


def read(engine: Engine, *, attributes: Frame, activity: Frame, population: Population) -> AccountFacts:
    """Return the facts of *population* in *attributes* (schema ``tables.ATTRIBUTES``)."""
    held = engine.arrow(engine.query(_HELD, attributes=attributes, activity=activity)).read_all()
    account = population.places(held.column("account_id").combine_chunks())
    names = held.column("name").combine_chunks().dictionary_encode()
    code = np.array([_NAMES.index(name) for name in names.dictionary.to_pylist()], np.int64)
    kind = code[names.indices.to_numpy()] if len(code) else np.empty(0, np.int64)
    text = _ranks(held.column("value").combine_chunks())
    value = np.unique(text * len(_NAMES) + kind, return_inverse=True)[1]
    order = np.lexsort((value, kind, account))
    known = engine.arrow(engine.query(_KNOWN, attributes=attributes, activity=activity)).read_all()
    place = population.places(known.column("account_id").combine_chunks())
    size = len(population)
    is_business = np.zeros(size, bool)
    is_business[place] = known.column("is_business").to_numpy() > 0
    opened, closed = np.full(size, np.nan), np.full(size, np.nan)
    opened[place], closed[place] = (_seconds(known.column(name)) for name in ("created_at", "closed_at"))
    n_holders = np.bincount(value) if len(value) else np.zeros(0, np.int64)
    return AccountFacts(account[order], kind[order], value[order], n_holders, is_business, opened, closed)


def _ranks(texts: pa.Array) -> Ints:
    """Return the rank of each text among all different ones, so that no code depends on the order of rows."""
    coded = texts.dictionary_encode()
    order = pc.sort_indices(coded.dictionary).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[coded.indices.to_numpy()])


def _seconds(column: pa.ChunkedArray) -> Floats:
    """Return ISO 8601 times as seconds since 1970; NaN where there is none or none that can be read."""
    return np.array([_moment(text) for text in column.to_pylist()], np.float64)


def _moment(text: str | None) -> float:
    """Return *text* in seconds since 1970; a time without a zone is one in UTC, on every machine."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return np.nan
    if moment is None:
        return np.nan
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
