"""A small zone and its figures for tests: three areas, four indicators, rows that are good unless changed."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from milepost.basics.area import Area
from milepost.basics.text import Text
from milepost.plan.plan import Plan
from milepost.plan.zone import Figure, Zone, ZoneFile
from milepost.registers.indicator import Indicator
from milepost.registers.register import own_register

TODAY = date(2026, 3, 31)
REGISTER = own_register("published_figures")
GOOD = {
    "indicator": "gdp",
    "area": "BDA",
    "period": "2022",
    "period_end": "2022-12-31",
    "value": "2456.41",
    "unit": "CNY_100m",
    "kind": "actual",
    "source_url": "https://example.org/2023/gdp",
    "source_title": "Annual report",
    "published_on": "2023-03-01",
    "note": "",
}


def words(text: str) -> Text:
    return Text(text, text)


def small_zone(folder: Path = Path("zone")) -> Zone:
    """GDP and floor space as amounts, a share, a balance that may be negative; an odd unit and an odd name."""
    indicators = (
        Indicator("gdp", words("GDP"), words("GDP"), "flow", "CNY_100m"),
        Indicator("floor_space", words("Floor space"), words("Floor space"), "stock", "square_metre"),
        Indicator("green_share", words("Share"), words("Share"), "ratio", "percent", scale="logit"),
        Indicator("balance", words("Balance"), words("Balance"), "flow", "CNY_100m", scale="real"),
    )
    areas = (
        Area("BDA", words("BDA"), also_written=("E-Town", "北京经济技术开发区")),
        Area("BEIJING", words("Beijing"), kind="city"),
        Area("NEW_AREA", words("New Area")),
    )
    declared = ZoneFile(
        "small",
        words("Small"),
        "BDA",
        areas,
        undated_periods=("planned",),
        units={"亿元": "CNY_100m", "sq m": "square_metre"},
    )
    plan = Plan("plan", words("Plan"), date(2023, 11, 22), date(2025, 12, 31), 22, (), (), "")
    figures = {"gross_product": Figure("gdp"), "factory_floor": Figure("floor_space", unit="km2")}
    return Zone(folder, declared, plan, {indicator.id: indicator for indicator in indicators}, figures)


def row(**changed: str) -> dict[str, str]:
    """A good row with some cells changed."""
    return GOOD | changed


def write(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8", separator: str = ",") -> Path:
    """Write rows as a CSV file with the register's columns and give its path."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(REGISTER.column_ids)
        writer.writerows([r[column] for column in REGISTER.column_ids] for r in rows)
    return path
