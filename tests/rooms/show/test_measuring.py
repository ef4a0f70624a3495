"""Which computed figures speak of a promise, and as what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fakes.measuring import RowStore, column, indicator, register, zone
from milepost.engines.embedded import Engine
from milepost.measure.figures import measured_readings
from milepost.show.measuring import evidence

TODAY = date(2022, 12, 31)
BILLS = register(
    "made.bill",
    [column("firm"), column("day", "date"), column("yuan", "number", unit="yuan", places=2, may_be_empty=True)],
    key=("firm", "day"), happened="day",
)  # fmt: skip
SPENT = indicator("made.spent", "flow", "sum(yuan)", "made.bill", "yuan", by=("firm",))
KINDS = (
    SPENT,
    indicator("made.mean", "level", "mean(yuan)", "made.bill", "yuan"),
    indicator("made.net", "flow", "sum(yuan) - max(yuan)", "made.bill", "yuan"),
    indicator("made.bills", "flow", "count(*)", "made.bill"),
    replace(SPENT, id="made.balance", scale="real"),
)


@pytest.mark.parametrize(
    ("is_full", "wanted"),
    [
        (True, dict.fromkeys(("spent", "mean", "net", "bills", "balance"), "actual")),
        (False, {"spent": "at_least", "bills": "actual"}),
    ],
)
def test_a_sum_of_the_filled_cells_alone_is_a_bound_and_nothing_else_is_evidence(
    tmp_path: Path, is_full: bool, wanted: dict[str, str]
) -> None:
    rows: list[dict[str, Any]] = [
        {"firm": f"f{month % 3}", "day": date(2021, month, 1), "yuan": Decimal(month) if is_full or month > 1 else None}
        for month in range(1, 13)
    ]
    store, here = RowStore(tmp_path), zone([BILLS], KINDS)
    store.commit(BILLS, rows)
    with Engine() as engine:
        found = evidence(here, measured_readings(engine, here, store, TODAY))
    assert {one.indicator.removeprefix("made."): one.kind for one in found} == wanted
    assert {one.period.text for one in found} == {"2021"}
