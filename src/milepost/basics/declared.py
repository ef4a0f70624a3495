"""Declarations are read here: YAML with the line of every word, built into dataclasses.

A dataclass is the whole description of what a declaration may hold: its fields' names, types and
defaults. All troubles of a file are told at once, each with its line and the nearest known name.
Nothing is executed, and anchors, aliases and tags are not read: a declaration says what it says.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, Literal, TypeVar, Union

import yaml

from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, listed, nearest

T = TypeVar("T")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LARGEST_FILE_BYTES = 8_000_000
_DEEPEST = 40


@dataclass(frozen=True)
class Node:
    """A declared value with its place: a plain value, a list of nodes, or a mapping of names to nodes."""

    value: Any
    place: Place
    keys: tuple[tuple[str, Place], ...] = ()

    def items(self) -> Iterator[tuple[str, Place, Node]]:
        """Give each entry of a mapping: name, place of the name, node."""
        for name, place in self.keys:
            yield name, place, self.value[name]


class Placed(str):
    """A text that is read further (a formula), with the place where its first letter stands."""

    place: Place

    def __new__(cls, text: str, place: Place = NOWHERE) -> Placed:
        """Give `text` with its place."""
        placed = super().__new__(cls, text)
        placed.place = place
        return placed


def read_yaml(path: Path, shown_as: str | None = None) -> Node:
    """Give the declarations of a YAML file as nodes with places.

    Raises YoursToMend (D001 unreadable, D002 not YAML, D003 alias or tag, D004 a name given twice).
    """
    file = shown_as or str(path)
    try:
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise YoursToMend(Trouble("D001", "the file is too large for a declaration", "Split it", Place(file)))
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        mend = "Save the file as UTF-8 text at this place"
        raise YoursToMend(Trouble("D001", "the file cannot be read as UTF-8 text", mend, Place(file))) from error
    loader = _LOADER(source)
    troubles: list[Trouble] = []
    try:
        node = _Reader(file, loader, troubles).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        problem = getattr(error, "problem", None) or "the text is not YAML"
        raise YoursToMend(Trouble("D002", problem, "Mend the YAML at this place", place)) from error
    finally:
        loader.dispose()
    if troubles:
        raise YoursToMend(troubles)
    return node


class _Reader:
    """Makes nodes of a parser's events, so that how deep a file is nested is known before it can do harm."""

    def __init__(self, file: str, loader: Any, troubles: list[Trouble]) -> None:
        self.file, self.loader, self.troubles = file, loader, troubles

    def document(self) -> Node:
        """Give the one document of the text; an empty text is an empty mapping."""
        self.loader.get_event()
        if self.loader.check_event(yaml.StreamEndEvent):
            return Node({}, Place(self.file, 1))
        self.loader.get_event()
        node = self.node(0)
        self.loader.get_event()
        if not self.loader.check_event(yaml.StreamEndEvent):
            self.trouble("D002", "a second document begins here", "Write one document", self.loader.peek_event())
        return node

    def node(self, depth: int) -> Node:
        """Give the node that begins with the next event."""
        event = self.loader.get_event()
        if depth > _DEEPEST:
            what = "the declaration is nested too deeply"
            raise YoursToMend(Trouble("D001", what, f"Nest at most {_DEEPEST} levels", self.place(event)))
        if getattr(event, "tag", None) is not None:
            self.trouble("D003", "a tag (!name) stands here", "Write the value without it", event)
        if isinstance(event, yaml.AliasEvent):
            self.trouble("D003", "an alias (*name) stands here", "Write the value out in full", event)
            return Node(None, self.place(event))
        if isinstance(event, yaml.ScalarEvent):
            return Node(self.scalar(event), self.first_letter(event))
        if isinstance(event, yaml.SequenceStartEvent):
            children = []
            while not self.loader.check_event(yaml.SequenceEndEvent):
                children.append(self.node(depth + 1))
            self.loader.get_event()
            return Node(children, self.place(event))
        return self.mapping(event, depth)

    def mapping(self, start: Any, depth: int) -> Node:
        """Give the mapping whose first event has been taken."""
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not self.loader.check_event(yaml.MappingEndEvent):
            event = self.loader.peek_event()
            key = self.node(depth + 1)
            name = event.value if isinstance(event, yaml.ScalarEvent) else ""
            if not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                self.trouble("D002", "a name must be a plain word", "Write a word before the colon", event)
            if name in keys:
                self.trouble("D004", f"the name {name} is given twice", "Keep one of the two", event)
            entries[name], keys[name] = self.node(depth + 1), key.place
        self.loader.get_event()
        return Node(entries, self.place(start), tuple(keys.items()))

    def scalar(self, event: Any) -> Any:
        """Give the plain value a scalar means: text, number, date, true or false, or nothing."""
        tag = self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag == "tag:yaml.org,2002:str":
            return event.value
        try:
            return self.loader.construct_object(yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark))
        except ValueError:
            self.trouble("D002", "the value cannot be read", "Mend the number or date, or put it in quotes", event)
            return None

    def place(self, event: Any) -> Place:
        """Give where an event begins."""
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def first_letter(self, event: Any) -> Place:
        """Give where the text of a scalar begins: behind its quotation mark, or on the line below its bar."""
        place = self.place(event)
        if event.style in ("|", ">"):
            return Place(place.file, place.line + 1)
        return Place(place.file, place.line, place.column + 1) if event.style in ("'", '"') else place

    def trouble(self, code: str, what: str, mend: str, event: Any) -> None:
        """Add a trouble at the place of an event."""
        self.troubles.append(Trouble(code, what, mend, self.place(event)))


