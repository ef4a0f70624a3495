"""The records of a year within a boundary, as an inventory takes them; what cannot be taken is set aside and told.

Bought power comes from bills; a site without a bill of power in the year is read at its meters of purchase, month by
month. Never both: that would count it twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from milepost.basics.text import Text
from milepost.domains.carbon.boundary import Boundary, last_day
from milepost.domains.carbon.excerpts import Row, Tables, day, number, rows_of, text, years_of
from milepost.domains.carbon.factors import Factors, read_factors
from milepost.domains.carbon.fuels import FuelUse, Release
from milepost.domains.carbon.indirect import Indirect
from milepost.domains.carbon.instruments import Instrument
from milepost.domains.carbon.inventory import Records
from milepost.domains.carbon.purchased import HEAT, POWER, Bought
from milepost.domains.carbon.readings import MeterRow, MonthSum, month_sums, read_meters

FACTOR_FILES = ("electricity", "heat", "fuels", "standard_coal", "warming_potential")
OWN_USED = "own_generation_used"
_KWH_PER_MWH = 1000.0


@dataclass(frozen=True)
class Account:
    """What an inventory is taken from, what was set aside, and which sites of the boundary have no record at all.

    `own_used` is own power that was used where it was made: it emits nothing and is in no line.
    """

    records: Records
    months: tuple[MonthSum, ...]
    set_aside: tuple[Text, ...]
    own_used: tuple[Bought, ...] = ()


def newest_year(tables: Tables, on: date, boundary: Boundary | None = None) -> int:
    """Give the newest year that has a record of energy within the boundary, the year before `on` where none has."""
    is_whole = boundary is None or not (boundary.site or boundary.holder)
    sites = (
        None
        if boundary is None or is_whole
        else {row.code for row in boundary.sites if boundary.on(row.code, row.start)}
    )
    records = [row for name in ("bought", "fuel_uses") for row in rows_of(tables, name)]
    years = [*years_of([row for row in records if sites is None or text(row, "site_code") in sites], "period_from")]
    meters = {text(row, "meter_code") for row in rows_of(tables, "meters") if sites is None
              or text(row, "site_code") in sites}  # fmt: skip
    years += [int(row["year"]) for row in rows_of(tables, "readings")
              if row.get("year") is not None and (sites is None or text(row, "meter_code") in meters)]  # fmt: skip
    return max(years, default=on.year - 1)


def all_factors(tables: Tables) -> Factors:
    """Give the factors of the wing's files, the zone's own files and the zone's register."""
    found = read_factors(row for name in FACTOR_FILES for row in rows_of(tables, name))
    kept = [
        {**row, "in_force_until": last_day(until) if (until := day(row, "in_force_until")) else None}
        for row in rows_of(tables, "kept_factors")
    ]
    return Factors((*found.all, *read_factors(kept).all))


def take_account(tables: Tables, boundary: Boundary, year: int) -> Account:
    """Give the records of a calendar year within the boundary."""
    return _Taking(tables, boundary, year).account()


