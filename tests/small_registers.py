"""A zone with registers of unit records for tests: meters, their readings, monthly returns with control totals."""

from __future__ import annotations

import csv
import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

from milepost.check.check import check, named_registers
from milepost.check.verdict import Verdict
from milepost.engines.embedded import Engine
from milepost.plan.zone import Zone
from milepost.receive.receive import receive
from milepost.registers.register import Register, read_registers
from small_zone import small_zone

TODAY = date(2026, 3, 31)
DECLARED = """
meter:
  name: {en: Meter, zh: 计量器具}
  definition: {en: A meter and where it hangs, zh: 计量器具及其位置}
  key: [meter_code]
  valid: {start: valid_from, until: valid_until}
  columns:
    - {id: meter_code, type: text, name: {en: Meter, zh: 计量器具}}
    - {id: site_code, type: text, may_be_empty: true, name: {en: Site, zh: 位置}}
    - {id: owner_code, type: credit_code, may_be_empty: true, name: {en: Owner, zh: 业主}}
    - {id: industry, type: code, code_list: industries, may_be_empty: true, name: {en: Industry, zh: 行业}}
    - {id: valid_from, type: date, name: {en: Valid from, zh: 生效日期}}
    - {id: valid_until, type: date, may_be_empty: true, name: {en: Valid until, zh: 失效日期}}
  rules:
    - id: one_meter_hangs_at_a_site
      severity: block
      says: {en: One meter hangs at a site, zh: 一处一表}
      fault: {en: another meter hangs at this site, zh: 该位置另有计量器具}
      mend: {en: Correct the site or the days, zh: 改正位置或日期}
      do_not_overlap: [site_code]
reading:
  name: {en: Reading, zh: 读数}
  definition: {en: What a meter showed at a moment, zh: 某时刻的读数}
  key: [meter_code, read_at]
  happened: read_at
  columns:
    - {id: meter_code, type: text, name: {en: Meter, zh: 计量器具}}
    - {id: read_at, type: moment, name: {en: Read at, zh: 读表时刻}}
    - {id: index_kwh, type: number, unit: kWh, places: 3, may_be_empty: true, name: {en: Index, zh: 示数}}
    - {id: energy_kwh, type: number, unit: kWh, places: 3, may_be_empty: true, name: {en: Energy, zh: 电量}}
    - {id: how, type: code, codes: [read, estimated], name: {en: How, zh: 方式}}
    - {id: is_final, type: yes_no, may_be_empty: true, name: {en: Final, zh: 终稿}}
    - {id: pieces, type: whole, may_be_empty: true, name: {en: Pieces, zh: 件数}}
    - {id: temperature, type: real, may_be_empty: true, name: {en: Temperature, zh: 温度}}
    - {id: page, type: link, may_be_empty: true, name: {en: Page, zh: 网页}}
    - {id: billed_in, type: month, may_be_empty: true, name: {en: Billed in, zh: 账期}}
    - {id: about, type: period, may_be_empty: true, name: {en: About, zh: 时期}}
  rules:
    - id: energy_is_not_negative
      severity: block
      says: {en: Energy is not negative, zh: 电量不为负}
      fault: {en: the energy is negative, zh: 电量为负}
      mend: {en: Correct it, zh: 改正}
      holds: "energy_kwh >= 0"
    - id: energy_is_plausible
      severity: hold
      says: {en: Energy is below a million, zh: 电量小于一百万}
      fault: {en: the energy is a million or more, zh: 电量达到一百万}
      mend: {en: Confirm it, zh: 核实}
      holds: "energy_kwh < 1000000"
    - id: estimates_are_few
      severity: warn
      says: {en: A reading is read, zh: 读数为实读}
      fault: {en: the reading is estimated, zh: 读数为估计}
      mend: {en: Read the meter, zh: 读表}
      where: "is_final"
      holds: "how = 'read'"
    - id: meter_is_known
      severity: block
      says: {en: The meter is declared and valid, zh: 计量器具在册且有效}
      fault: {en: no such meter is valid then, zh: 当时没有该计量器具}
      mend: {en: Declare the meter first, zh: 先登记计量器具}
      refers: {register: small.meter, columns: {meter_code: meter_code}, on: read_at}
    - id: index_never_falls
      severity: block
      says: {en: The index never falls, zh: 示数不减}
      fault: {en: the index is below an earlier one, zh: 示数小于此前}
      mend: {en: Correct it, zh: 改正}
      never_falls: {column: index_kwh, along: read_at, within: [meter_code]}
share:
  name: {en: Share, zh: 份额}
  definition: {en: The share of a product in what a site made in a month, zh: 产品份额}
  key: [site_code, month, product]
  happened: month
  columns:
    - {id: site_code, type: text, name: {en: Site, zh: 位置}}
    - {id: month, type: month, name: {en: Month, zh: 月份}}
    - {id: product, type: text, name: {en: Product, zh: 产品}}
    - {id: share, type: number, places: 6, name: {en: Share, zh: 份额}}
    - {id: amount_cny, type: number, places: 2, unit: yuan, name: {en: Amount, zh: 金额}}
  rules:
    - id: shares_sum_to_one
      severity: block
      says: {en: Shares sum to one, zh: 份额之和为一}
      fault: {en: the shares do not sum to one, zh: 份额之和不为一}
      mend: {en: Correct them, zh: 改正}
      by: [site_code, month]
      holds: "abs(sum(share) - 1) <= 0.000001"
    - id: amounts_are_the_controls
      severity: hold
      says: {en: Amounts sum to the control total, zh: 金额与控制总数一致}
      fault: {en: the amounts of the month are not the control total, zh: 当月金额与控制总数不符}
      mend: {en: Find what is missing, zh: 查找缺漏}
      reconciles:
        {total: "sum(amount_cny)", register: small.control, total_there: "sum(total_cny)", by: {month: month},
         tolerance: 0.5}
control:
  name: {en: Control total, zh: 控制总数}
  definition: {en: What the month came to, zh: 当月总数}
  key: [month]
  happened: month
  columns:
    - {id: month, type: month, name: {en: Month, zh: 月份}}
    - {id: total_cny, type: number, places: 2, unit: yuan, name: {en: Total, zh: 总数}}
note:
  name: {en: Note, zh: 便条}
  definition: {en: A note without a key, zh: 无主键的便条}
  columns:
    - {id: on_day, type: date, may_be_empty: true, written: {dates: ["%d/%m/%Y"], empty: ["n/a"]},
       name: {en: Day, zh: 日}}
    - {id: amount, type: number, places: 2, may_be_empty: true, written: {decimal: ",", thousands: "."},
       name: {en: Amount, zh: 量}}
    - {id: in_thousands, type: number, places: 2, may_be_empty: true, written: {times: 1000},
       name: {en: Large amount, zh: 大数}}
    - {id: words, type: text, may_be_empty: true, name: {en: Words, zh: 文字}}
"""
CODES = """code,name_en,name_zh,parent,from,until
36,Motor vehicles,汽车制造业,C,2017-10-01,
37,Old vehicles,旧代码,C,2002-01-01,2017-10-01
"""
READING = {"meter_code": "M1", "read_at": "2026-01-05 10:00", "index_kwh": "100.5", "energy_kwh": "2.25", "how": "read"}
METER = {"meter_code": "M1", "site_code": "S1", "valid_from": "2020-01-01"}


