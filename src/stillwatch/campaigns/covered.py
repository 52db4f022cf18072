"""Tests groups whose worklist is only part of what each account asks: found in one half, tested in the other.

Communities of accounts that spread alike over topics are the first guess. Most are people with an interest in common;
they differ within its topics by far more than sampling does, and a look at half of their prompts sorts them out. What
remains is tested, within the topics of the list, on the half that had no part in it, and refined by likelihood on both.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from stillwatch.campaigns import distance
from stillwatch.campaigns.common_part import CommonPart, begin, nearest, weigh
from stillwatch.campaigns.content import Content, Floats, Ints
from stillwatch.campaigns.coordination import LEAST_P
from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.grouping import Seed, communities
from stillwatch.campaigns.membership import Asks, content_nats
from stillwatch.campaigns.part_contents import PartContent, Selection
from stillwatch.campaigns.resemblances import resemblances
from stillwatch.campaigns.sameness import Ground, Sameness
from stillwatch.campaigns.spread import Cells, Everybody, Spread, largest
from stillwatch.engine import in_order
from stillwatch.model import Family
from stillwatch.settings import CampaignsSettings

__all__ = ["Common", "Covered", "CoveredSearch", "Reader"]

Reader = Callable[[Selection], PartContent]

_RESOLUTIONS = (5.0, 20.0)
"""Of the community search: at one alone, a campaign a hundredth of the population is swallowed or torn apart."""
_OUTSIDERS = 100
"""Accounts outside a group, those with most prompts in its topics, that say how far honest people differ there."""
_SCREENED, _TESTED = 120, 400
"""Members whose prompts are looked at, at equal steps, to screen a guess and to test a group: enough for a mean."""
_PAIRS = 3000
_HOPEFUL = 0.4
"""Sameness in the half that formed a group below which its members visibly have tastes of their own."""
_STRANGERS = 0.3
"""Most of a guess that may be taken for accounts that merely touch the same topics."""
_COVERED = 0.85
"""Share of its prompts within the topics of a list up to which an account asks of other things too."""
_ALIKE = 0.7
"""Overlap of members from which two grown groups are one."""
_FLOOR, _CEILING = -8.0, 40.0
_AT_A_TIME = 4
"""Guesses looked at side by side, at most: nearly half of a look holds the interpreter's lock."""


@dataclass(frozen=True)
class Covered:
    """A group found in one half of the exchanges, and the test of its members' sameness in the other."""

    part: CommonPart
    half: int
    """The half that tested it."""
    same: Sameness | None

    @property
    def members(self) -> Ints:
        """Return who was found to draw from the list."""
        return self.part.members

    @property
    def p_value(self) -> float:
        """Return the p-value of the test; 1 where too little is known."""
        return max(self.same.p_value, LEAST_P) if self.same is not None else 1.0


@dataclass(frozen=True)
class Common:
    """What the members of a group that was refined have in common: the list, the cells of theirs that are not of it
    (account and topic, two columns), and what they ask within it.
    """

    part: CommonPart
    own_cells: Ints
    accounts: Ints
    """Those members whose prompts were looked at."""
    ground: Ground
    """What they ask within the list."""
    inside: float
    """Share of a member's prompts that falls into the topics of the list, at the median."""

    @cached_property
    def same(self) -> Sameness | None:
        """How far the members differ within the list."""
        return self.ground.sameness()

    @property
    def tells(self) -> bool:
        """Return whether members were shown to ask alike within the list, and ask of other things too.

        Who asks of nothing else is judged by all it asks: within topics that were chosen because members share them,
        the readers of one public list look like one hand.
        """
        return self.same is not None and self.same.tells and self.inside <= _COVERED


