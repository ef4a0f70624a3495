"""What day it is in a zone: the machine's moment, read on the zone's own clock and not on the machine's."""

from __future__ import annotations

from datetime import UTC, date, datetime

from milepost.plan.zone import Zone


def today_in(zone: Zone) -> date:
    """Give the day it is in a zone."""
    return zone.day(datetime.now(UTC))
