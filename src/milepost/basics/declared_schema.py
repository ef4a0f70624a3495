"""The JSON schema (draft 2020-12) of a declaration, made from the dataclass it is built into.

It says what `declared.build` reads and no more: names, types, which are needed. What names mean together (a column
that is not there, a unit that does not fit) is told by the check of a zone. A YAML date is a text to an editor.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Collection
from datetime import date
from typing import Any, Literal, Union

from milepost.basics.declared import Placed

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": ["string", "number"]},
    Placed: {"type": ["string", "number"]},
    float: {"type": "number"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
}


class Schemas:
    """Gathers the schemas of dataclasses under `$defs`, each once, as others name them."""

    def __init__(self) -> None:
        self.defs: dict[str, Schema] = {}

    def of(self, cls: type, given: Collection[str] = ()) -> Schema:
        """Give a reference to the schema of a dataclass; `given` are fields that the file does not hold."""
        if cls.__name__ not in self.defs:
            self.defs[cls.__name__] = {}
            self.defs[cls.__name__] = self._made(cls, given)
        return {"$ref": f"#/$defs/{cls.__name__}"}

    def _made(self, cls: Any, given: Collection[str]) -> Schema:
        hints = typing.get_type_hints(cls)
        fields = [one for one in dataclasses.fields(cls) if one.name != "place" and one.name not in given]
        missing = dataclasses.MISSING
        needed = [one.name for one in fields if one.default is missing and one.default_factory is missing]
        return {
            "description": inspect.cleandoc(cls.__doc__ or ""),
            "type": "object",
            "properties": {one.name: self.value(hints[one.name]) for one in fields},
            **({"required": needed} if needed else {}),
            "additionalProperties": False,
        }

    def value(self, kind: Any) -> Schema:
        """Give the schema of a field's values by its type."""
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin in (Union, types.UnionType):
            inner = next(one for one in arguments if one is not type(None))
            return {"anyOf": [self.value(inner), {"type": "null"}]}
        if origin is tuple:
            return {"type": "array", "items": self.value(arguments[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.value(arguments[1])}
        if origin is Literal:
            return {"enum": list(arguments)}
        return self.of(kind) if dataclasses.is_dataclass(kind) and isinstance(kind, type) else dict(_PLAIN[kind])

    def document(self, title: str, root: Schema) -> Schema:
        """Give the schema of a file whose value is `root`."""
        return {"$schema": DRAFT, "title": title, **root, "$defs": dict(sorted(self.defs.items()))}