class _Taking:
    def __init__(self, tables: Tables, boundary: Boundary, year: int) -> None:
        self.tables, self.boundary, self.year = tables, boundary, year
        self.aside: list[Text] = []
        self.seen: set[str] = set()
        self.own_used: list[Bought] = []

    def account(self) -> Account:
        bills = list(self.bills())
        meters = read_meters(rows_of(self.tables, "meters"))
        months = month_sums(rows_of(self.tables, "readings"), meters, self.year)
        billed = {one.site for one in bills if one.kind == POWER}
        metered = list(self.metered(meters, months, billed))
        records = Records(
            (*bills, *metered), tuple(self.instruments()), tuple(self.fuels()), tuple(self.releases()),
            tuple(self.indirect()),
        )  # fmt: skip
        for site in self.boundary.sites_in(date(self.year, 1, 1), date(self.year + 1, 1, 1)):
            if site not in self.seen:
                self.aside.append(
                    Text(f"No record of energy of {site} in {self.year}", f"{site} {self.year} 年无能源记录")
                )
        return Account(records, tuple(months), tuple(dict.fromkeys(self.aside)), tuple(self.own_used))

    def bills(self) -> Iterator[Bought]:
        for row in self.periods("bought", "bill_code"):
            start, until = _start(row), _until(row)
            kind, site = text(row, "kind"), text(row, "site_code")
            power, heat = number(row, "energy_kwh"), number(row, "heat_gj")
            is_heat = kind in (HEAT, "exported_heat")
            amount = heat if is_heat else None if power is None else power / _KWH_PER_MWH
            one = Bought(
                text(row, "bill_code"), self.boundary.top(site, start), kind, self.boundary.region(site, start), start,
                last_day(until), amount, number(row, "own_factor_t_per_gj"), text(row, "own_factor_source"),
                number(row, "uncertainty_percent"),
            )  # fmt: skip
            if kind == OWN_USED:
                self.own_used.append(one)  # nobody sold its certificates, and what was bought is metered without it
            else:
                yield one

    def metered(self, meters: Sequence[MeterRow], months: Sequence[MonthSum], billed: set[str]) -> Iterator[Bought]:
        of_code: dict[str, list[MeterRow]] = defaultdict(list)
        for one in meters:
            of_code[one.meter.code].append(one)
        for month in months:
            rows = [one for one in of_code[month.meter] if one.days_in(month.start, month.until)]
            if not any(one.role == "purchase" and one.meter.carrier == "electricity" for one in rows):
                continue
            code, name = rows[0].meter.site, f"{month.meter}:{month.start:%Y-%m}"
            site = self.boundary.top(code, month.start)
            if site in billed or not self.is_inside(code, month.start, month.until, name):
                continue
            self.seen.add(site)
            if month.energy_kwh is None:
                self.aside.append(_incomplete(month))
            amount = None if month.energy_kwh is None else month.energy_kwh / _KWH_PER_MWH
            region = self.boundary.region(code, month.start)
            yield Bought(f"meter:{name}", site, POWER, region, month.start, last_day(month.until), amount)

    def instruments(self) -> Iterator[Instrument]:
        for row in rows_of(self.tables, "instruments"):
            made_from, until = _start(row, "made_from"), _until(row, "made_until")
            site = text(row, "site_code")
            if self.boundary.on(site, made_from) is None and self.boundary.on(site, last_day(until)) is None:
                continue
            yield Instrument(
                text(row, "instrument_code"), self.boundary.top(site, made_from), text(row, "kind"),
                number(row, "amount_mwh"), made_from, last_day(until), text(row, "technology"), text(row, "region"),
                text(row, "retirement_code"), day(row, "retired_on"), bool(row.get("is_also_credit")),
            )  # fmt: skip

    def fuels(self) -> Iterator[FuelUse]:
        for row in self.periods("fuel_uses", "use_code"):
            opening, closing = number(row, "stock_opening"), number(row, "stock_closing")
            fall = None if opening is None or closing is None else opening - closing
            yield FuelUse(
                text(row, "use_code"), self.top(row, "period_from"), text(row, "fuel"), number(row, "bought"), fall,
                text(row, "unit"), number(row, "heating_value_gj"), number(row, "carbon_content_tc_per_tj"),
                number(row, "oxidation_0_1"), bool(row.get("is_biomass")), number(row, "uncertainty_percent"),
            )  # fmt: skip

    def releases(self) -> Iterator[Release]:
        for row in self.days("releases", "released_on"):
            yield Release(
                text(row, "release_code"), self.top(row, "released_on"), text(row, "kind"), text(row, "subject"),
                number(row, "amount"), text(row, "unit"), number(row, "factor_t_per_unit"), text(row, "factor_source"),
                number(row, "uncertainty_percent"),
            )  # fmt: skip

    def indirect(self) -> Iterator[Indirect]:
        for row in self.days("indirect", "period_from"):
            quality = number(row, "quality")
            yield Indirect(
                text(row, "activity_code"), self.top(row, "period_from"), int(number(row, "category") or 0),
                text(row, "subject"), number(row, "amount"), text(row, "unit"), number(row, "factor_t_per_unit"),
                text(row, "factor_source"), int(quality) if quality else None, number(row, "uncertainty_percent"),
            )  # fmt: skip

    def periods(self, table: str, name: str) -> Iterator[Row]:
        """The rows whose period lies in the year and wholly inside the boundary."""
        for row in rows_of(self.tables, table):
            start, until = _start(row), _until(row)
            if last_day(until).year < self.year or start.year > self.year:
                continue
            if start.year != last_day(until).year:
                self.aside.append(Text(f"{text(row, name)} runs over the end of a year: write it in two",
                                       f"{text(row, name)} 跨年，请分两行填写"))  # fmt: skip
                continue
            if self.is_inside(text(row, "site_code"), start, until, text(row, name)):
                self.seen.add(self.boundary.top(text(row, "site_code"), start))
                yield row

    def days(self, table: str, when: str) -> Iterator[Row]:
        for row in rows_of(self.tables, table):
            moment = day(row, when)
            if moment and moment.year == self.year and self.boundary.on(text(row, "site_code"), moment):
                yield row

    def is_inside(self, site: str, start: date, until: date, name: str) -> bool:
        standing = self.boundary.standing(site, start, until)
        if standing == "across":
            self.aside.append(Text(f"{name} lies across the day {site} changed hands or its boundary: write it in two",
                                   f"{name} 跨越 {site} 转让或边界变更之日，请分两行填写"))  # fmt: skip
        return standing == "inside"

    def top(self, row: Row, when: str) -> str:
        return self.boundary.top(text(row, "site_code"), _start(row, when))


def _start(row: Row, name: str = "period_from") -> date:
    return day(row, name) or date.min


def _until(row: Row, name: str = "period_until") -> date:
    return day(row, name) or date.max


def _incomplete(month: MonthSum) -> Text:
    return Text(
        f"{month.meter} has {month.read_count} of {month.due_count} readings in {month.start:%Y-%m}: no sum is made",
        f"{month.meter} 在 {month.start:%Y-%m} 应有 {month.due_count} 个读数，实有 {month.read_count} 个：不予汇总",
    )
