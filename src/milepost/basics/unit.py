"""Units: written forms, conversion, and whether two units may stand together.

The registry is pint's, filled from `units.txt` alone: only units that figures are published in.
Currencies are dimensions of their own: without a dated exchange rate no yuan becomes a dollar.
"""

from __future__ import annotations

import functools
import re
from importlib import resources
from typing import Any


@functools.cache
def _registry() -> Any:
    import pint

    registry = pint.UnitRegistry(None)
    lines = resources.files("milepost.basics").joinpath("units.txt").read_text("utf-8").splitlines()
    registry.load_definitions([line for line in lines if line and not line.startswith("#")])
    return registry


@functools.cache
def _parsed(text: str) -> Any:
    """Give pint's unit for a written form, or None."""
    written = re.sub(r"\s+per\s+", "/", text.strip())
    written = re.sub(r"(?<=[A-Za-z0-9])\s+(?=[A-Za-z])", "_", written).replace("_per_", "/")
    try:
        return _registry().parse_expression(written)
    except Exception:
        return None


def is_unit(text: str) -> bool:
    """Is `text` a unit that can be converted?

    >>> is_unit("million yuan"), is_unit("cubits")
    (True, False)
    """
    return _parsed(text) is not None


def unit_names() -> tuple[str, ...]:
    """Give the names of all units, for the nearest-name hint of an error."""
    _registry()
    return tuple(sorted(str(name) for name in _registry()._units))


def factor(source: str, target: str) -> float | None:
    """Give what a value in `source` is multiplied by to be in `target`, or None where they do not fit.

    >>> factor("trillion yuan", "CNY_100m")
    10000.0
    >>> factor("km", "CNY_100m") is None
    True
    """
    first, second = _parsed(source), _parsed(target)
    if first is None or second is None:
        return None
    first, second = (x if hasattr(x, "units") else _registry().Quantity(x) for x in (first, second))
    if first.dimensionality != second.dimensionality:
        return None
    return float(round((first / second).to_base_units().magnitude, 15))
