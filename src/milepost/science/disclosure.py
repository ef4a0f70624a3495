"""Statistical disclosure control of tables: which cells are too revealing, which others must go with them, and what
somebody could still work out.

A table, or several that share cells, is a vector of cells (totals are cells too) and a matrix of the sums that hold
between them: `sums @ cells == 0`. Nothing is rounded or perturbed here; cells are shown or withheld.

References: Hundepool, A. et al. (2012), Statistical Disclosure Control, Wiley, chapter 4. Fischetti, M. and
Salazar, J. J. (2000), Models and algorithms for optimizing cell suppression in tabular data with linear constraints,
Journal of the American Statistical Association 95, 916-928.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

Cells = NDArray[np.float64]
Marks = NDArray[np.bool_]
_SLACK = 1e-6


def is_few(counts: NDArray[np.int64], least: int = 3) -> Marks:
    """Give which cells have contributors, and fewer than `least` (the minimum frequency rule)."""
    return (counts > 0) & (counts < least)


def is_dominated(contributions: Cells, largest: int = 2, share_0_1: float = 0.85) -> bool:
    """Do the `largest` contributors hold more than a share of a cell (the (n, k) dominance rule)?

    `contributions`: shape (contributors,), none negative, in one unit. Raises ValueError for a negative one.

    >>> is_dominated(np.array([80.0, 10.0, 5.0, 5.0]))
    True
    """
    ordered = _ordered(contributions)
    return bool(ordered[:largest].sum() > share_0_1 * ordered.sum())


def is_close(contributions: Cells, percent: float = 10.0) -> bool:
    """Could the second largest contributor work out the largest to within `percent` of it (the p % rule)?

    It knows the total and itself, so what the others than these two hold is all that hides the largest.

    >>> is_close(np.array([100.0, 50.0, 5.0])), is_close(np.array([100.0, 50.0, 15.0]))
    (True, False)
    """
    ordered = _ordered(contributions)
    return bool(ordered.size > 0 and ordered[2:].sum() < percent / 100 * ordered[0])


def _ordered(contributions: Cells) -> Cells:
    if np.any(contributions < 0):
        raise ValueError("a contribution must not be negative")
    return np.sort(contributions)[::-1]


def sums_of_table(rows: int, columns: int) -> sparse.csr_array:
    """Give the sums of a table with margins, its cells in reading order with the totals last in each row and column.

    Shape (rows + columns + 2, (rows + 1) * (columns + 1)).
    """
    place = np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
    lines = [*place, *place.T]
    sums = sparse.lil_array((len(lines), place.size))
    for number, line in enumerate(lines):
        sums[number, line[:-1]] = 1.0
        sums[number, line[-1]] = -1.0
    return sparse.csr_array(sums)


def attacked(cells: Cells, sums: sparse.csr_array, withheld: Marks, cell: int) -> tuple[float, float]:
    """Give the least and the most a withheld cell can be, for somebody who knows the others and that none is negative.

    Solved as two linear programs over the withheld cells. `cells` shape (n,), in any unit; `sums` shape (m, n).
    """
    free = np.flatnonzero(withheld)
    known = np.where(withheld, 0.0, cells)
    matrix, right = sums[:, free], -(sums @ known)
    goal = (free == cell).astype(float)
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(sign * goal, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs")
        ends.append(np.inf * sign * -1 if found.status == 3 else float(sign * found.fun))
    return ends[0], ends[1]


@dataclass(frozen=True)
class Protection:
    """Which cells are withheld; `cost` is what the further ones weigh, `bound` the least that it could be."""

    withheld: Marks
    cost: float
    bound: float


def protected(
    cells: Cells,
    sums: sparse.csr_array,
    primary: Marks,
    share_0_1: float = 0.25,
    weights: Cells | None = None,
    keep: Marks | None = None,
    seconds: float = 20.0,
) -> Protection:
    """Give the cells to withhold so that every primary one keeps an interval of at least `share_0_1` to both sides.

    The further cells weigh as little as possible in `weights` (their own size without them); those marked in `keep`
    are shown in any case. For each primary cell two tables must exist that fit all that is shown, one with the cell
    a share larger and one with it a share smaller (Fischetti & Salazar's attacker model, written compactly). Raises
    ValueError where no choice protects them.
    """
    count, chosen = cells.size, np.flatnonzero(primary)
    price = np.abs(cells) if weights is None else weights
    if chosen.size == 0:
        return Protection(np.zeros(count, dtype=bool), 0.0, 0.0)
    # Unknowns: whether each cell is withheld; then, for every primary cell and direction, how far each cell moves.
    moves = 2 * chosen.size
    size = count * (1 + moves)
    cost = np.zeros(size)
    cost[:count] = np.where(primary, 0.0, np.maximum(price, _SLACK))
    rows: list[sparse.csr_array] = []
    low: list[Cells] = []
    high: list[Cells] = []
    room = np.maximum(np.abs(cells), 1.0) * 4 + np.abs(cells).max()
    for number in range(moves):
        before, behind = sparse.csr_array((sums.shape[0], count * (1 + number))), moves - number - 1
        rows.append(sparse.hstack([before, sums, sparse.csr_array((sums.shape[0], count * behind))], format="csr"))
        low.append(np.zeros(sums.shape[0]))
        high.append(np.zeros(sums.shape[0]))
        for sign, most in ((1.0, room), (-1.0, cells)):
            mark = sparse.diags_array(-most)
            shift = sparse.diags_array(np.full(count, sign))
            empty = [sparse.csr_array((count, count * n)) for n in (number, behind)]
            rows.append(sparse.hstack([mark, empty[0], shift, empty[1]], format="csr"))
            low.append(np.full(count, -np.inf))
            high.append(np.zeros(count))
    bounds_low, bounds_high = np.full(size, -np.inf), np.full(size, np.inf)
    bounds_low[:count], bounds_high[:count] = np.where(primary, 1.0, 0.0), 1.0
    if keep is not None:
        bounds_high[:count][keep & ~primary] = 0.0
    for number in range(moves):
        cell, needed = chosen[number // 2], share_0_1 * cells[chosen[number // 2]]
        place = count * (1 + number) + cell
        if number % 2 == 0:
            bounds_low[place] = needed
        else:
            bounds_high[place] = -needed
    kinds = np.zeros(size)
    kinds[:count] = 1
    found = milp(
        cost,
        integrality=kinds,
        bounds=Bounds(bounds_low, bounds_high),
        constraints=LinearConstraint(sparse.vstack(rows), np.concatenate(low), np.concatenate(high)),
        options={"time_limit": seconds},
    )
    if found.x is None:
        raise ValueError("no choice of cells protects what must be withheld")
    withheld = found.x[:count] > 0.5
    return Protection(withheld, float(cost[:count] @ withheld), float(found.mip_dual_bound))
