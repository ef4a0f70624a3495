"""Expressions and tests are evaluated here, in three-valued logic, on a scope of named values.

Nothing is ever executed but the language's own operations; what does not fit is null, never an exception.

Reference: OMG, Decision Model and Notation 1.5, clauses 9.3 and 10.3.2 (semantics), tables 44-57.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from milepost.rules.functions import FUNCTIONS, call
from milepost.rules.syntax import (
    Call,
    Compare,
    Constant,
    ContextOf,
    Expression,
    Holds,
    If,
    ListOf,
    Name,
    Negate,
    Operation,
    Path,
    Range,
    Tests,
    Within,
)
from milepost.rules.values import ARITHMETIC, Months, Value, before, equal, kind_of

Scope = Mapping[str, Any]


def evaluate(tree: Expression, scope: Scope) -> Value:
    """Give the value of an expression. A callable in the scope is a function it may call.

    >>> from milepost.rules.parsing import parse_expression
    >>> evaluate(parse_expression("1 + 2 * a"), {"a": Decimal(3)})
    Decimal('7')
    """
    return _EVALUATE[type(tree)](tree, scope)


def passes(tests: Tests, value: Value, scope: Scope) -> bool | None:
    """Give whether a value passes a cell's tests: True, False, or None where that cannot be said.

    >>> from milepost.rules.parsing import parse_tests
    >>> [passes(parse_tests("not(< 18)"), value, {}) for value in (Decimal(20), Decimal(10), None)]
    [True, False, None]
    """
    if not tests.any_of:
        return True
    answer: bool | None = False
    for test in tests.any_of:
        one = _TEST[type(test)](test, value, scope)
        if one:
            answer = True
            break
        answer = None if one is None else answer
    return answer if not tests.negated or answer is None else not answer


def compared(operator: str, left: Value, right: Value) -> bool | None:
    """Give whether a comparison holds, or None where the two cannot be compared."""
    if operator == "=":
        return equal(left, right)
    if operator == "!=":
        same = equal(left, right)
        return None if same is None else not same
    if operator in ("<", ">="):
        is_before = before(left, right)
        return is_before if operator == "<" or is_before is None else not is_before
    is_after = before(right, left)
    return is_after if operator == ">" or is_after is None else not is_after


def _compare(test: Compare, value: Value, scope: Scope) -> bool | None:
    endpoint = evaluate(test.endpoint, scope)
    if test.operator == "=" and isinstance(endpoint, tuple) and not isinstance(value, tuple):
        return any(equal(value, item) for item in endpoint)
    return compared(test.operator, value, endpoint)


def _range(test: Range, value: Value, scope: Scope) -> bool | None:
    low = compared(">=" if test.has_low else ">", value, evaluate(test.low, scope))
    high = compared("<=" if test.has_high else "<", value, evaluate(test.high, scope))
    return _and(low, high)


def _holds(test: Holds, value: Value, scope: Scope) -> bool | None:
    found = evaluate(test.condition, {**scope, "?": value})
    return found if isinstance(found, bool) else None


_TEST: dict[type, Callable[[Any, Value, Scope], bool | None]] = {Compare: _compare, Range: _range, Holds: _holds}


def _and(left: Value, right: Value) -> bool | None:
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def _or(left: Value, right: Value) -> bool | None:
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def _operation(tree: Operation, scope: Scope) -> Value:
    operator = tree.operator
    left, right = evaluate(tree.left, scope), evaluate(tree.right, scope)
    if operator == "and":
        return _and(left, right)
    if operator == "or":
        return _or(left, right)
    if operator not in _ARITHMETIC:
        return compared(operator, left, right)
    try:
        return _ARITHMETIC[operator](left, right)
    except (ArithmeticError, ValueError, TypeError):
        return None


def _add(left: Any, right: Any) -> Value:
    kinds = (kind_of(left), kind_of(right))
    if kinds == ("number", "number"):
        return ARITHMETIC.add(left, right)
    if kinds in (("string", "string"), ("days and time duration",) * 2):
        return left + right
    if isinstance(left, Months) and isinstance(right, Months):
        return Months(left.count + right.count)
    if isinstance(left, timedelta | Months) and isinstance(right, date | time):
        left, right = right, left
    return _moved(left, right)


def _moved(moment: Any, span: Any) -> Value:
    """A date, time or date and time moved by a duration; the last day of a month where the day is missing."""
    if isinstance(span, Months) and isinstance(moment, date):
        year, month = divmod(moment.year * 12 + moment.month - 1 + span.count, 12)
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day)
    if not isinstance(span, timedelta):
        return None
    if isinstance(moment, time):
        return (datetime.combine(date(2000, 1, 1), moment) + span).timetz()
    if isinstance(moment, datetime):
        return moment + span
    return moment + timedelta(days=span // timedelta(days=1)) if isinstance(moment, date) else None


def _subtract(left: Any, right: Any) -> Value:
    kinds = (kind_of(left), kind_of(right))
    if kinds == ("number", "number"):
        return ARITHMETIC.subtract(left, right)
    if isinstance(right, timedelta | Months):
        return _add(left, _negated(right))
    if kinds[0] == kinds[1] and kinds[0] in ("date", "date and time"):
        return left - right
    return None


def _multiply(left: Any, right: Any) -> Value:
    if isinstance(right, timedelta | Months):
        left, right = right, left
    if not isinstance(right, Decimal):
        return None
    if isinstance(left, Months):
        return Months(int(ARITHMETIC.multiply(Decimal(left.count), right)))
    if isinstance(left, timedelta):
        return _seconds(ARITHMETIC.multiply(_in_seconds(left), right))
    return ARITHMETIC.multiply(left, right) if isinstance(left, Decimal) else None


def _divide(left: Any, right: Any) -> Value:
    if isinstance(right, Decimal) and not right:
        return None
    if isinstance(left, Months) and isinstance(right, Months):
        return ARITHMETIC.divide(Decimal(left.count), Decimal(right.count))
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return ARITHMETIC.divide(_in_seconds(left), _in_seconds(right))
    if isinstance(left, Months) and isinstance(right, Decimal):
        return Months(int(ARITHMETIC.divide(Decimal(left.count), right)))
    if isinstance(left, timedelta) and isinstance(right, Decimal):
        return _seconds(ARITHMETIC.divide(_in_seconds(left), right))
    both = isinstance(left, Decimal) and isinstance(right, Decimal)
    return ARITHMETIC.divide(left, right) if both else None


def _raise(left: Any, right: Any) -> Value:
    both = isinstance(left, Decimal) and isinstance(right, Decimal)
    found = ARITHMETIC.power(left, right) if both else None
    return found if found is None or found.is_finite() else None


def _in_seconds(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(microseconds=1)) / 1_000_000


def _seconds(count: Decimal) -> timedelta:
    return timedelta(microseconds=int(count * 1_000_000))


_ARITHMETIC: dict[str, Callable[[Any, Any], Value]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "**": _raise,
}


def _negated(value: Value) -> Value:
    if isinstance(value, Decimal):
        return value.copy_negate()
    if isinstance(value, Months):
        return Months(-value.count)
    return -value if isinstance(value, timedelta) else None


def _path(tree: Path, scope: Scope) -> Value:
    of = evaluate(tree.of, scope)
    if isinstance(of, dict):
        return of.get(tree.part)
    if isinstance(of, tuple):
        return tuple(item.get(tree.part) if isinstance(item, dict) else None for item in of)
    return _part(of, tree.part)


def _part(of: Value, part: str) -> Value:
    """A part of a date, time or duration, as a number."""
    if isinstance(of, Months) and part in ("years", "months"):
        count = divmod(abs(of.count), 12)[part == "months"]
        return Decimal(count if of.count >= 0 else -count)
    if isinstance(of, timedelta) and part in ("days", "hours", "minutes", "seconds"):
        size, sign = abs(of), -1 if of < timedelta() else 1
        clock = {"days": size.days, "hours": size.seconds // 3600, "minutes": size.seconds // 60 % 60}
        return Decimal(sign * clock.get(part, size.seconds % 60))
    if isinstance(of, date) and part == "weekday":
        return Decimal(of.isoweekday())
    allowed = {date: ("year", "month", "day"), time: ("hour", "minute", "second")}
    for kind in (date, time) if isinstance(of, datetime) else (type(of),):
        if part in allowed.get(kind, ()):
            return Decimal(getattr(of, part))
    return None


def _called(tree: Call, scope: Scope) -> Value:
    arguments = tuple(evaluate(argument, scope) for argument in tree.arguments)
    own = scope.get(tree.function)
    if callable(own):
        return own(*arguments)
    return call(tree.function, arguments) if tree.function in FUNCTIONS else None


def _chosen(tree: If, scope: Scope) -> Value:
    return evaluate(tree.then if evaluate(tree.condition, scope) is True else tree.otherwise, scope)


def _context(tree: ContextOf, scope: Scope) -> Value:
    found: dict[str, Value] = {}
    for name, entry in tree.entries:
        found[name] = evaluate(entry, {**scope, **found})
    return found


_EVALUATE: dict[type, Callable[[Any, Scope], Value]] = {
    Constant: lambda tree, scope: tree.value,
    Name: lambda tree, scope: scope.get(tree.name),
    Path: _path,
    Negate: lambda tree, scope: _negated(evaluate(tree.of, scope)),
    Operation: _operation,
    Call: _called,
    Within: lambda tree, scope: passes(tree.tests, evaluate(tree.value, scope), scope),
    If: _chosen,
    ListOf: lambda tree, scope: tuple(evaluate(item, scope) for item in tree.items),
    ContextOf: _context,
}
