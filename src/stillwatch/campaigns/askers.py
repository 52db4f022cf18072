"""Who asks what members ask: collisions of groups, of the strangers outside, and of strangers with one interest."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.campaigns import worklist
from stillwatch.campaigns.candidates import Group
from stillwatch.campaigns.content import SOME, Ints
from stillwatch.campaigns.covered import Common
from stillwatch.campaigns.neighbours import in_cells
from stillwatch.campaigns.population import Population
from stillwatch.campaigns.worklist import Collisions
from stillwatch.engine import Engine, Frame

__all__ = ["Askers"]

_CLUSTER = 25
"""Strangers of one interest, on average. A convention: the least group by content alone has about as many members."""
_MOST_CLUSTERS = 200
_ENOUGH_PROMPTS = 10
"""Prompts with a topic from which the interest of a stranger is known."""
_NOTHING = Collisions()


@dataclass(frozen=True)
class Askers:
    """The prompts of all accounts, and *outside*, the accounts of no group."""

    engine: Engine
    population: Population
    prints: Frame
    places: Frame
    outside: Ints
    seed: int

    @cached_property
    def peers(self) -> Ints:
        """Return accounts outside that speak for all of them; of a million as many do as of a smaller log."""
        return self.outside[:: max(1, -(-len(self.outside) // SOME))]

    @cached_property
    def _everybody(self) -> Collisions:
        labels = self._labelled(_pairs(self.outside, 0))
        return worklist.count(self.engine, self.prints, labels).get(0, _NOTHING)

    @cached_property
    def _clusters(self) -> Ints:
        """Rows of an account outside and its cluster of like-minded accounts."""
        known = self.peers[self.population.whole.n[self.peers] >= _ENOUGH_PROMPTS]
        some = known[:: max(1, -(-len(known) // (_CLUSTER * _MOST_CLUSTERS)))]
        if len(some) < 2 * _CLUSTER:
            return np.empty((0, 2), np.int64)
        points = np.asarray(self.population.whole.mean[some], np.float32)
        return np.stack((some, in_cells(points, len(some) // _CLUSTER, seed=self.seed)), axis=1)

    def collisions(self, groups: list[Group]) -> list[tuple[Collisions, Collisions]]:
        """Return, per group, how often prompts came up among its members and outside every group: among all accounts,
        or of some topics among the peers, who speak for them.

        Of a group with a common part only the prompts in its topics count, on both sides, and of its members only those
        that are not of the member's own taste.
        """
        whole = [_pairs(g.found.members, i) for i, g in enumerate(groups) if g.common is None]
        labels = self._labelled(np.concatenate([_pairs(self.peers[:0], 0), *whole]))
        of_whole = worklist.count(self.engine, self.prints, labels)
        result = []
        for i, group in enumerate(groups):
            if group.common is None:
                result.append((of_whole.get(i, _NOTHING), self._everybody))
                continue
            both = self._in_part(group.found.members, group.common, _pairs(self.peers, 0))
            result.append((both.get(1, _NOTHING), both.get(0, _NOTHING)))
        return result

    @cached_property
    def like_minded(self) -> list[Collisions]:
        """Return how often prompts came up among strangers with one interest, per interest.

        All that they ask counts, also beside a group within some topics: of few topics, few interests say anything.
        """
        found = worklist.count(self.engine, self.prints, self._labelled(self._clusters))
        return [found[label] for label in sorted(found)]

    def _in_part(self, members: Ints, common: Common, others: Ints) -> dict[int, Collisions]:
        """Return the collisions of *members* (label 1) and of *others* (rows of account and label) in the topics of the
        part that a group has in *common*.
        """
        labels = np.concatenate((_pairs(members, 1), others))
        topics, own = common.part.topics, common.own_cells
        left_out = self._labelled(_pairs(own[0], 1)).append_column("topic", pa.array(own[1], pa.int16()))
        each = np.unique(labels[:, 1])
        wanted = {
            "label": pa.array(np.repeat(each, len(topics))),
            "topic": pa.array(np.tile(topics, len(each)), pa.int16()),
        }
        return worklist.count_within(
            self.engine,
            self.prints,
            self._labelled(labels),
            places=self.places,
            topics=pa.table(wanted),
            left_out=left_out,
        )

    def askings(self, members: Ints) -> tuple[Ints, npt.NDArray[np.uint64]]:
        """Return the account and the hash of each different prompt that *members* asked."""
        table = worklist.askings(self.engine, self.prints, self._labelled(_pairs(members, 0)))
        account = self.population.places(table.column("account_id").combine_chunks())
        return account, table.column("prompt_hash").to_numpy()

    def _labelled(self, labels: Ints) -> pa.Table:
        names = pa.array([self.population.accounts[account] for account in labels[:, 0]], pa.string())
        return pa.table({"account_id": names, "label": pa.array(labels[:, 1], pa.int64())})


def _pairs(accounts: Ints, label: int) -> Ints:
    return np.stack((accounts, np.full(len(accounts), label, np.int64)), axis=1)
