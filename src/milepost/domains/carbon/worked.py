"""Worked examples of the wing: given this energy, these tonnes; a law test runs every one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend
from milepost.basics.table import read_table
from milepost.domains.carbon.account import FACTOR_FILES, all_factors
from milepost.domains.carbon.boundary import ladders
from milepost.domains.carbon.excerpts import rows_of
from milepost.domains.carbon.fuels import FuelUse
from milepost.domains.carbon.instruments import Instrument
from milepost.domains.carbon.inventory import Inventory, Method, Records, take_inventory
from milepost.domains.carbon.purchased import POWER, Bought, Choice

_ON = date(2026, 6, 1)
_FACTORS = Path(__file__).parent / "factors"
_TOTALS = ("location_t", "market_t", "scope_1_t")


@dataclass(frozen=True)
class Example:
    """Energy of one works in a year, and the totals expected of it: a number of tonnes as written, or `missing`."""

    says: str
    year: int
    region: str = "china"
    power_mwh: float | None = None
    certificates_mwh: float | None = None
    made_in: int | None = None
    fuel: str = ""
    fuel_amount: float | None = None
    fuel_unit: str = ""
    heating_value_gj: float | None = None
    carbon_content_tc_per_tj: float | None = None
    oxidation_0_1: float | None = None
    location_t: str = ""
    market_t: str = ""
    scope_1_t: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True)
class ExampleFile:
    """What a file of examples holds."""

    examples: tuple[Example, ...]


def worked(path: Path) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """Yield for each example what it says, the totals it expects, and those that come out.

    Raises YoursToMend where the file is not of the declared shape.
    """
    troubles: list[Trouble] = []
    file = build(ExampleFile, read_yaml(path, path.name), troubles)
    if troubles or file is None:
        raise YoursToMend(troubles)
    for example in file.examples:
        expected = {name: getattr(example, name) for name in _TOTALS if getattr(example, name)}
        found = _inventory(example)
        totals = {
            "location_t": found.scope("2", "location").tonnes, "market_t": found.scope("2", "market").tonnes,
            "scope_1_t": found.scope("1").tonnes,
        }  # fmt: skip
        came_out = {name: "missing" if totals[name] is None else f"{totals[name]:.1f}" for name in expected}
        yield example.says, expected, came_out


def _inventory(example: Example) -> Inventory:
    tables = {name: read_table(_FACTORS / f"{name}.csv") for name in (*FACTOR_FILES, "regions")}
    first, last = date(example.year, 1, 1), date(example.year, 12, 31)
    made = example.made_in or example.year
    has_power = not example.fuel
    records = Records(
        [Bought("power", "works", POWER, example.region, first, last, example.power_mwh)] if has_power else [],
        [Instrument("certificate", "works", "green_certificate", example.certificates_mwh, date(made, 1, 1),
                    date(made, 12, 31), "wind", "china", "retired", last)] if example.certificates_mwh else [],
        [FuelUse("fuel", "works", example.fuel, example.fuel_amount, None, example.fuel_unit, example.heating_value_gj,
                 example.carbon_content_tc_per_tj, example.oxidation_0_1)] if example.fuel else [],
    )  # fmt: skip
    method = Method(example.year, Choice(ladder=ladders(rows_of(tables, "regions"))))
    return take_inventory(records, all_factors(tables), method, _ON)
