"""A declaration written again as plain values: what `declared.build` was given, without what stands by default."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from datetime import date
from typing import Any


def plain_values(declared: Any, left_out: Collection[str] = ("place",)) -> Any:
    """Give a dataclass as mappings, lists and plain values; fields at their default, and `left_out`, are not there.

    >>> from milepost.basics.text import Text
    >>> plain_values(Text("Meter", "计量器具"))
    {'en': 'Meter', 'zh': '计量器具'}
    """
    if dataclasses.is_dataclass(declared) and not isinstance(declared, type):
        fields = {one.name: (getattr(declared, one.name), one) for one in dataclasses.fields(declared)}
        return {
            name: plain_values(value, left_out)
            for name, (value, field) in fields.items()
            if name not in left_out and not _is_default(value, field)
        }
    if isinstance(declared, dict):
        return {str(name): plain_values(value, left_out) for name, value in declared.items()}
    if isinstance(declared, list | tuple):
        return [plain_values(value, left_out) for value in declared]
    return (
        str(declared) if isinstance(declared, str) else declared.isoformat() if isinstance(declared, date) else declared
    )


def _is_default(value: Any, field: dataclasses.Field[Any]) -> bool:
    if field.default_factory is not dataclasses.MISSING:
        return bool(value == field.default_factory())
    return field.default is not dataclasses.MISSING and bool(value == field.default)
