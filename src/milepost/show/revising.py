"""The revision triangle of a computed indicator: each period's figure as it stood at every version of its register.

Croushore and Stark (2001), "A real-time data set for macroeconomists", Journal of Econometrics 105, 111-130. A
figure that too few stand behind, or that rests on rows which wait for a decision, stays here as it does everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend
from milepost.engines.embedded import Engine
from milepost.measure.figures import Measure
from milepost.measure.spell import Every
from milepost.plan.zone import Zone
from milepost.show.measuring import may_be_told
from milepost.show.today import today_in
from milepost.show.walk import store_of, take_in_records

MOST_VERSIONS = 36


@dataclass(frozen=True)
class Triangle:
    """Figures of an indicator [in its unit] by period and version.

    `kept_on` gives the day of each version, oldest first; `values` each period's figure at each of them, None where
    it was not known or may not be told.
    """

    indicator: str
    unit: str
    kept_on: dict[int, date]
    values: dict[str, tuple[float | None, ...]]

    def revised(self) -> dict[str, tuple[float, float]]:
        """Give for each period with two figures or more its first and its latest."""
        told = {when: [one for one in row if one is not None] for when, row in self.values.items()}
        return {when: (row[0], row[-1]) for when, row in told.items() if len(row) > 1}

    def summary(self) -> dict[str, float | int | None]:
        """Give the mean revision and the mean absolute revision, latest over first less one, over such periods."""
        shares = [last / first - 1 for first, last in self.revised().values() if first]
        count = len(shares)
        return {
            "periods": count,
            "mean_revision": math.fsum(shares) / count if count else None,
            "mean_absolute_revision": math.fsum(map(abs, shares)) / count if count else None,
        }

    def document(self) -> dict[str, Any]:
        """Give it as plain values."""
        return {
            "indicator": self.indicator,
            "unit": self.unit,
            "versions": [{"version": number, "kept_on": day.isoformat()} for number, day in self.kept_on.items()],
            "periods": {when: list(row) for when, row in self.values.items()},
            "summary": self.summary(),
        }

    def lines(self) -> Iterator[str]:
        """Give it as a table to print, and its summary below."""
        yield f"{self.indicator} [{self.unit}]"
        yield " ".join([f"{'':>12}", *(f"{f'v{number}':>14}" for number in self.kept_on)])
        yield " ".join([f"{'kept on':>12}", *(f"{day.isoformat():>14}" for day in self.kept_on.values())])
        for when, row in self.values.items():
            yield " ".join([f"{when:>12}", *(f"{'' if one is None else f'{one:,.6g}':>14}" for one in row)])
        told = self.summary()
        if told["periods"]:
            yield (
                f"Over {told['periods']} periods: mean revision {told['mean_revision']:+.2%}, "
                f"mean absolute {told['mean_absolute_revision']:.2%}."
            )


def revisions(zone: Zone, indicator: str, every: Every = "year") -> Triangle:
    """Give the triangle of an indicator computed from one register, over its last MOST_VERSIONS versions.

    Raises YoursToMend: M003 no such computed indicator, M008 it is computed from several registers.
    """
    today = today_in(zone)
    take_in_records(zone, today)
    store = store_of(zone)
    with Engine() as engine:
        asked = Measure(engine, zone, store, today)
        registers = {zone.indicators[name].register for name in asked.inputs(indicator)}
        if len(registers) != 1:
            what = f"{indicator} is computed from several registers, which have versions of their own"
            raise YoursToMend(Trouble("M008", what, "Ask for one of the indicators it is computed from"))
        (register,) = registers
        versions = store.versions(register or "")[-MOST_VERSIONS:]
        rows: dict[str, dict[int, float]] = {}
        for one in versions:
            measure = Measure(engine, zone, store, today, is_kept=False)
            measure.versions[one.register] = one.number
            for reading in measure.readings(indicator, every):
                if may_be_told(reading) and not math.isnan(reading.value):
                    rows.setdefault(reading.period.text, {})[one.number] = reading.value
    kept_on = {one.number: store.day(one.kept_at) for one in versions}
    values = {when: tuple(row.get(number) for number in kept_on) for when, row in sorted(rows.items())}
    return Triangle(indicator, zone.indicators[indicator].unit, kept_on, values)
