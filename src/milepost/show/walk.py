"""The walk's result, as the pages receive it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from milepost.forecast.outlook import Outlook
from milepost.keep.version import Version
from milepost.measure.reading import Reading
from milepost.plan.zone import Zone


@dataclass(frozen=True)
class Walk:
    """A zone walked on one known-on date: versions read, readings known, and one outlook for each target."""

    zone: Zone
    known_on: date
    versions: tuple[Version, ...]
    readings: tuple[Reading, ...]
    outlooks: dict[str, Outlook]
    refused_count: int