def registers(folder: Path) -> dict[str, Register]:
    """The registers of this page by id."""
    path = folder / "registers.yaml"
    path.write_text(DECLARED, encoding="utf-8")
    troubles: list[Any] = []
    found = read_registers("small", {path: "registers.yaml"}, troubles)
    assert not troubles, troubles
    return found


def records_zone(folder: Path) -> Zone:
    """A zone with these registers and their code list."""
    codes = folder / "codes"
    codes.mkdir(exist_ok=True)
    (codes / "industries.csv").write_text(CODES, encoding="utf-8")
    return dataclasses.replace(small_zone(folder), registers=registers(folder), code_folders={"small": codes})


def write_records(path: Path, register: Register, rows: list[dict[str, str]]) -> Path:
    """Write rows, whose missing cells are empty, as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(register.column_ids)
        writer.writerows([row.get(column, "") for column in register.column_ids] for row in rows)
    return path


class Trial:
    """One engine in which files are checked, and what passed counts as kept."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.zone = folder, records_zone(folder)
        self.engine = Engine(memory_mb=1024)
        self.kept: dict[str, str] = {}
        self.count = 0

    def check(
        self,
        name: str,
        rows: list[dict[str, str]] | Path,
        change: Any = "add",
        today: date = TODAY,
        may_stand: bool = False,
    ) -> Verdict:
        """The verdict on rows of the register `small.<name>`, or on a file of them."""
        register = self.zone.registers[f"small.{name}"]
        self.count += 1
        path = rows if isinstance(rows, Path) else write_records(self.folder / f"{self.count}.csv", register, rows)
        batch = receive(self.engine, register, path, "somebody", may_stand=may_stand)
        others = {key: self.kept[key] for key in named_registers(register) if key in self.kept}
        kept = self.kept.get(register.id, "")
        return check(self.engine, self.zone, register, batch, today, kept, others, change)

    def keep(self, name: str, rows: list[dict[str, str]]) -> Verdict:
        """Check rows and let those that pass be kept."""
        verdict = self.check(name, rows)
        key, table = f"small.{name}", f"kept_{name}_{self.count}"
        before = f'select * from "{self.kept[key]}" union all ' if key in self.kept else ""
        self.engine.make(table, f'{before}select * from "{verdict.accepted}"')
        self.kept[key] = table
        return verdict

    def accepted(self, verdict: Verdict, *columns: str) -> list[tuple[Any, ...]]:
        """The accepted rows in the order of lines, of them these columns."""
        listed = ", ".join(f'"{column}"' for column in columns or verdict.batch.columns)
        return self.engine.rows(f'select {listed} from "{verdict.accepted}" order by _line')
