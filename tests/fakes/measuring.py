"""A small store of typed rows with versions, and a plain answer to what formulas mean, for tests of measuring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from milepost.basics.area import Area
from milepost.basics.declared import Placed
from milepost.basics.text import Text
from milepost.engines.embedded import Engine
from milepost.keep.version import Version
from milepost.plan.plan import no_plan
from milepost.plan.zone import Zone, ZoneFile
from milepost.receive.batch import Receipt
from milepost.registers.indicator import Indicator
from milepost.registers.register import Column, Register

SAY = Text("words", "词")
TYPES = {
    "text": "varchar", "code": "varchar", "whole": "bigint", "real": "double", "date": "date", "month": "date",
    "moment": "timestamp", "yes_no": "boolean",
}  # fmt: skip
PLACES = {"_file": "varchar", "_line": "bigint", "_version": "bigint"}


def column(id: str, type: str = "text", **more: Any) -> Column:
    return Column(id, SAY, type, **more)  # type: ignore[arg-type]


def register(id: str, columns: Iterable[Column], **more: Any) -> Register:
    return Register(id, SAY, SAY, tuple(columns), **more)


def indicator(
    id: str, kind: str, formula: str, register: str | None = None, unit: str = "count", **more: Any
) -> Indicator:
    where = more.pop("where", None)
    more["where"] = Placed(where) if where else None
    return Indicator(id, SAY, SAY, kind, unit, formula=Placed(formula), register=register, **more)  # type: ignore[arg-type]


def zone(
    registers: Iterable[Register], indicators: Iterable[Indicator], areas: Iterable[Area] = (), folder: Path = Path(".")
) -> Zone:
    areas = tuple(areas) or (Area("ZONE", SAY),)
    declared = ZoneFile("made", SAY, "ZONE", areas)
    named = {one.id: one for one in indicators}
    return Zone(folder, declared, no_plan(SAY), named, {}, {one.id: one for one in registers})


@dataclass
class RowStore:
    """Keeps rows of registers as lists, one for each version; version n was received on day n of 2020."""

    folder: Path
    kept: dict[str, list[list[dict[str, Any]]]] = field(default_factory=dict)
    registers: dict[str, Register] = field(default_factory=dict)

    def commit(self, register: Register, rows: Iterable[Mapping[str, Any]], how: str = "append") -> int:
        """Keep rows as a new version; with how="correct" rows with their key are taken away first."""
        self.registers[register.id] = register
        versions = self.kept.setdefault(register.id, [[]])
        number = len(versions)
        placed = [{**row, "_file": f"{number}.csv", "_line": n + 2, "_version": number} for n, row in enumerate(rows)]
        keys = {tuple(row[key] for key in register.key) for row in placed} if how == "correct" else set()
        left = [row for row in versions[-1] if not keys or tuple(row[key] for key in register.key) not in keys]
        versions.append([*left, *placed])
        return number

    def rows(self, register: str, version: int | None = None) -> list[dict[str, Any]]:
        versions = self.kept.get(register, [[]])
        return versions[-1 if version is None else version]

    def is_only_added(self, register: str, since: int, until: int) -> bool:
        return all(row in self.kept[register][until] for row in self.kept[register][since])

    def day(self, moment: datetime) -> date:
        return moment.date()

    def newest(self, register: str) -> int | None:
        return len(self.kept[register]) - 1 if register in self.kept else None

    def versions(self, register: str) -> list[Version]:
        found = []
        for number in range(1, len(self.kept.get(register, [[]]))):
            at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=number - 1)
            receipt = Receipt(f"{number}.csv", str(number), at, "", "")
            found.append(Version(register, number, number - 1 or None, 0, 0, str(number), at, receipt))
        return found

    def view(self, engine: Engine, register: Register, version: int | None = None) -> str:
        name = f"kept_{register.id}_{version}"
        types = {one.id: _type(one) for one in register.columns} | PLACES
        rows = self.rows(register.id, version)
        engine.load(name, types, [[_text(row.get(key)) for key in types] for row in rows])
        return name


def _type(one: Column) -> str:
    return f"decimal(18, {one.places})" if one.type == "number" else TYPES[one.type]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def months(first: date, last: date) -> list[date]:
    found, day = [], first.replace(day=1)
    while day <= last:
        found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def public(register: Register) -> Register:
    return replace(register, is_public=True)
