"""An Account: a difference divided into named parts that sum to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from milepost.measure.reading import Reading


@dataclass(frozen=True)
class Part:
    """One part of a difference: a message key with its arguments, its size, and the readings behind it."""

    name: str
    value: float
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class Account:
    """A difference from `start` to `end`, both in `unit`, and its parts in the order they are told.

    The parts always sum to the difference; what no cause explains is a part of its own, "unexplained".
    """

    question: str
    unit: str
    start: float
    end: float
    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        total = math.fsum(part.value for part in self.parts)
        size = max(1.0, abs(self.start), abs(self.end))
        if not math.isclose(total, self.end - self.start, rel_tol=1e-9, abs_tol=1e-9 * size):
            raise ValueError("the parts of an account must sum to its difference")
