"""The values of the expression language: kinds, equality, order, and their written forms.

A value is None (null), a bool, a Decimal, a str, a date, a time, a datetime, a Duration in days and time
(timedelta), a Months duration, a tuple of values (list) or a dict (context). No expression is read here.

Reference: OMG, Decision Model and Notation 1.5, clause 10.3.2 (semantic domains and comparison).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, Overflow
from typing import Literal, get_args

Value = object
Kind = Literal[
    "string",
    "number",
    "boolean",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
]
KINDS: tuple[str, ...] = get_args(Kind)

ARITHMETIC = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, Overflow])
"""IEEE 754 decimal128, as the standard asks."""


@dataclass(frozen=True, order=True)
class Months:
    """A years and months duration, counted in months."""

    count: int


_SPAN = re.compile(
    r"(?P<sign>-)?P(?:(?P<y>\d+)Y)?(?:(?P<mo>\d+)M)?(?:(?P<d>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d{1,6})?)S)?)?"
)


def kind_of(value: Value) -> str | None:
    """Give the kind of a value, or None for null, lists, contexts and anything unknown.

    >>> kind_of(Decimal(1)), kind_of(True), kind_of(None)
    ('number', 'boolean', None)
    """
    return _KIND_OF.get(type(value))


_KIND_OF: dict[type, str] = {
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    Months: "years and months duration",
}


def to_value(given: object) -> Value:
    """Give the language's value for a Python one: numbers become Decimal, sequences tuples.

    A float is read by its shortest written form (0.1 is one tenth); a float that is not a number or not
    finite is null, as is anything the language does not know.

    >>> to_value(0.1), to_value([1]), to_value(float("nan"))
    (Decimal('0.1'), (Decimal('1'),), None)
    """
    if isinstance(given, Decimal):
        return given if given.is_finite() else None
    if isinstance(given, int) and not isinstance(given, bool):
        return Decimal(given)
    if isinstance(given, float):
        return Decimal(repr(float(given))) if math.isfinite(given) else None
    if isinstance(given, list | tuple):
        return tuple(to_value(item) for item in given)
    if isinstance(given, Mapping):
        return {str(name): to_value(item) for name, item in given.items()}
    if isinstance(given, str):
        return str(given)
    return given if kind_of(given) else None


def equal(left: Value, right: Value) -> bool | None:
    """Give whether two values are equal; null equals only null; None where the kinds differ.

    >>> equal(Decimal("1.0"), Decimal(1)), equal(None, "a"), equal("a", Decimal(1))
    (True, False, None)
    """
    if left is None or right is None:
        return left is right
    if kind_of(left) != kind_of(right) or isinstance(left, tuple) != isinstance(right, tuple):
        return None
    return left == right


def before(left: Value, right: Value) -> bool | None:
    """Give whether `left` comes before `right`; None where they have no common order.

    >>> before(Decimal(1), Decimal(2)), before(True, False), before(Decimal(1), None)
    (True, None, None)
    """
    kind = kind_of(left)
    if kind is None or kind == "boolean" or kind != kind_of(right):
        return None
    try:
        return bool(left < right)  # type: ignore[operator]
    except TypeError:  # one of two times has a zone, the other none
        return None


def parse_duration(text: str) -> timedelta | Months | None:
    """Give the duration written as ISO 8601, or None where it is none or mixes months with days.

    >>> parse_duration("P1Y2M"), parse_duration("-PT36H"), parse_duration("P1Y1D")
    (Months(count=14), datetime.timedelta(days=-2, seconds=43200), None)
    """
    found = _SPAN.fullmatch(text)
    parts = {name: part for name, part in found.groupdict().items() if part} if found else {}
    sign = -1 if parts.pop("sign", None) else 1
    if not parts or text.endswith("T") or any(len(part) > 9 for part in parts.values()):
        return None
    if parts.keys() <= {"y", "mo"}:
        return Months(sign * (int(parts.get("y", 0)) * 12 + int(parts.get("mo", 0))))
    if parts.keys() & {"y", "mo"}:
        return None
    days, hours, minutes = (int(parts.get(name, 0)) for name in ("d", "h", "m"))
    try:
        seconds = Decimal(parts.get("s", "0"))
        return sign * timedelta(days, int(seconds), int(seconds % 1 * 1_000_000), minutes=minutes, hours=hours)
    except OverflowError:
        return None


def parse_temporal(text: str) -> date | time | datetime | timedelta | Months | None:
    """Give the date, time, date and time or duration written in ISO 8601, or None.

    >>> parse_temporal("2026-03-13"), parse_temporal("10:30:00"), parse_temporal("soon")
    (datetime.date(2026, 3, 13), datetime.time(10, 30), None)
    """
    duration = parse_duration(text)
    if duration is not None:
        return duration
    for pattern, read in _TEMPORAL:
        if pattern.fullmatch(text):
            try:
                return read(text)
            except ValueError:
                return None
    return None


_CLOCK = r"\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?"
_TEMPORAL = (
    (re.compile(r"\d{4}-\d{2}-\d{2}"), date.fromisoformat),
    (re.compile(_CLOCK), time.fromisoformat),
    (re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}T{_CLOCK}"), datetime.fromisoformat),
)


def number_text(value: Decimal) -> str:
    """Give a number without exponent and trailing zeros.

    >>> number_text(Decimal("1.20E+2")), number_text(Decimal("0.50"))
    ('120', '0.5')
    """
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def duration_text(value: timedelta | Months) -> str:
    """Give a duration as ISO 8601.

    >>> duration_text(Months(14)), duration_text(timedelta(days=1, hours=12)), duration_text(Months(-1))
    ('P1Y2M', 'P1DT12H', '-P1M')
    """
    if isinstance(value, Months):
        years, months = divmod(abs(value.count), 12)
        parts = f"{years}Y" * (years > 0) + f"{months}M" * (months > 0)
        return ("-" if value.count < 0 else "") + "P" + (parts or "0M")
    size = abs(value)
    hours, rest = divmod(size.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    second = number_text(Decimal(seconds) + Decimal(size.microseconds) / 1_000_000)
    clock = f"{hours}H" * (hours > 0) + f"{minutes}M" * (minutes > 0) + f"{second}S" * (second != "0")
    parts = f"{size.days}D" * (size.days > 0) + (f"T{clock}" if clock else "")
    return ("-" if value < timedelta() else "") + "P" + (parts or "T0S")


def written(value: Value) -> str:
    """Give a value as an expression that reads back to it.

    >>> written("a"), written(date(2026, 1, 2)), written((Decimal(1), None))
    ('"a"', 'date("2026-01-02")', '[1, null]')
    """
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, tuple):
        return f"[{', '.join(written(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{name}": {written(item)}' for name, item in value.items()) + "}"
    if isinstance(value, timedelta | Months):
        return f'duration("{duration_text(value)}")'
    if isinstance(value, date | time):
        return f'{kind_of(value)}("{value.isoformat()}")'
    if isinstance(value, Decimal):
        return number_text(value)
    return {None: "null", True: "true", False: "false"}.get(value, "?")  # type: ignore[call-overload,no-any-return]


def plain(value: Value) -> object:
    """Give a value for JSON: whole numbers as int, others as their written text where float would lose digits.

    >>> plain((Decimal("2.0"), Decimal("0.5"), date(2026, 1, 2)))
    [2, 0.5, '2026-01-02']
    """
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) < 2**53:
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else number_text(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, timedelta | Months):
        return duration_text(value)
    return value.isoformat() if isinstance(value, date | time) else value