class CoveredSearch:
    """Finds and tests groups with a common part; *read* looks at prints (:meth:`part_contents.Placed.read`), and
    *suspects* leaves out of accounts those that may belong to no group. Guesses are looked at by *threads* threads
    (0 is one per core), which change nothing of what is found.
    """

    def __init__(
        self,
        spread: Spread,
        tastes: Tastes,
        read: Reader,
        settings: CampaignsSettings,
        suspects: Callable[[Ints], Ints] = np.asarray,
        *,
        threads: int = 1,
    ) -> None:
        self._spread, self._tastes, self._read, self._settings = spread, tastes, read, settings
        self._suspects, self._threads = suspects, min(threads or os.cpu_count() or 1, _AT_A_TIME)
        self._everybody = tuple(Everybody(cells) for cells in spread)

    @property
    def cells(self) -> Cells:
        """Return the different prompts per account and topic, of both halves."""
        return self._spread.whole

    def tested(self, seeds: Sequence[Seed]) -> list[Covered]:
        """Return every group that was tested; *seeds* are groups that traces formed, as further guesses."""
        return [
            found
            for half in (0, 1)
            for found in in_order(self._hopeful(half, seeds), partial(self._tested, 1 - half), self._threads)
        ]

    def _tested(self, half: int, part: CommonPart) -> Covered:
        """Return the test, in *half*, of a part that the other half formed."""
        content = self._content(part, 1 - half, _TESTED)
        return Covered(part, half, self._ground(part, content, content.half(half)).sameness())

    def nats(self, part: CommonPart, accounts: Ints) -> Asks:
        """Return how to weigh whether *accounts* draw from the list that members have in common; on both halves.

        The list is learned again from the members, starting from that of *part*. Which topics an account touches says
        that it may draw from the list; what it asks within them, whether it does or is merely at home there.
        """
        cells, everybody = self._spread.whole, self._everybody[2]
        silent = np.where(np.diff(cells.start) > 0, _FLOOR, 0.0)
        read: list[PartContent] = []

        def asks(at: Ints) -> Floats:
            members, result = accounts[at], silent.copy()
            weighed, nats = weigh(cells, everybody, members, part)
            if len(weighed) == 0:
                return result[accounts]
            if not read or not np.isin(members, read[0].accounts).all():
                read[:] = [self._read(self._selection(part, cells, np.union1d(weighed, members)))]
            within = np.zeros(len(cells))
            content = read[0]
            within[content.accounts] = content_nats(content.whole, self._tastes, content.of(members))
            result[weighed] = np.clip(nats + within[weighed], _FLOOR, _CEILING)
            return result[accounts]

        return asks

    def near(self, part: CommonPart) -> Ints:
        """Return the accounts whose topics leave them a chance to draw from the list of *part*; on both halves."""
        return nearest(self._spread.whole, self._everybody[2], part)

    def common(self, part: CommonPart, members: Ints) -> Common:
        """Return what *members* have in common of *part*, by both halves."""
        part, cells = part.of(members), self._spread.whole
        content = self._content(part, 2, _TESTED)
        own, looked_at = _own(cells, part, members), content.accounts[content.of(members)]
        return Common(part, own, looked_at, self._ground(part, content, content.whole), _inside(cells, part))

    def _hopeful(self, half: int, seeds: Sequence[Seed]) -> list[CommonPart]:
        """Return what is left of the guesses of *half* when their members' tastes have been looked at, each once."""
        looked_at = in_order(self._guesses(half, seeds), partial(self._screened, half), self._threads)
        return _unlike([part for part in looked_at if part is not None])

    def _guesses(self, half: int, seeds: Sequence[Seed]) -> list[Ints]:
        """Return groups that may draw from one list: those that traces formed, and those that spread over topics alike
        in *half*.
        """
        cells, settings = self._spread.halves[half], self._settings
        guesses = [seed.members for seed in seeds if seed.family != Family.CONTENT]
        edges = resemblances(cells, seed=settings.seed, threads=self._threads)
        for resolution in _RESOLUTIONS:
            found = communities(*edges, limit=len(cells), seed=settings.seed, resolution=resolution)
            guesses += [self._suspects(guess) for guess in found]
        return list({guess.tobytes(): guess for guess in guesses if len(guess) >= settings.min_accounts}.values())

    def _screened(self, half: int, guess: Ints) -> CommonPart | None:
        """Return what *guess* has in common in *half*; None where its members visibly have tastes of their own."""
        part = begin(self._spread.halves[half], self._everybody[half], guess)
        if part is None or not len(part.topics):
            return None
        content = self._content(part, half, _SCREENED)
        formed = content.half(half)
        same = self._ground(part, content, formed).sameness()
        return self._trimmed(part, content, formed) if same is not None and same.share >= _HOPEFUL else None

    def _trimmed(self, part: CommonPart, content: PartContent, formed: Content) -> CommonPart:
        """Return *part* without those members looked at who ask otherwise in the half that formed it.

        A community takes in a few accounts that touch the same topics, and the test is about a mean.
        """
        looked_at = content.of(part.members)
        nats = content_nats(formed, self._tastes, looked_at)[looked_at]
        worst = np.argsort(nats, kind="stable")[: int(_STRANGERS * len(looked_at))]
        others = content.accounts[looked_at[worst[nats[worst] < 0]]]
        return part.of(np.setdiff1d(part.members, others)) if len(others) else part

    def _content(self, part: CommonPart, half: int, most: int) -> PartContent:
        """Return the content of up to *most* members of *part*, and of outsiders.

        Cells of their own taste, by *half* (2: both), are left out.
        """
        cells = (*self._spread,)[half]
        looked_at = part.members[:: -(-len(part.members) // most)]
        accounts = np.concatenate((looked_at, _outsiders(cells, part)))
        return self._read(self._selection(part, cells, accounts))

    def _selection(self, part: CommonPart, cells: Cells, accounts: Ints) -> Selection:
        return Selection(accounts, part.topics, _own(cells, part, accounts))

    def _ground(self, part: CommonPart, content: PartContent, tested: Content) -> Ground:
        members = content.of(part.members)
        outside = np.setdiff1d(np.arange(len(content.accounts)), members)
        tastes = distance.fit(content.whole.of_accounts(outside), self._tastes.noise, usual=self._tastes, pairs=_PAIRS)
        return Ground.of(tested, members, tastes)


def _own(cells: Cells, part: CommonPart, accounts: Ints) -> Ints:
    """Return account and topic, as two rows, where *accounts* ask of their own within the topics of the list."""
    listed = np.zeros(cells.n_topics, bool)
    listed[part.topics] = True
    own = part.own_cells(cells, accounts)
    own = own[listed[cells.topic[own]]]
    return np.stack((cells.account[own], cells.topic[own]))


def _outsiders(cells: Cells, part: CommonPart) -> Ints:
    """Return the accounts outside the group, of those that are asked, with most prompts in its topics, most first."""
    inside, step = cells.in_topics(part.topics), cells.step
    asked = cells.account[inside] // step
    busy = np.bincount(asked, weights=cells.count[inside], minlength=-(-len(cells) // step))
    busy[part.members[part.members % step == 0] // step] = 0
    some = largest(busy, _OUTSIDERS)
    some = some[busy[some] > 0]
    return some[np.argsort(-busy[some], kind="stable")] * step


def _inside(cells: Cells, part: CommonPart) -> float:
    own = cells.rows(part.members)
    account, count = cells.account[own], cells.count[own]
    of_list = np.isin(cells.topic[own], part.topics)
    total = np.bincount(account, weights=count, minlength=len(cells))[part.members]
    within = np.bincount(account[of_list], weights=count[of_list], minlength=len(cells))[part.members]
    return float(np.median(within / np.maximum(total, 1)))


def _unlike(parts: list[CommonPart]) -> list[CommonPart]:
    """Return *parts*, largest first, without those that are nearly one that stands before them."""
    kept: list[CommonPart] = []
    # Whom a part has nobody in common with it cannot be like: only those that hold one of its members are looked at.
    holding: dict[int, list[int]] = {}
    for part in sorted(parts, key=lambda p: (-len(p.members), p.members.tolist())):
        members = part.members.tolist()
        common = Counter(place for member in members for place in holding.get(member, ()))
        # What stands before is as large or larger.
        if any(n / len(kept[place].members) > _ALIKE for place, n in common.items()):
            continue
        for member in members:
            holding.setdefault(member, []).append(len(kept))
        kept.append(part)
    return kept
