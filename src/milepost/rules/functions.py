"""The built-in functions of the expression language, by name. A wrong argument gives null, never an exception.

Reference: OMG, Decision Model and Notation 1.5, clause 10.3.4 (built-in functions).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import TypeVar

from milepost.rules.values import (
    ARITHMETIC,
    Months,
    Value,
    before,
    duration_text,
    equal,
    kind_of,
    number_text,
    parse_duration,
    parse_temporal,
)

Function = Callable[..., Value]
FUNCTIONS: dict[str, Function] = {}
Defined = TypeVar("Defined", bound=Function)
_NULL_IF = (TypeError, ValueError, ArithmeticError, AttributeError, IndexError)


def call(name: str, arguments: tuple[Value, ...]) -> Value:
    """Give what a built-in function gives, or null where the arguments do not fit it.

    >>> call("string length", ("tea",)), call("string length", (None,))
    (Decimal('3'), None)
    """
    try:
        return FUNCTIONS[name](*arguments)
    except _NULL_IF:
        return None


def _named(name: str) -> Callable[[Defined], Defined]:
    def keep(function: Defined) -> Defined:
        FUNCTIONS[name] = function
        return function

    return keep


def _number(value: Value) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError
    return value


def _whole(value: Value) -> int:
    number = _number(value)
    if number != number.to_integral_value() or abs(number) > 10**9:
        raise ValueError
    return int(number)


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _items(arguments: tuple[Value, ...]) -> tuple[Value, ...]:
    """The items of the one list given, or the arguments themselves."""
    return arguments[0] if len(arguments) == 1 and isinstance(arguments[0], tuple) else arguments


# logic


@_named("not")
def _not(value: Value) -> Value:
    return not value if isinstance(value, bool) else None


@_named("all")
def _all(*given: Value) -> Value:
    items = _items(given)
    return False if False in items else (True if all(item is True for item in items) else None)


@_named("any")
def _any(*given: Value) -> Value:
    items = _items(given)
    return True if True in items else (False if all(item is False for item in items) else None)


# numbers


@_named("abs")
def _abs(value: Value) -> Value:
    if isinstance(value, Months):
        return Months(abs(value.count))
    return abs(value) if isinstance(value, timedelta) else _number(value).copy_abs()


@_named("floor")
def _floor(value: Value) -> Value:
    return _number(value).to_integral_value(ROUND_FLOOR)


@_named("ceiling")
def _ceiling(value: Value) -> Value:
    return _number(value).to_integral_value(ROUND_CEILING)


@_named("decimal")
def _decimal(value: Value, places: Value) -> Value:
    return _number(value).quantize(Decimal(1).scaleb(-_whole(places)), ROUND_HALF_EVEN, ARITHMETIC)


@_named("modulo")
def _modulo(value: Value, divisor: Value) -> Value:
    quotient = ARITHMETIC.divide(_number(value), _number(divisor)).to_integral_value(ROUND_FLOOR)
    return ARITHMETIC.subtract(_number(value), ARITHMETIC.multiply(_number(divisor), quotient))


@_named("sqrt")
def _sqrt(value: Value) -> Value:
    return ARITHMETIC.sqrt(_number(value))


@_named("number")
def _to_number(text: Value) -> Value:
    found = re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,4})?", _text(text).strip())
    return Decimal(found.group()) if found else None


@_named("count")
def _count(*given: Value) -> Value:
    return Decimal(len(_items(given)))


@_named("sum")
def total(*given: Value) -> Value:
    """Give the sum of numbers, or null where there are none or one is no number."""
    result = Decimal(0)
    for item in _items(given):
        result = ARITHMETIC.add(result, _number(item))
    return result if _items(given) else None


@_named("mean")
def _mean(*given: Value) -> Value:
    return ARITHMETIC.divide(_number(total(*given)), Decimal(len(_items(given))))


@_named("min")
def least(*given: Value) -> Value:
    """Give the least of values of one ordered kind, or null."""
    return _extreme(_items(given), lambda item, best: before(item, best))


@_named("max")
def greatest(*given: Value) -> Value:
    """Give the greatest of values of one ordered kind, or null."""
    return _extreme(_items(given), lambda item, best: before(best, item))


def _extreme(items: tuple[Value, ...], is_better: Callable[[Value, Value], bool | None]) -> Value:
    best = items[0] if items else None
    for item in items[1:]:
        better = is_better(item, best)
        if better is None:
            return None
        best = item if better else best
    return best


# lists and texts


@_named("list contains")
def _list_contains(items: Value, wanted: Value) -> Value:
    return any(equal(item, wanted) for item in items) if isinstance(items, tuple) else None


@_named("string")
def _string(value: Value) -> Value:
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, timedelta | Months):
        return duration_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date | time) else (value if isinstance(value, str) else None)


@_named("string length")
def _string_length(text: Value) -> Value:
    return Decimal(len(_text(text)))


@_named("substring")
def _substring(text: Value, start: Value, length: Value = None) -> Value:
    first = _whole(start)
    if first == 0 or (length is not None and _whole(length) < 0):
        return None
    begin = first - 1 if first > 0 else max(len(_text(text)) + first, 0)
    return _text(text)[begin:] if length is None else _text(text)[begin : begin + _whole(length)]


@_named("upper case")
def _upper_case(text: Value) -> Value:
    return _text(text).upper()


@_named("lower case")
def _lower_case(text: Value) -> Value:
    return _text(text).lower()


@_named("contains")
def _contains(text: Value, part: Value) -> Value:
    return _text(part) in _text(text)


@_named("starts with")
def _starts_with(text: Value, part: Value) -> Value:
    return _text(text).startswith(_text(part))


@_named("ends with")
def _ends_with(text: Value, part: Value) -> Value:
    return _text(text).endswith(_text(part))


# dates and times


@_named("date")
def _date(*given: Value) -> Value:
    if len(given) == 3:
        return date(*(_whole(part) for part in given))
    (value,) = given
    if isinstance(value, datetime):
        return value.date()
    found = parse_temporal(value) if isinstance(value, str) else value
    return found if kind_of(found) == "date" else None


@_named("time")
def _time(*given: Value) -> Value:
    if len(given) == 3:
        hour, minute, second = (_whole(part) for part in given)
        return time(hour, minute, second)
    (value,) = given
    if isinstance(value, datetime):
        return value.timetz()
    found = parse_temporal(value) if isinstance(value, str) else value
    return found if isinstance(found, time) else None


@_named("date and time")
def _date_and_time(*given: Value) -> Value:
    if len(given) == 2:
        day, clock = given
        fits = isinstance(day, date) and isinstance(clock, time)
        return datetime.combine(day, clock) if fits else None  # type: ignore[arg-type]
    (value,) = given
    found = parse_temporal(value) if isinstance(value, str) else value
    if kind_of(found) == "date":
        return datetime.combine(found, time())  # type: ignore[arg-type]
    return found if isinstance(found, datetime) else None


@_named("duration")
def _duration(text: Value) -> Value:
    return parse_duration(_text(text))


@_named("years and months duration")
def _years_and_months(start: Value, end: Value) -> Value:
    if not isinstance(start, date) or not isinstance(end, date):
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return Months(months)


@_named("day of week")
def _day_of_week(day: Value) -> Value:
    return calendar.day_name[day.weekday()] if isinstance(day, date) else None