def build(cls: type[T], node: Node, troubles: list[Trouble], **given: Any) -> T | None:
    """Give an instance of the dataclass `cls` from a mapping node, or None when there were troubles.

    `given` fills fields the file does not hold (an id that is the entry's own name). A field called
    `place` receives the node's place. A field whose metadata holds `mend` may not be left empty, and
    its lack is told with these words. Every trouble is added to `troubles` (D010 not a mapping,
    D011 unknown name, D012 a name is missing, D013 a value of the wrong type).
    """
    one = f"{'an' if _label(cls)[0] in 'aeiou' else 'a'} {_label(cls)}"
    if not isinstance(node.value, dict):
        troubles.append(Trouble("D010", f"{one} is expected here", "Write names and values", node.place))
        return None
    fields, required, mends = _fields(cls)  # type: ignore[arg-type]
    if "place" in fields:
        given = {**given, "place": node.place}
    before = len(troubles)
    values = dict(given)
    for name, place, child in node.items():
        if name not in fields or name in given:
            known = [field for field in fields if field not in given]
            mend = nearest(name, known) or f"It may hold: {listed(known, 30)}"
            troubles.append(Trouble("D011", f"{name} is not a name {one} has", mend.rstrip("?"), place))
        elif name in mends and child.value in (None, ""):
            values[name] = None
            troubles.append(Trouble("D012", f"{name} is empty", mends[name], place))
        else:
            values[name] = _value(fields[name], child, name, troubles)
    for name in sorted(required - values.keys()):
        mend = mends.get(name, f"Add {name}")
        troubles.append(Trouble("D012", f"the {_label(cls)} lacks {name}", mend, node.place))
    return cls(**values) if len(troubles) == before else None


def read_own(cls: type[T], room: str, name: str) -> T:
    """Give an instance of `cls` from a declaration that lies in a room of the program itself.

    Raises YoursToMend with every trouble of the file.
    """
    with resources.as_file(resources.files(f"milepost.{room}").joinpath(name)) as path:
        node = read_yaml(path, f"{room}/{name}")
    troubles: list[Trouble] = []
    built = build(cls, node, troubles)
    if built is None:
        raise YoursToMend(troubles)
    return built


@functools.cache
def _fields(cls: Any) -> tuple[dict[str, Any], frozenset[str], dict[str, str]]:
    """The types of a dataclass's fields, which of them are required, and how some are mended where they lack."""
    hints = typing.get_type_hints(cls)
    known = dataclasses.fields(cls)
    missing = dataclasses.MISSING
    required = {f.name for f in known if f.default is missing and f.default_factory is missing}
    mends = {f.name: f.metadata["mend"] for f in known if "mend" in f.metadata}
    return {f.name: hints[f.name] for f in known}, frozenset(required), mends


def _label(cls: type) -> str:
    """Give the dataclass's name in words: ZoneFile is `zone file`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", cls.__name__).lower()


def _value(kind: Any, node: Node, name: str, troubles: list[Trouble]) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, types.UnionType):
        if node.value is None and type(None) in arguments:
            return None
        kind = next(argument for argument in arguments if argument is not type(None))
        return _value(kind, node, name, troubles)
    if origin is tuple:
        if not isinstance(node.value, list):
            troubles.append(Trouble("D013", f"{name} must be a list", "Write it as [..] or with dashes", node.place))
            return ()
        return tuple(_value(arguments[0], child, name, troubles) for child in node.value)
    if origin is dict:
        if not isinstance(node.value, dict):
            troubles.append(Trouble("D013", f"{name} must hold names and values", "Indent them below it", node.place))
            return {}
        return {key: _value(arguments[1], child, key, troubles) for key, _, child in node.items()}
    if origin is Literal:
        if node.value not in arguments:
            mend = nearest(str(node.value), arguments) or f"It may be: {listed(arguments, 30)}"
            what = f"{node.value!r} is not a {name}"
            troubles.append(Trouble("D013", what, mend.rstrip("?"), node.place))
        return node.value
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return build(kind, node, troubles)
    return _plain(kind, node, name, troubles)


_PLAIN = {
    str: "text",
    Placed: "a formula",
    float: "a number",
    int: "a whole number",
    bool: "true or false",
    date: "a date (2025-12-31)",
}


def _plain(kind: Any, node: Node, name: str, troubles: list[Trouble]) -> Any:
    value = node.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is Placed and (is_number or isinstance(value, str)):
        return Placed(str(value), node.place)
    if kind is float and is_number and math.isfinite(value):
        return float(value)
    if kind is str and (is_number or isinstance(value, date)):
        return str(value)
    if kind is not float and isinstance(value, kind) and (kind is not int or is_number):
        return value
    expected = _PLAIN.get(kind, getattr(kind, "__name__", str(kind)))
    mend = "Put it in quotation marks" if kind is str and isinstance(value, bool) else f"Write {expected} here"
    troubles.append(Trouble("D013", f"{name} must be {expected}", mend, node.place))
    return None
