"""An Outlook: where an indicator is heading, and the chance that its target is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from milepost.basics.text import Text
from milepost.measure.reading import Reading

Verdict = Literal["met", "on course", "at risk", "behind", "unlikely", "missed", "no evidence", "no number promised"]


@dataclass(frozen=True)
class PathPoint:
    """The indicator in one year: median and intervals of 50 % and 90 %, in its unit."""

    year: int
    median: float
    p05: float
    p25: float
    p75: float
    p95: float


@dataclass(frozen=True)
class Hang:
    """How much the chance hangs on one choice: its chance under each answer, all else mixed."""

    choice: str
    question: Text
    chances: tuple[tuple[Text, float], ...]

    @property
    def spread(self) -> float:
        """The largest difference the choice makes."""
        found = [chance for _, chance in self.chances]
        return max(found) - min(found)


@dataclass(frozen=True)
class Outlook:
    """The answer to one target on one known-on date.

    `chance` is between 0 and 1, or None where there is no evidence or no number; `because` names the rule
    that gave the verdict by its message key; `evidence` holds the readings used, newest first; `unused`
    those of the same indicator that were set aside with the reason's message key. `missing` lists what
    would be needed and is not there. `path` runs from the first year with evidence to the deadline.
    """

    target_id: str
    verdict: Verdict
    because: str
    chance: float | None
    median: float | None
    p05: float | None
    p95: float | None
    path: tuple[PathPoint, ...]
    evidence: tuple[Reading, ...]
    unused: tuple[tuple[Reading, str], ...]
    latest: Reading | None
    latest_age_years: float | None
    missing: tuple[str, ...]
    method: str
    notes: tuple[str, ...] = ()
    chance_low: float | None = None
    chance_high: float | None = None
    hangs_on: tuple[Hang, ...] = ()
