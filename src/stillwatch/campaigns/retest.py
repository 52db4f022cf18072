"""Tests a campaign again without some of its members, from the tables that the scan left.

Only coordination is tested again. Who is accountable, what the model is used for, and the false discovery rate need a
scan: only a scan reads prompts and facts, and only a scan tests every group.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.campaigns.content import Content, Floats
from stillwatch.campaigns.coordination import (
    CROSSING,
    LEAST_P,
    MAX_BITS,
    TYING_BITS,
    Everywhere,
    Held,
    Shared,
    coordination,
    crossed,
    shared,
    ties,
)
from stillwatch.campaigns.sameness import Ground, Sameness
from stillwatch.errors import InputError
from stillwatch.model import EvidenceChange, Family, Reason, ReasonKind, Retest, RetestVerdict
from stillwatch.settings import CampaignsSettings

__all__ = ["prepare_retest"]

_SAMENESS = "same_worklist"
_REMEDY = "Scan again with this version."
_FEW = "fewer accounts are left than a campaign has (campaigns.min_accounts)"
_WEAK = "what is left does not act as one as clearly as a campaign must (campaigns.min_coordination)"
_ALONE = "one family of evidence is left, and nothing that did not form the group confirms it"


def prepare_retest(
    grounds: pa.Table, bonds: pa.Table, everywhere: Mapping[str, Any]
) -> Callable[[Collection[str], CampaignsSettings], Retest]:
    """Return a function that tests one campaign without some of its accounts; call it as often as needed.

    *grounds* (``tables.GROUNDS``) and *bonds* (``tables.BONDS``) hold the rows of that campaign. *everywhere* is the
    entry of that name in the summary of the scan. The function takes the account ids to leave out and the settings.
    Preparing takes longer than one test. Raises ``InputError`` where *everywhere* or *grounds* cannot be used.
    """
    return _FirstKey(grounds, bonds, everywhere).without


@dataclass(frozen=True)
class _Tests:
    same: Sameness | None
    shared: list[Shared]

    @property
    def dial(self) -> float:
        return coordination(self.same, self.shared)


class _FirstKey:
    """The first key of one campaign, as the last scan left it: tested with all its members, or without some.

    *grounds* (``tables.GROUNDS``) and *bonds* (``tables.BONDS``) are of that campaign, *everywhere* is the summary's
    ``everywhere``; ``InputError`` where that says nothing.
    """

    def __init__(self, grounds: pa.Table, bonds: pa.Table, everywhere: Mapping[str, Any]) -> None:
        self._names = grounds.column("account_id").to_pylist()
        self._everywhere = _everywhere(everywhere)
        self._compared = np.flatnonzero(grounds.column("n").to_numpy() > 0)
        self._means = _vectors(grounds.column("mean").take(pa.array(self._compared)).to_pylist())
        self._alone = _alone(grounds.column("alone").to_pylist(), self._everywhere.signals)
        self._grounds = grounds.drop_columns(["mean", "alone"])
        place = {name: i for i, name in enumerate(self._names)}
        code = {signal: i for i, signal in enumerate(self._everywhere.signals)}
        # A value of which nobody knows how common it is says nothing.
        told = pc.and_(pc.is_in(bonds["signal"], pa.array(list(code), pa.string())), pc.is_valid(bonds["n_holders"]))
        known = bonds.filter(pc.and_(told, pc.is_in(bonds["account_id"], pa.array(self._names, pa.string()))))
        account = np.array([place[name] for name in known.column("account_id").to_pylist()], np.int64)
        signal = np.array([code[name] for name in known.column("signal").to_pylist()], np.int64)
        hub = known.column("hub").combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
        holders = known.column("n_holders").to_numpy()
        self._unit = grounds.column("unit").to_numpy()
        self._held = Held(account, self._unit[account], hub.astype(np.int64), signal, holders)
        kinds = zip(self._everywhere.signals, self._everywhere.families, strict=True)
        speaking = np.array([family == Family.IDENTITY and ties(name, family) for name, family in kinds], bool)
        self._ties = speaking[signal] & (known.column("bits").to_numpy() >= TYING_BITS) & (holders >= 2)

    def without(self, removed: Collection[str], settings: CampaignsSettings) -> Retest:
        """Return what is left without the accounts in *removed*.

        They count among the strangers from then on: a value that they hold is one that others hold, too.
        """
        gone = frozenset(removed)
        out = np.array([name in gone for name in self._names], bool)
        left = self._tests(~out)
        why = _missing(int((~out).sum()), left, settings)
        return Retest(
            verdict=RetestVerdict.FALLS if why else RetestVerdict.STANDS,
            why=why,
            n_accounts=int((~out).sum()),
            n_removed=int(out.sum()),
            coordination_before=self._whole.dial,
            coordination_after=left.dial,
            lines=_lines(self._whole, left),
        )

    @cached_property
    def _whole(self) -> _Tests:
        return self._tests(np.ones(len(self._names), bool))

    def _tests(self, chosen: npt.NDArray[np.bool_]) -> _Tests:
        """Return the tests of the members that *chosen* (one flag each) holds of."""
        n = int(chosen.sum())
        own = chosen[self._held.account]
        held = self._held.only(own)
        pairs, squares, values = self._alone[chosen].sum(axis=0)
        # A value that one of them holds with strangers counts among the strangers' as often as they hold it.
        everywhere = replace(
            self._everywhere, pairs=self._everywhere.pairs - pairs, squares=self._everywhere.squares - squares,
            n_shared=self._everywhere.n_shared - values.astype(np.int64),
        )  # fmt: skip
        tests = shared(everywhere, held, n, len(np.unique(self._unit[chosen]))) if n else []
        is_tied, is_crossing, n_alone = (
            self._grounds.column(name).to_numpy()[chosen] for name in ("is_tied", "is_crossing", "n_ties_alone")
        )
        crossing = crossed(
            self._everywhere, n_accounts=n, n_tied=int(is_tied.sum()), n_crossing=int(is_crossing.sum()),
            n_values=len(np.unique(self._held.hub[own & self._ties])) + int(n_alone.sum()),
        )  # fmt: skip
        return _Tests(self._ground(chosen).sameness(), [*tests, *([crossing] if crossing.tells else [])])

    def _ground(self, chosen: npt.NDArray[np.bool_]) -> Ground:
        known = chosen[self._compared]
        n, spread, noise = (self._grounds.column(name).to_numpy()[self._compared] for name in ("n", "spread", "noise"))
        # How alike an account's own prompts are is no part of the test of a group.
        nothing = np.zeros(int(known.sum()))
        content = Content(n[known], self._means[known].astype(np.float32), nothing, spread[known], noise[known])
        constants = self._grounds.select(["honest_distance", "honest_spread", "noise_factor"]).slice(0, 1).to_pylist()
        return Ground(content, *constants[0].values())


def _missing(n_accounts: int, left: _Tests, settings: CampaignsSettings) -> str:
    if n_accounts < settings.min_accounts:
        return _FEW
    if left.dial < settings.min_coordination:
        return _WEAK
    families = {test.reason.family for test in left.shared if test.tells}
    asks_alike = left.same is not None and left.same.tells
    confirmed = len(families) > 1 or any(test.tells and test.reason.signal == CROSSING for test in left.shared)
    return "" if asks_alike or confirmed else _ALONE


def _vectors(packed: list[bytes | None]) -> npt.NDArray[np.float16]:
    width = len(packed[0] or b"") // 2 if packed else 0
    if any(vector is None or len(vector) != 2 * width for vector in packed):
        raise InputError("vectors of different lengths", where="grounds.parquet: mean", remedy=_REMEDY)
    return np.frombuffer(b"".join(vector for vector in packed if vector), "<f2").reshape(len(packed), width)


def _alone(rows: list[list[dict[str, Any]]], signals: list[str]) -> Floats:
    """Return pairs, squares and values that members hold alone, (members, 3, signals)."""
    code = {signal: i for i, signal in enumerate(signals)}
    found = np.zeros((len(rows), 3, len(signals)))
    for member, row in enumerate(rows):
        for one in row or ():
            if one["signal"] in code:
                found[member, :, code[one["signal"]]] = one["pairs"], one["squares"], one["n"]
    return found


def _everywhere(plain: Mapping[str, Any]) -> Everywhere:
    try:
        rows = plain["signals"]
        return Everywhere(
            n_units=int(plain["n_units"]),
            n_tied=int(plain["n_tied"]),
            n_crossing=int(plain["n_crossing"]),
            signals=[str(row["signal"]) for row in rows],
            families=[str(row["family"]) for row in rows],
            pairs=np.array([row["pairs"] for row in rows], np.float64),
            squares=np.array([row["squares"] for row in rows], np.float64),
            n_shared=np.array([row["n_shared"] for row in rows], np.int64),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            "the scan does not say how much strangers share",
            where="summary.json: everywhere",
            remedy=_REMEDY,
        ) from error


def _lines(before: _Tests, after: _Tests) -> tuple[EvidenceChange, ...]:
    then, now = _told(before), _told(after)
    lines = []
    for key in [*then, *(key for key in now if key not in then)]:
        old, new = then.get(key), now.get(key)
        said = old or new
        if said is None:
            continue
        expected = (new or said).expected
        lines.append(
            EvidenceChange(
                signal=said.signal, family=said.family, expected=expected,
                before=old.observed if old else 0.0, after=new.observed if new else 0.0,
                bits_before=old.value if old else 0.0, bits_after=new.value if new else 0.0,
            )
        )  # fmt: skip
    return tuple(lines)


def _told(tests: _Tests) -> dict[tuple[str, str], Reason]:
    found = [test.reason for test in tests.shared if test.tells]
    if tests.same is not None and tests.same.tells:
        value = float(-np.log2(max(tests.same.p_value, LEAST_P))) + 0.0
        kind = ReasonKind.NEG_LOG2_P
        found.append(Reason(_SAMENESS, Family.CONTENT, kind, tests.same.expected, tests.same.observed, value, MAX_BITS))
    return {(reason.signal, reason.family): reason for reason in sorted(found, key=lambda r: (-r.value, r.signal))}
