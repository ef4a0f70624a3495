"""Boxes are searched here: what of a space no box covers, and which boxes share ground.

Pure search over bits; what a finding means for a table is for `findings`.

Reference: Calvanese et al. 2016 (see `space`), algorithms for missing and overlapping lines; here by splitting one
axis after another, pieces that the same lines cover together, and remembering what is covered. Deciding whether
boxes cover a space is co-NP-complete in the number of axes, so the search is bounded and says when it stopped.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

Box = tuple[int, ...]
MOST_STEPS = 2_000_000


class Search:
    """The search for what of `within` the boxes leave uncovered; `stopped` says the bound was reached first."""

    def __init__(self, boxes: Sequence[Box], within: Box, most_steps: int = MOST_STEPS) -> None:
        self.within, self.most_steps, self.taken, self.stopped = within, most_steps, 0, False
        self.groups = [groups_of(boxes, axis, bits) for axis, bits in enumerate(within)]
        self.order = sorted(range(len(within)), key=lambda axis: _mean_lines(self.groups[axis]))
        self.covering = self._covering_from_each_axis(boxes)
        self.covered: set[tuple[int, int]] = set()
        self.everybody = (1 << len(boxes)) - 1

    def _covering_from_each_axis(self, boxes: Sequence[Box]) -> list[int]:
        """For each depth, the boxes that cover all that is left of the axes from there on."""
        found = [(1 << len(boxes)) - 1]
        for axis in reversed(self.order):
            full = sum(1 << n for n, box in enumerate(boxes) if self.within[axis] & ~box[axis] == 0)
            found.append(found[-1] & full)
        return found[::-1]

    def uncovered(self) -> Iterator[Box]:
        """Give boxes that no box covers, until there are none or the bound is reached."""
        if all(self.within):
            yield from self._below(0, self.everybody, {})

    def _below(self, depth: int, active: int, chosen: dict[int, int]) -> Iterator[Box]:
        if active & self.covering[depth] or (depth, active) in self.covered:
            return
        if not active:
            yield tuple(chosen.get(axis, bits) for axis, bits in enumerate(self.within))
            return
        axis = self.order[depth]
        merged: dict[int, int] = {}
        groups = self.groups[axis]
        self.taken += len(groups)
        if self.taken > self.most_steps:
            self.stopped = True
            return
        for bits, lines in groups:
            merged[active & lines] = merged.get(active & lines, 0) | bits
        is_covered = True
        for left, bits in merged.items():
            for box in self._below(depth + 1, left, {**chosen, axis: bits}):
                is_covered = False
                yield box
        if is_covered and not self.stopped:
            self.covered.add((depth, active))


def groups_of(boxes: Sequence[Box], axis: int, within: int) -> list[tuple[int, int]]:
    """Give the pieces of an axis, those that the same lines cover together: (bits, lines)."""
    by_lines: dict[int, int] = {}
    lines_at = _lines_at_each_piece([box[axis] & within for box in boxes], within)
    for bit, lines in lines_at.items():
        by_lines[lines] = by_lines.get(lines, 0) | 1 << bit
    return [(bits, lines) for lines, bits in by_lines.items()]


def _lines_at_each_piece(masks: list[int], within: int) -> dict[int, int]:
    """The lines over each piece; a mask is walked by its runs, so that a wide one costs no more than a narrow one."""
    starts: dict[int, int] = {}
    for line, mask in enumerate(masks):
        edges = mask ^ (mask << 1)
        while edges:
            low = edges & -edges
            starts[low.bit_length() - 1] = starts.get(low.bit_length() - 1, 0) ^ (1 << line)
            edges ^= low
    found: dict[int, int] = {}
    current = 0
    for bit in range(within.bit_length()):
        current ^= starts.get(bit, 0)
        if within >> bit & 1:
            found[bit] = current
    return found


def _mean_lines(groups: list[tuple[int, int]]) -> float:
    return sum(lines.bit_count() for _, lines in groups) / max(len(groups), 1)


def overlaps(boxes: Sequence[Box]) -> Iterator[tuple[int, int]]:
    """Give the pairs of boxes (by place, the smaller first) that share ground, in their order."""
    if not boxes:
        return
    width = len(boxes[0])
    axes = range(width)
    indexed = [_index(boxes, axis) for axis in axes]
    for second, box in enumerate(boxes):
        near = (1 << second) - 1
        for axis in axes:
            near &= _meeting(indexed[axis], box[axis])
            if not near:
                break
        while near:
            low = near & -near
            yield low.bit_length() - 1, second
            near ^= low


def _index(boxes: Sequence[Box], axis: int) -> dict[int, int]:
    """For each distinct mask on an axis, the boxes that have it."""
    found: dict[int, int] = {}
    for place, box in enumerate(boxes):
        found[box[axis]] = found.get(box[axis], 0) | 1 << place
    return found


def _meeting(index: dict[int, int], mask: int) -> int:
    found = 0
    for other, places in index.items():
        if other & mask:
            found |= places
    return found


class Points:
    """The boxes over each piece of each axis, to look at single points of a space."""

    def __init__(self, boxes: Sequence[Box], within: Box) -> None:
        self.lines_at = [
            _lines_at_each_piece([box[axis] & bits for box in boxes], bits) for axis, bits in enumerate(within)
        ]

    def has_free_point(self, box: Box, among: int, tries: int = 24) -> bool:
        """Is one of a few points of `box` under none of the boxes `among` (as bits)? False may also mean: not found."""
        chance = random.Random(0)
        for _ in range(tries):
            covering = among
            for axis, bits in enumerate(box):
                covering &= self.lines_at[axis][_some_bit(bits, chance)]
                if not covering:
                    return True
        return False


def _some_bit(bits: int, chance: random.Random) -> int:
    start = chance.randrange(bits.bit_length())
    left = bits >> start << start or bits
    return (left & -left).bit_length() - 1
