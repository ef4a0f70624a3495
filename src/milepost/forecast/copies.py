"""Sources that copy each other: which figures of one period are the same statement, and which stand on their own.

A figure printed again, rounded, or told as "over N" after the number is known, is one measurement with one error; its
copies add no certainty. Figures that contradict each other are kept, each with its own error. Nothing is averaged.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from milepost.basics.unit import factor
from milepost.measure.reading import Reading

_RANKS = {"actual": 0, "ytd": 0, "preliminary": 1, "growth_yoy_pct": 1, "approx": 2, "at_least": 3}
_TOLERANCE = 1e-9
# A bound is a copy of an exact figure up to this many times as high; further off it speaks of something else.
_BOUND_REACH = 1.5
# A number with as many digits that stands under two names of areas is one number; fewer may be chance.
_TELLING_DIGITS = 3


def distinct(readings: Iterable[Reading], own_area: str = "") -> tuple[list[Reading], set[str]]:
    """Give the readings without copies, and the ids of those that a later publication replaced.

    Of the copies of one statement the most exact stands for all: an exact figure before a preliminary one, a
    rounding and a bound, then the finest rounding or the highest bound, then the first published. A number that is
    printed for another area and for `own_area` alike is one number, and speaks for the latter. The order given does
    not matter.
    """
    by_subject: dict[tuple[object, ...], list[Reading]] = {}
    for reading in readings:
        if reading.kind == "target":
            continue  # a promise that came true is not the source of the figure that says so
        by_subject.setdefault(_subject(reading), []).append(reading)
    kept: list[Reading] = []
    replaced: set[str] = set()
    for figures in by_subject.values():
        told: list[Reading] = []
        for reading in sorted(figures, key=lambda r: (r.area != own_area, *_rank(r))):
            if not any(says_already(one, reading) for one in told):
                told.append(reading)
        kept += told
        replaced |= _replaced(figures, told)
    return sorted(kept, key=lambda r: (r.known_on, r.id)), replaced


def says_already(one: Reading, other: Reading) -> bool:
    """Does `one` already say what `other` says, of the same indicator and period?

    The same number; a number that rounds to it, or that a rounding of fewer digits contains; an exact figure, or a
    higher bound, that a bound lies below.
    """
    if one.area != other.area:
        return one.value == other.value and one.kind == other.kind and _digits(one) >= _TELLING_DIGITS
    if other.kind == "at_least":
        return other.value <= one.value * (1.0 + _TOLERANCE) and one.value <= other.value * _BOUND_REACH
    if one.kind == "at_least":
        return False
    if one.value == other.value:
        return True
    half = half_unit(other)
    return half > half_unit(one) * (1.0 + _TOLERANCE) and abs(one.value - other.value) <= half * (1.0 + _TOLERANCE)


def half_unit(reading: Reading) -> float:
    """Give half a unit of the last digit that means something, in the reading's unit.

    For a figure published as a rounding trailing zeros mean nothing: "about 6,000" is 5,500 to 6,500.
    """
    text = reading.published_text.strip().lstrip("+-")
    whole, _, decimals = text.partition(".")
    if decimals.strip("0") or (decimals and reading.kind != "approx"):
        unit = 10.0 ** -len(decimals)
    else:
        unit = 10.0 ** (len(whole) - len(whole.rstrip("0"))) if reading.kind == "approx" and whole.strip("0") else 1.0
    digits = float(text) if text else 0.0
    times = abs(reading.value / digits) if digits else factor(reading.published_unit, reading.unit) or 0.0
    return 0.5 * unit * times


def _subject(reading: Reading) -> tuple[object, ...]:
    """Give what a figure is about, all areas together: its indicator, its period, and whether it is growth."""
    return reading.indicator, reading.period.text, reading.as_of, reading.kind == "growth_yoy_pct"


def _rank(reading: Reading) -> tuple[int, float, date, str]:
    telling = -reading.value if _is_bound(reading) else half_unit(reading)
    return _RANKS[reading.kind], telling, reading.known_on, reading.id


def _replaced(figures: list[Reading], told: list[Reading]) -> set[str]:
    """Give the ids of what was told and a newer figure of the same area contradicts.

    Bounds replace only bounds, and a preliminary figure replaces no exact one, which comes after it by its nature even
    where its day is not known.
    """
    found = set()
    for reading in told:
        rivals = [r for r in figures if r.area == reading.area and _is_bound(r) == _is_bound(reading)]
        newest = max(rivals, key=lambda r: (r.kind != "preliminary", r.known_on, r.id))
        if newest.value != reading.value and not says_already(reading, newest):
            found.add(reading.id)
    return found


def _is_bound(reading: Reading) -> bool:
    return reading.kind == "at_least"


def _digits(reading: Reading) -> int:
    return len(reading.published_text.strip().lstrip("+-0.").replace(".", "").rstrip("0"))
