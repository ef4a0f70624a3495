"""The tables of a path read: a site's end uses, measures, prices and limits as the zone declares them.

All troubles of all tables are told at once; a number that is not there is never taken as zero where it matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend
from milepost.domains.carbon.excerpts import Row, Tables, number, rows_of, text
from milepost.domains.carbon.path import QUANTITIES, EndUse, Limits, Market, Measure, Question, Requirement

FILES = ("end_uses", "measures", "years", "limits", "requirements")
KINDS = ("efficiency", "electrification", "generation", "direct")
EVERY = "*"
_NEEDED = {
    "end_uses": ("first_year_mwh",),
    "years": ("year", "power_cny_per_mwh", "certificate_cny_per_mwh", "offset_cny_per_t", "residual_t_per_mwh"),
    "measures": ("capex_cny", "life_years"),
    "requirements": ("limit", "from_year"),
}


def sites_of(tables: Tables) -> tuple[str, ...]:
    """Give the sites that have end uses."""
    return tuple(sorted({text(row, "site") for row in rows_of(tables, "end_uses")}))


def read_question(tables: Tables, site: str) -> Question:
    """Give the question of a site; rows for the site `*` are for every site that has none of its own.

    Raises YoursToMend: H306 a site without end uses or years, H307 a number that is missing or not a number, H308
    a name that is not known or no kind.
    """
    rows = {name: _rows(tables, name, site) for name in FILES}
    troubles = list(_faults(rows, site))
    if troubles:
        raise YoursToMend(troubles)
    years = sorted(rows["years"], key=lambda row: _n(row, "year"))
    count = len(years)
    limits = rows["limits"][0] if rows["limits"] else {}
    offset = number(limits, "offset_share_percent")
    return Question(
        site,
        tuple(_end_use(row, count) for row in rows["end_uses"]),
        tuple(_measure(row) for row in rows["measures"]),
        Market(
            [int(_n(row, "year")) for row in years], _all(years, "power_cny_per_mwh"),
            _all(years, "certificate_cny_per_mwh"), _all(years, "offset_cny_per_t"),
            _all(years, "residual_t_per_mwh"), _all(years, "feed_in_cny_per_mwh"), _all(years, "carbon_cny_per_t"),
            _all(years, "certificates_mwh"), discount_0_1=(number(limits, "discount_percent") or 0.0) / 100,
        ),
        Limits(_all(years, "budget_cny"), number(limits, "roof_m2"), number(limits, "grid_kw"),
               None if offset is None else offset / 100),
        tuple(_requirement(row) for row in rows["requirements"]),
    )  # fmt: skip


def _rows(tables: Tables, name: str, site: str) -> list[Row]:
    own = [row for row in rows_of(tables, name) if text(row, "site") == site]
    return own or [row for row in rows_of(tables, name) if text(row, "site") == EVERY]


def _faults(rows: Mapping[str, Sequence[Row]], site: str) -> list[Trouble]:
    found = [
        Trouble("H306", f"{site} has no rows in path_inputs/{name}.csv", f"Add the rows of {site} there")
        for name in ("end_uses", "years") if not rows[name]
    ]  # fmt: skip
    for name, needed in _NEEDED.items():
        for row in rows[name]:
            for column in needed:
                if not _is_number(row.get(column)):
                    what = f"{column} of a row of {site} in path_inputs/{name}.csv is missing or not a number"
                    found.append(Trouble("H307", what, "Write the number"))
    uses, measures = (
        {text(row, key) for row in rows[name]} for name, key in (("end_uses", "end_use"), ("measures", "measure"))
    )
    for row in rows["measures"]:
        named = [(x, uses) for x in (text(row, "end_use"), text(row, "to_end_use")) if x]
        named += [(x, measures) for x in text(row, "needs").split()]
        named.append((text(row, "kind"), set(KINDS)))
        found += [_unknown(x, text(row, "measure")) for x, known in named if x not in known]
    for row in rows["requirements"]:
        named = [(x, set(QUANTITIES)) for x in (text(row, "quantity"), text(row, "of")) if x]
        named.append((text(row, "sense"), {"at_most", "at_least"}))
        found += [_unknown(x, text(row, "requirement")) for x, known in named if x not in known]
    return found


def _unknown(name: str, where: str) -> Trouble:
    return Trouble("H308", f"{where} names {name}, which is not there", "Correct the name, or add what it names")


def _is_number(value: Any) -> bool:
    try:
        return value is not None and float(value) == float(value)
    except ValueError:
        return False


def _n(row: Row, name: str) -> float:
    return number(row, name) or 0.0


def _all(rows: Sequence[Row], name: str) -> list[float]:
    """A number for each year, or none at all where a year has none: then it does not limit, or costs nothing."""
    values = [number(row, name) for row in rows]
    return [] if any(value is None for value in values) else [float(value or 0.0) for value in values]


def _end_use(row: Row, count: int) -> EndUse:
    growth = 1 + _n(row, "growth_percent") / 100
    amounts = [_n(row, "first_year_mwh") * growth**t for t in range(count)]
    price = number(row, "price_cny_per_mwh")
    return EndUse(text(row, "end_use"), text(row, "carrier"), amounts, _n(row, "t_per_mwh"), _n(row, "tce_per_mwh"),
                  () if price is None else [price] * count)  # fmt: skip


def _measure(row: Row) -> Measure:
    kind: Any = text(row, "kind")
    ratio = number(row, "mwh_per_mwh")
    return Measure(
        text(row, "measure"), kind, _n(row, "capex_cny"), int(_n(row, "life_years")), _n(row, "opex_cny"),
        text(row, "end_use"), _n(row, "share_percent") / 100, text(row, "to_end_use"),
        1.0 if ratio is None else ratio, _n(row, "generation_mwh"),
        _n(row, "direct_t"), _n(row, "roof_m2"), _n(row, "grid_kw"), text(row, "is_scalable") == "yes",
        text(row, "group"), tuple(text(row, "needs").split()), int(_n(row, "first_year")),
    )  # fmt: skip


def _requirement(row: Row) -> Requirement:
    sense: Any = text(row, "sense")
    return Requirement(text(row, "requirement"), text(row, "quantity"), sense, _n(row, "limit"),
                       int(_n(row, "from_year")), text(row, "of"))  # fmt: skip
