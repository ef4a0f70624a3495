"""Figures that the zone's own services make: a wing's study counts them from declarations and from the ledger.

They are Readings with the basis "computed" and the number of contributors behind them, so that the guard can
tell what is too small to leave.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date

from milepost.basics.period import Period
from milepost.measure.reading import Reading, Row
from milepost.plan.zone import Zone
from milepost.registers.study import Study
from milepost.show.asking import ask, studies
from milepost.show.walk import has_ledger, store_of
from milepost.study.finding import Finding

MARK = "computed"
_ID = re.compile(rf"{MARK}\.\w+\.\w+\.\d{{4}}-\d\d-\d\d\.[\w.]+")
LEAST_CONTRIBUTORS = 3


def computed_readings(zone: Zone, known_on: date) -> list[Reading]:
    """Give the readings of every study that gives some: on the date, and on the year ends before it since the plan.

    A wing speaks only where the zone has a folder for it, a ledger, or rows of a register the study reads: elsewhere
    there is nothing to count. What fewer than LEAST_CONTRIBUTORS stand behind is not made at all, so that no chance
    can rest on it.
    """
    found = []
    for wing, study in studies().values():
        if study.gives and ((zone.folder / wing.id).is_dir() or has_ledger(zone) or _has_rows(zone, study)):
            for day in _days(zone, known_on):
                finding = ask(zone, study.id, {}, day)
                found += [_reading(zone, finding, indicator, value) for indicator, value in _values(study, finding)]
    return [reading for reading in found if (reading.contributors or 0) >= LEAST_CONTRIBUTORS]


def _has_rows(zone: Zone, study: Study) -> bool:
    store = store_of(zone)
    return any(store.newest(excerpt.register) is not None for excerpt in study.reads.values())


def is_computed(reading_id: str) -> bool:
    """Is it the id of a computed reading?"""
    return _ID.fullmatch(reading_id) is not None


def computed_row(zone: Zone, reading_id: str) -> dict[str, str]:
    """Give what stands behind a computed reading: the study, the day, and the hash of every table it read.

    Raises YoursToMend (Q001) where no study of that name stands here any more.
    """
    wing, name = reading_id.split(".")[1:3]
    day = day_of(reading_id)
    finding = ask(zone, f"{wing}.{name}", {}, day)
    return {"study": finding.study.id, "known_on": day.isoformat(), **finding.read}


def day_of(reading_id: str) -> date:
    """Give the day a computed reading is of, from its id."""
    return date.fromisoformat(reading_id.split(".")[3])


def _days(zone: Zone, known_on: date) -> list[date]:
    ends = (date(year, 12, 31) for year in range(zone.plan.announced_on.year, known_on.year + 1))
    return sorted({known_on, *(day for day in ends if day < known_on)})


def _values(study: Study, finding: Finding) -> Iterator[tuple[str, float]]:
    given = finding.answer.document.get("indicators", {})
    for indicator in study.gives:
        if given.get(indicator) is not None:
            yield indicator, float(given[indicator])


def _reading(zone: Zone, finding: Finding, indicator: str, value: float) -> Reading:
    day, study = finding.known_on, finding.study
    digest = hashlib.sha256(repr(sorted(finding.read.items())).encode()).hexdigest()
    return Reading(
        id=f"{MARK}.{study.id}.{day.isoformat()}.{indicator}",
        indicator=indicator,
        area=zone.declared.main_area,
        period=Period(day.isoformat(), "point", day, day),
        value=value,
        unit=zone.indicators[indicator].unit,
        kind="actual",
        basis="computed",
        known_on=day,
        is_known_on_assumed=False,
        published_name=study.id,
        published_text=f"{value:.12g}",
        published_unit=zone.indicators[indicator].unit,
        published_on=day.isoformat(),
        source_url="",
        source_title=study.question.en,
        note="",
        row=Row(study.id, 0, study.id, 0, digest),
        contributors=finding.answer.document.get("contributors", {}).get(indicator),
    )
