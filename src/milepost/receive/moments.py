"""Dates and times are read as they are written in files; what cannot be read is missing, never guessed.

A column is read by one form throughout. Where day and month could be either way round the column is
read day first, and told to be so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_EPOCH = datetime(1970, 1, 1)
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日\s*(?:(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2}))?)?[分秒]?")
_PATTERNS = (
    "%Y/%m/%d %H:%M:%S.%f", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d",
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%d/%m/%Y %H:%M:%S.%f", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M",
    "%d-%m-%Y", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y",
)  # fmt: skip
_SAMPLE = 400


@dataclass(frozen=True)
class Moments:
    """A column of moments: seconds since 1970-01-01 UTC, and the same as the clock on the wall showed.

    NaN where nothing or nothing readable is written. A time without a zone counts as UTC, and
    `has_zone` is False. `form` says how the column was read; `is_date_only`: no time of day is given.
    """

    utc: Floats
    clock: Floats
    has_zone: bool
    is_date_only: bool
    unread: int
    form: str
    is_ambiguous: bool = False


def read_moments(texts: Sequence[str]) -> Moments | None:
    """Give the moments written in a column, or None where fewer than 19 in 20 of a sample are dates."""
    written = [text for text in texts if text.strip()]
    if not written:
        return None
    step = max(1, len(written) // _SAMPLE)
    sample = written[::step]
    fitting = [(form, read) for form, read in _forms() if _share(sample, read) >= 0.95]
    if not fitting:
        return None
    form, read = fitting[0]
    other_way = {"%d/%m": "%m/%d"}.get(form[:5], "none")
    return _all_read(texts, form, read, any(name.startswith(other_way) for name, _ in fitting))


def _forms() -> list[tuple[str, Callable[[str], datetime]]]:
    patterns: list[tuple[str, Callable[[str], datetime]]] = [("ISO 8601", _iso), ("Chinese", _chinese)]
    patterns += [(pattern, lambda text, p=pattern: datetime.strptime(text, p)) for pattern in _PATTERNS]  # type: ignore[misc]
    return [*patterns, ("seconds since 1970", _seconds), ("milliseconds since 1970", _milliseconds)]


def _iso(text: str) -> datetime:
    if len(text) < 10 or text[4] != "-":
        raise ValueError("not a date")
    return datetime.fromisoformat(text)


def _chinese(text: str) -> datetime:
    found = _CHINESE.fullmatch(text)
    if found is None:
        raise ValueError("not a date")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second)


def _seconds(text: str) -> datetime:
    if not re.fullmatch(r"1\d{9}(\.\d+)?", text):
        raise ValueError("not a moment")
    return datetime.fromtimestamp(float(text), UTC)


def _milliseconds(text: str) -> datetime:
    if not re.fullmatch(r"1\d{12}", text):
        raise ValueError("not a moment")
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def _share(sample: Sequence[str], read: Callable[[str], datetime]) -> float:
    return sum(_try(text, read) is not None for text in sample) / len(sample)


def _try(text: str, read: Callable[[str], datetime]) -> datetime | None:
    try:
        return read(text.strip())
    except (ValueError, OverflowError):
        return None


def _all_read(texts: Sequence[str], form: str, read: Callable[[str], datetime], is_ambiguous: bool) -> Moments:
    utc, clock = np.full(len(texts), np.nan), np.full(len(texts), np.nan)
    zoned = True
    unread = 0
    for row, text in enumerate(texts):
        moment = _try(text, read) if text else None
        if moment is None:
            unread += bool(text.strip())
            continue
        offset = moment.utcoffset()
        seconds = (moment.replace(tzinfo=None) - _EPOCH).total_seconds()
        clock[row] = seconds
        utc[row] = seconds - (offset.total_seconds() if offset is not None else 0)
        zoned = zoned and offset is not None
    held = clock[np.isfinite(clock)]
    return Moments(utc, clock, zoned, bool((held % 86_400 == 0).all()), unread, form, is_ambiguous)
