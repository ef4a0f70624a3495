"""Which day it is somewhere: a time zone by its name, and the day a moment falls on there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

CHINA_NAME = "Asia/Shanghai"
CHINA = timezone(timedelta(hours=8), CHINA_NAME)
"""China's one time, eight hours before UTC all year since 1992: it needs no list of time zones on the machine."""


def time_zone_named(name: str) -> tzinfo | None:
    """Give the time zone with a name of the IANA list (`Asia/Shanghai`), None where this machine knows none.

    >>> time_zone_named("Asia/Shanghai").utcoffset(None)
    datetime.timedelta(seconds=28800)
    >>> time_zone_named("Asia/Shanghia") is None
    True
    """
    if name == CHINA_NAME:
        return CHINA
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def day_in(zone: tzinfo, moment: datetime) -> date:
    """Give the day a moment falls on in a time zone; the moment knows its own.

    >>> day_in(CHINA, datetime(2026, 2, 28, 17, 30, tzinfo=UTC))
    datetime.date(2026, 3, 1)
    """
    return moment.astimezone(zone).date()
