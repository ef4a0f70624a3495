"""Units: written forms, conversion, and whether two units may stand together.

`units.csv` holds every unit figures are published in: `times` of what base units (`of`), and its other
names. A unit that has a name there is looked up; an expression of such names (`1e6 * count`,
`yuan per tonne`) is worked out by pint, whose registry is filled from that file alone, and which is
loaded only then. Currencies are units of their own: without a dated exchange rate no yuan becomes a dollar.
"""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from typing import Any

from milepost.basics.errors import nearest

_LONGEST_FORM = 80
_EXPRESSION = re.compile(r"[\w\s.*/()+-]+")
_NAME = re.compile(r"(?<![\w.])[A-Za-z]")
_LOW_POWER = re.compile(r"(?<![\w.])[A-Za-z]\w*\s*\*\*\s*[23](?!\s*\*\*|\w)")


@dataclass(frozen=True)
class Unit:
    """A unit with a name: `times` of the base units in `of`, which is empty for a pure number."""

    name: str
    times: Fraction
    of: str
    also: tuple[str, ...]


@functools.cache
def units() -> dict[str, Unit]:
    """Give every unit by each of its names."""
    text = resources.files("milepost.basics").joinpath("units.csv").read_text("utf-8")
    rows = list(csv.reader(text.splitlines()))[1:]
    found = [
        Unit(name, Fraction(*map(int, times.split("/"))), of, tuple(also.split())) for name, times, of, also in rows
    ]
    return {name: unit for unit in found for name in (unit.name, *unit.also)}


def named(text: str) -> Unit | None:
    """Give the unit whose name is written, in words or joined, or None.

    >>> named("million yuan").times
    Fraction(1000000, 1)
    """
    return units().get(re.sub(r"\s+", "_", text.strip()))


def is_unit(text: str) -> bool:
    """Is `text` a unit that can be converted?

    >>> is_unit("million yuan"), is_unit("1e6 * count"), is_unit("cubits")
    (True, True, False)
    """
    return named(text) is not None or _parsed(text) is not None


def unit_names() -> tuple[str, ...]:
    """Give the names of all units."""
    return tuple(sorted(units()))


def unit_mend(text: str) -> str:
    """Give what to write where a unit is not known, with the nearest name.

    >>> unit_mend("cuont")
    'Write a unit of docs/guide/units.md (did you mean count?), or one made of several: yuan / m2'
    """
    like = nearest(text, unit_names())
    return f"Write a unit of docs/guide/units.md{f' ({like})' if like else ''}, or one made of several: yuan / m2"


def factor(source: str, target: str) -> float | None:
    """Give what a value in `source` is multiplied by to be in `target`, or None where they do not fit.

    >>> factor("trillion yuan", "CNY_100m")
    10000.0
    >>> factor("1e4 * tce / yuan", "tce_per_10k_yuan")
    100000000.0
    >>> factor("km", "CNY_100m") is None
    True
    """
    one, other = named(source), named(target)
    if one is not None and other is not None:
        return float(one.times / other.times) if one.of == other.of else None
    first, second = _parsed(source), _parsed(target)
    if first is None or second is None or first.dimensionality != second.dimensionality:
        return None
    return float(f"{(first / second).to_base_units().magnitude:.12g}")


def unit_product(left: str, right: str) -> str:
    """Give the unit of two numbers multiplied; a pure number has none (an empty text).

    >>> unit_product("yuan per tonne", "t"), unit_product("percent", "")
    ('yuan', 'percent')
    """
    return _worked_out(left, "*", right) if left and right else left or right


def unit_quotient(left: str, right: str) -> str:
    """Give the unit of a number divided by another: what stands above and below the line falls away.

    >>> unit_quotient("yuan per tonne", "yuan per tonne"), unit_quotient("10 * kWh per person", "kWh")
    ('', '10 / person')
    """
    if left == right or not right:
        return "" if left == right else left
    return _worked_out(left or "fraction", "/", right)


def _worked_out(left: str, sign: str, right: str) -> str:
    """Give the unit of a product or quotient in few words; pint is asked only where one of the two is an expression."""
    one, other = named(left), named(right)
    first, second = (None, None) if one and other else (_parsed(left), _parsed(right))
    if first is None or second is None:
        return f"({left}) {sign} ({right})"
    made = (first * second if sign == "*" else first / second).to_reduced_units()
    times = "" if made.magnitude == 1 else f"{made.magnitude:.12g}"
    if made.dimensionless and made.unitless:
        return f"{times} * fraction" if times else ""
    words = str(made.units)
    return words if not times else f"{times}{words[1:]}" if words.startswith("1 /") else f"{times} * {words}"


@functools.cache
def _registry() -> Any:
    import pint

    registry = pint.UnitRegistry(None)
    for unit in {unit.name: unit for unit in units().values()}.values():
        meaning = f"[{unit.name}]" if unit.of == unit.name else f"{float(unit.times)!r} * {unit.of or '1'}"
        registry.define(" = ".join([unit.name, "[]" if unit.name == "fraction" else meaning, "_", *unit.also]))
    return registry


@functools.cache
def _parsed(text: str) -> Any:
    """Give pint's quantity for a written form, or None."""
    is_form = len(text) <= _LONGEST_FORM and _EXPRESSION.fullmatch(text) and _NAME.search(text)
    if not is_form or len(_LOW_POWER.findall(text)) < text.count("**"):
        return None
    try:
        unit = _registry().parse_expression(_written(text))
    except Exception:
        return None
    return unit if hasattr(unit, "dimensionality") else None


def _written(text: str) -> str:
    """Give the expression pint reads: words joined to a name, and what follows `per` in brackets."""
    if (unit := named(text)) is not None:
        return unit.name
    return re.sub(r"[^()]+", lambda found: _without_per(found.group()), text.strip())


def _without_per(text: str) -> str:
    """Give a form, or what stands of it between two brackets, with a line for each `per`."""
    joined = re.sub(r"\w+", lambda found: _apart(found.group()), text)
    parts = re.split(r"(?:^|\s+)per(?:\s+|$)", joined)
    parts = [re.sub(r"(?<=[A-Za-z])\s+(?=[A-Za-z])", "_", part) for part in parts]
    return "/".join([parts[0], *(f"({part})" if part else "" for part in parts[1:])])


def _apart(word: str) -> str:
    return word if named(word) is not None else word.replace("_per_", " per ")
