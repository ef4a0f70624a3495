"""The study `meter` answered: what one meter read month by month, and what is wrong with its readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import numpy as np

from milepost.basics.answer import Answer, AnswerTable, Column, Headline, Picture, Proof
from milepost.basics.text import Text
from milepost.domains.carbon.excerpts import Tables, rows_of
from milepost.domains.carbon.metering import Moments, Numbers, falls, lacking, leaps
from milepost.domains.carbon.readings import MeterRow, MonthSum, month_sums, read_meters, year_sums

_SAYS = Text(
    "A month that lacks a reading has no sum; nothing is filled in and nothing is mended.",
    "缺读数的月份不汇总；不作填补，也不作改动。",
)
_FIRMS = Column("firms", Text("Firms", "企业数"))
_DEVICE = Column("device", Text("Device", "表计编号"))
_KINDS = {
    "lack": Text("Readings lack", "缺少读数"),
    "fall": Text("The index fell", "示数下降"),
    "leap": Text("A thousand times the usual", "读数约为通常值的千倍"),
}
_MENDS = {
    "lack": Text("Send the readings of these intervals", "补报该时段读数"),
    "fall": Text(
        "Write the new device where it was replaced, else correct the index", "更换表计的请填新表计编号，否则更正示数"
    ),
    "leap": Text("Check whether it was written in Wh or MWh", "核对是否误以Wh或MWh填写"),
}
_MOST_FAULTS = 200


@dataclass(frozen=True)
class Read:
    """The readings of one meter in the order of their moments."""

    moments: Moments
    energy: Numbers
    index: Numbers
    devices: Sequence[str]

    def of_year(self, year: int) -> Read:
        """Give the readings of a year."""
        mine = self.moments.astype("datetime64[Y]") == np.datetime64(str(year), "Y")
        return Read(self.moments[mine], self.energy[mine], self.index[mine],
                    [device for device, is_mine in zip(self.devices, mine, strict=True) if is_mine])  # fmt: skip


def meter(tables: Tables, parameters: Mapping[str, Any], on: date) -> Answer:
    """Give a year of a meter by month, with the intervals that lack, the falls of its index and the leaps."""
    meters = [one for one in read_meters(rows_of(tables, "meters")) if one.meter.code == str(parameters["meter"])]
    read = _read(tables)
    newest = read.moments.max().item().year if read.moments.size else on.year
    year = int(parameters["year"]) or newest
    read = read.of_year(year)
    months = [one for one in month_sums(_by_month(read, str(parameters["meter"])), meters, year) if one.start <= on]
    faults = [*_faults(read, meters, year, on)]
    total = year_sums(months).get(str(parameters["meter"]))
    return Answer(
        [Headline(Text(f"Read in {year}", f"{year}年读数合计"), total, "kWh")] if total is not None else [],
        [_months_table(year, months), _faults_table(faults)],
        Proof("counted", _SAYS),
        _document(year, months, faults),
        [*_missing(meters, months)],
    )  # fmt: skip


def _missing(meters: Sequence[MeterRow], months: Sequence[MonthSum]) -> Iterator[Text]:
    if not meters:
        yield Text("No meter with this code is registered", "该编码的计量点未登记")
    elif not any(one.interval_minutes for one in meters):
        yield Text(
            "No interval is registered: it cannot be told which readings lack", "未登记读数间隔，无法判断缺少哪些读数"
        )
    if any(one.energy_kwh is None for one in months):
        yield Text("The year has no sum: a month lacks readings", "有月份缺读数，全年不汇总")


def _read(tables: Tables) -> Read:
    rows = tables.get("rows", {})
    moments = np.asarray(rows.get("begins_at", []), dtype="datetime64[s]")
    order = np.argsort(moments, kind="stable")
    devices = [str(name or "") for name in rows.get("device_code", [])]
    return Read(
        moments[order], np.asarray(rows.get("energy_kwh", []), dtype=np.float64)[order],
        np.asarray(rows.get("index_kwh", []), dtype=np.float64)[order], [devices[place] for place in order],
    )  # fmt: skip


def _by_month(read: Read, code: str) -> list[dict[str, Any]]:
    found = []
    months = read.moments.astype("datetime64[M]")
    for month in np.unique(months):
        energy = read.energy[(months == month) & ~np.isnan(read.energy)]
        first: date = month.item()
        found.append({"meter_code": code, "year": first.year, "month": first.month,
                      "energy_kwh": float(energy.sum()), "reading_count": int(energy.size)})  # fmt: skip
    return found


def _faults(read: Read, meters: Sequence[MeterRow], year: int, on: date) -> Iterator[dict[str, Any]]:
    """Every fault of a year as a row; of what is not over yet nothing lacks."""
    moments = read.moments[~np.isnan(read.energy)]
    for one in meters:
        start = max(date(year, 1, 1), one.start)
        end = min(date(year + 1, 1, 1), on, one.until or date.max)
        if one.interval_minutes and start < end:
            edges = datetime.combine(start, time()), datetime.combine(end, time())
            for lack in lacking(moments, *edges, one.interval_minutes):
                yield _row("lack", lack.start, lack.until, count=lack.count)
    for kind, found in (("fall", falls(read.moments, read.index, read.devices)),
                        ("leap", leaps(read.moments, read.energy, read.devices))):  # fmt: skip
        for fault in found:
            yield _row(kind, fault.moment, None, fault.device, 1, fault.value, fault.expected)


def _row(
    kind: str, start: datetime, until: datetime | None, device: str = "", count: int = 1, value: float | None = None,
    expected: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "kind": kind, "from": f"{start:%Y-%m-%d %H:%M}", "until": f"{until:%Y-%m-%d %H:%M}" if until else "",
        "count": count, "device": device, "value": value, "expected": expected,
    }  # fmt: skip


def _months_table(year: int, months: Sequence[MonthSum]) -> AnswerTable:
    columns = (
        Column("month", Text(f"Month of {year}", f"{year}年月份")),
        Column("energy", Text("Electricity", "电量"), "kWh"),
        Column("known", Text("Read so far", "已有读数"), "kWh"), Column("read", Text("Readings", "实有读数")),
        Column("due", Text("Due", "应有读数")), _FIRMS,
    )  # fmt: skip
    rows = tuple({"month": str(m.start.month), "energy": m.energy_kwh, "known": m.read_kwh, "read": m.read_count,
                  "due": m.due_count, "firms": 1} for m in months)  # fmt: skip
    picture = Picture("bars", "month", ("known",))
    return AnswerTable("months", Text("By month", "分月读数"), columns, rows, contributors="firms", picture=picture)


def _faults_table(faults: Sequence[Mapping[str, Any]]) -> AnswerTable:
    columns = (
        Column("kind", Text("What is wrong", "问题")), Column("from", Text("From", "起")),
        Column("until", Text("Until before", "止（不含）")), Column("count", Text("Readings", "读数个数")), _DEVICE,
        Column("value", Text("Read", "读数"), "kWh"),
        Column("expected", Text("Before it, or usual", "此前或通常值"), "kWh"),
        Column("mend", Text("How to put it right", "处理办法")), _FIRMS,
    )  # fmt: skip
    rows = tuple({**fault, "kind": _KINDS[fault["kind"]], "mend": _MENDS[fault["kind"]], "firms": 1}
                 for fault in faults[:_MOST_FAULTS])  # fmt: skip
    name = Text("Gaps, falls and leaps", "缺数、倒走与突变")
    return AnswerTable("faults", name, columns, rows, contributors="firms")


def _document(year: int, months: Sequence[MonthSum], faults: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "year": year,
        "months": [{"month": f"{m.start:%Y-%m}", "kwh": m.energy_kwh, "known_kwh": m.read_kwh, "read": m.read_count,
                    "due": m.due_count} for m in months],
        "faults": [dict(fault) for fault in faults],
    }  # fmt: skip
