"""The ledger of clusters: every enterprise-year given to chain nodes by shares, and reconciled to the fen.

Clusters may overlap, some output belongs to none, and a sum of clusters is therefore not the zone. What is told is:
clusters added up, less what is counted in more than one, plus what is in none, equals the total of the returns. The
same is told with every overlap divided, so that nothing counts twice, and by output and by revenue; so it is seen
under which counting rule how many clusters pass a threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from milepost.science.apportionment import WHOLE, apportioned, divided

Numbers = NDArray[np.int64]
FEN = 100
"""Coins in a yuan."""


@dataclass(frozen=True)
class Shares:
    """Memberships as numbers: of each [m] the enterprise, the node, the node's cluster, the share in millionths."""

    owners: Numbers
    nodes: Numbers
    clusters: Numbers
    millionths: Numbers


@dataclass(frozen=True)
class Ledger:
    """One amount (output, revenue) of a year given to clusters, in fen.

    `gross` [clusters] counts an enterprise fully in each of its clusters, `net` with overlaps divided; `overlap` is
    what the sum of `gross` counts more than once, `unassigned` what no cluster has, `total` all returns. `by_node`
    [nodes] is gross. `members` [clusters] counts enterprises, `overlapping` those in more than one cluster by more
    than they have. `by_enterprise` [m] are the amounts of the single memberships, gross, `net_by_enterprise` [m] net.
    """

    total: int
    gross: Numbers
    net: Numbers
    overlap: int
    unassigned: int
    by_node: Numbers
    members: Numbers
    overlapping: int
    by_enterprise: Numbers
    net_by_enterprise: Numbers

    @property
    def difference(self) -> int:
        """What the gross statement leaves over, in fen: nothing, or the ledger is wrong."""
        return int(self.gross.sum()) - self.overlap + self.unassigned - self.total

    @property
    def net_difference(self) -> int:
        """What the net statement leaves over, in fen: nothing, or the ledger is wrong."""
        return int(self.net.sum()) + self.unassigned - self.total


def in_fen(yuan: NDArray[np.float64]) -> Numbers:
    """Give amounts in yuan as whole fen, exactly for amounts of two places up to ten trillion; missing is zero."""
    return np.asarray(np.rint(np.nan_to_num(yuan, nan=0.0) * FEN), dtype=np.int64)


def keep_ledger(amounts: Numbers, shares: Shares, clusters: int, nodes: int) -> Ledger:
    """Give the ledger of `amounts` [enterprises, fen], none of them negative.

    Raises ValueError where an amount is negative or a share out of bounds.
    """
    if (amounts < 0).any():
        raise ValueError("an output or revenue is negative")
    parts = apportioned(amounts, shares.owners, shares.millionths)
    assigned = _summed(parts, shares.owners, amounts.size)
    over = np.maximum(assigned - amounts, 0)
    net = _net(amounts, shares, parts, over)
    pairs = np.unique(np.stack([shares.owners, shares.clusters]), axis=1)
    return Ledger(
        total=int(amounts.sum()),
        gross=_summed(parts, shares.clusters, clusters),
        net=_summed(net, shares.clusters, clusters),
        overlap=int(over.sum()),
        unassigned=int(np.maximum(amounts - assigned, 0).sum()),
        by_node=_summed(parts, shares.nodes, nodes),
        members=np.bincount(pairs[1], minlength=clusters).astype(np.int64),
        overlapping=int((over > 0).sum()),
        by_enterprise=parts,
        net_by_enterprise=net,
    )


def without_largest(ledger: Ledger, shares: Shares, cluster: int, largest: int = 5) -> tuple[list[int], list[int]]:
    """Give the `largest` enterprises of a cluster by number and the cluster's gross total without each, in fen."""
    mine = shares.clusters == cluster
    owners, place = np.unique(shares.owners[mine], return_inverse=True)
    amounts = _summed(ledger.by_enterprise[mine], place.astype(np.int64), owners.size)
    order = np.argsort(-amounts, kind="stable")[:largest]
    total = int(ledger.gross[cluster])
    return [int(owners[one]) for one in order], [total - int(amounts[one]) for one in order]


def passing(ledgers: Sequence[Numbers], threshold_fen: int) -> list[int]:
    """Give for each counting rule (amounts by cluster) how many clusters reach the threshold."""
    return [int((amounts >= threshold_fen).sum()) for amounts in ledgers]


def _net(amounts: Numbers, shares: Shares, parts: Numbers, over: Numbers) -> Numbers:
    """Parts with the overlap of each enterprise divided among its memberships by their shares."""
    net = parts.copy()
    rows_of: dict[int, list[int]] = {}
    for row in np.flatnonzero(over[shares.owners] > 0).tolist():
        rows_of.setdefault(int(shares.owners[row]), []).append(row)
    for owner, rows in rows_of.items():
        net[rows] = divided(int(amounts[owner]), [int(shares.millionths[row]) for row in rows])
    return net


def _summed(values: Numbers, places: Numbers, count: int) -> Numbers:
    """Whole sums by place; bincount would go through binary fractions."""
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, places, values)
    return found


def millionths(shares: NDArray[np.float64]) -> Numbers:
    """Give shares of up to six places as whole millionths."""
    return np.asarray(np.rint(shares * WHOLE), dtype=np.int64)
