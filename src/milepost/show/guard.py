"""The only door out: what a page, a document or the command line may show.

A published figure is public already and may leave. A computed one may leave where enough contributors stand
behind it (the minimum frequency rule; Hundepool et al. 2012, *Statistical Disclosure Control*, 4.2); until the
further methods stand here, any other is refused. An outlook that rests on a refused reading is refused too,
because a median can tell a single firm's figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from milepost.basics.errors import Trouble, YoursToMend
from milepost.forecast.outlook import Outlook
from milepost.measure.reading import Reading
from milepost.show.computed import LEAST_CONTRIBUTORS
from milepost.show.walk import Walk


def may_leave(reading: Reading) -> bool:
    """Is the reading public already, or counted over enough contributors?"""
    return reading.basis == "published" or (reading.contributors or 0) >= LEAST_CONTRIBUTORS


def let_out(walk: Walk) -> Walk:
    """Give the walk without computed readings.

    Raises YoursToMend (S101) where an outlook rests on a reading that may not leave.
    """
    kept_in = [name for name, outlook in walk.outlooks.items() if not all(map(may_leave, _rests_on(outlook)))]
    if kept_in:
        mend = "Leave the computed readings out of its evidence until disclosure control has passed them"
        raise YoursToMend(Trouble("S101", f"{name} rests on computed readings", mend) for name in kept_in)
    return replace(walk, readings=tuple(filter(may_leave, walk.readings)))


def _rests_on(outlook: Outlook) -> Iterator[Reading]:
    yield from outlook.evidence
    yield from (reading for reading, _ in outlook.unused)
    if outlook.latest is not None:
        yield outlook.latest
