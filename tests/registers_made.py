"""Registers of unit records made for tests: nothing of a real place."""

from __future__ import annotations

from milepost.basics.text import Text
from milepost.registers.register import Column, Register, Written

SAY = Text("words", "词")


def column(id: str, type: str = "text", **more: object) -> Column:
    fields: dict[str, object] = {"name": Text(f"the {id}", f"名{id}"), "may_be_empty": True}
    return Column(id=id, type=type, **{**fields, **more})  # type: ignore[arg-type]


def register(*columns: Column, **more: object) -> Register:
    return Register("made.register", SAY, SAY, columns, **more)  # type: ignore[arg-type]


THREE = register(column("a"), column("b"), column("c"))
METERS = register(
    column("meter_code", also_written=("电表", "Meter")),
    column("read_at", "moment", also_written=("date",), written=Written(dates=("%d/%m/%Y %H:%M",))),
    column("energy_kwh", "number", also_written=("Usage_kWh", "用电量（千瓦时）")),
    not_kept=("WeekStatus", "序号"),
)
