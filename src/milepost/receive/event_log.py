"""Event logs are read as they came: CSV with its columns' roles found out, XES with its dangers refused.

What each column was taken for is told, by which sign, and may be said otherwise by the caller. Rows
without a case or an activity are set aside and counted. Statistics of a log are not made here.
XES: IEEE 1849-2016. A document type or an entity in an XML file is refused unread.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from milepost.basics.errors import Place, Trouble, YoursToMend, listed, nearest
from milepost.receive.log_roles import RoleFound, find_roles
from milepost.receive.moments import Moments

MOST_BYTES = 1_000_000_000
MOST_EVENTS = 20_000_000
_DEEPEST = 64
_LONGEST_CELL = 1_000_000


@dataclass(frozen=True)
class EventLog:
    """A log: one row for each event, cases and activities as numbers into their names.

    `case_moments` holds the date columns that say one thing for a whole case (planned and stated ends),
    by column, one moment for each case. `set_aside` counts rows without a case or an activity.
    """

    file: str
    content_hash: str
    how_read: str
    columns: tuple[str, ...]
    roles: tuple[RoleFound, ...]
    case_names: tuple[str, ...]
    activity_names: tuple[str, ...]
    cases: NDArray[np.int64]
    activities: NDArray[np.int64]
    moments: Moments
    resources: tuple[str, ...]
    groups: tuple[str, ...]
    lifecycles: tuple[str, ...]
    case_moments: dict[str, Moments]
    set_aside: int
    notes: tuple[str, ...]


def read_event_log(path: Path, roles: Mapping[str, str] | None = None) -> EventLog:
    """Give the event log in a file: `.csv`, `.xes`, either also as `.gz`; `roles` says role → column.

    Raises YoursToMend V001 (cannot be read, or too large), V002 (XML that is not safe), V003 (no column
    for the case, the activity or the time), V004 (a role is given to a column that is not there).
    """
    shown = path.name
    try:
        if path.stat().st_size > MOST_BYTES:
            raise YoursToMend(Trouble("V001", "the log is too large", "Split it by year", Place(shown)))
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = _unpacked(content, shown)
    except OSError as error:
        raise YoursToMend(
            Trouble("V001", "the log cannot be read", "See that the file is there", Place(shown))
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
    table, how = _read_xes(content, shown) if is_xml else _read_csv(content, shown)
    return _as_log(table, shown, digest, how, roles or {})


def _unpacked(content: bytes, shown: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            unpacked = packed.read(MOST_BYTES + 1)
    except (OSError, EOFError) as error:
        raise YoursToMend(Trouble("V001", "the packed log is damaged", "Pack it again", Place(shown))) from error
    if len(unpacked) > MOST_BYTES:
        raise YoursToMend(Trouble("V001", "the log is too large once unpacked", "Split it by year", Place(shown)))
    return unpacked


def _read_csv(content: bytes, shown: str) -> tuple[dict[str, list[str]], str]:
    text, encoding = _decoded(content, shown)
    csv.field_size_limit(_LONGEST_CELL)
    head = text[:20_000].splitlines()[:1]
    delimiter = max(",;\t|", key=head[0].count) if head else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = _unlike([name.strip() for name in next(reader)])
        columns: list[list[str]] = [[] for _ in names]
        for row in reader:
            if not row:
                continue
            for number, column in enumerate(columns):
                column.append(row[number] if number < len(row) else "")
    except StopIteration:
        raise YoursToMend(Trouble("V001", "the log is empty", "Give a file with rows", Place(shown))) from None
    except csv.Error as error:
        place = Place(shown, reader.line_num)
        raise YoursToMend(Trouble("V001", "the line is not CSV", "Mend its quotes", place)) from error
    return dict(zip(names, columns, strict=True)), f"CSV, {encoding}, separated by {delimiter!r}"


def _decoded(content: bytes, shown: str) -> tuple[str, str]:
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise YoursToMend(Trouble("V001", "the log is not text", "Save it as UTF-8", Place(shown)))


def _unlike(names: list[str]) -> list[str]:
    """Columns of the same name are told apart by a number."""
    seen: dict[str, int] = {}
    for number, name in enumerate(names):
        seen[name] = seen.get(name, 0) + 1
        names[number] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return names


def _read_xes(content: bytes, shown: str) -> tuple[dict[str, list[str]], str]:
    reading = _XesReading(shown)
    try:
        reading.parser.Parse(content, True)
    except expat.ExpatError as error:
        place = Place(shown, error.lineno, error.offset + 1)
        raise YoursToMend(Trouble("V001", "the file is not well-formed XML", "Export it again", place)) from error
    columns = dict.fromkeys(name for event in reading.events for name in event)
    return {name: [event.get(name, "") for event in reading.events] for name in columns}, "XES"


class _XesReading:
    """Traces and events as they come by; attributes inside attributes are passed over."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.events: list[dict[str, str]] = []
        self.trace: dict[str, str] = {}
        self.of_trace: list[dict[str, str]] = []
        self.event: dict[str, str] | None = None
        self.path: list[str] = []
        self.traces = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse

    def _refuse(self, *_: Any) -> None:
        what = "the XML file declares a document type or an entity"
        place = Place(self.shown, self.parser.CurrentLineNumber)
        raise YoursToMend(Trouble("V002", what, "Export the log without it: such a file can do harm", place))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        parent = self.path[-1] if self.path else ""
        self.path.append(name)
        if len(self.path) > _DEEPEST:
            raise YoursToMend(Trouble("V002", "the XML file is nested too deep", "Export it again", Place(self.shown)))
        if name == "trace":
            self.traces += 1
            self.trace, self.of_trace = {}, []
        elif name == "event" and parent == "trace":
            self.event = {}
        elif parent == "event" and self.event is not None and "key" in attributes:
            self.event[attributes["key"]] = attributes.get("value", "")
        elif parent == "trace" and "key" in attributes:
            self.trace[f"case:{attributes['key']}"] = attributes.get("value", "")

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self.path.pop()
        if name == "event" and self.event is not None:
            self.of_trace.append(self.event)
            self.event = None
            if len(self.events) > MOST_EVENTS:
                raise YoursToMend(Trouble("V001", "the log holds too many events", "Split it", Place(self.shown)))
        elif name == "trace":
            self.trace.setdefault("case:concept:name", f"trace {self.traces}")
            self.events.extend({**self.trace, **event} for event in self.of_trace)


def _as_log(table: dict[str, list[str]], shown: str, digest: str, how: str, given: Mapping[str, str]) -> EventLog:
    for role, column in given.items():
        if column not in table:
            mend = nearest(column, table).rstrip("?") or f"Columns: {listed(list(table), 40)}"
            raise YoursToMend(Trouble("V004", f"there is no column {column} for the role {role}", mend, Place(shown)))
    roles, moments = find_roles(table, given)
    taken = {found.role: found.column for found in roles}
    missing = [role for role in ("case", "activity", "time") if role not in taken]
    if missing:
        what = f"no column was found for: {listed(missing)}"
        mend = f"Say which it is; the file has {listed(list(table), 40) or 'no columns'}"
        raise YoursToMend(Trouble("V003", what, mend, Place(shown)))
    case_column, activity_column = table[taken["case"]], table[taken["activity"]]
    keep = [r for r, (c, a) in enumerate(zip(case_column, activity_column, strict=True)) if c.strip() and a.strip()]
    case_names, cases = _numbered([case_column[row].strip() for row in keep])
    activity_names, activities = _numbered([activity_column[row].strip() for row in keep])
    first_rows = _first_rows(cases, len(case_names), keep)
    time = moments[taken["time"]]
    used = {found.column for found in roles if found.role in ("planned_end", "case_end", "case_start")}
    return EventLog(
        file=shown,
        content_hash=digest,
        how_read=how,
        columns=tuple(table),
        roles=roles,
        case_names=case_names,
        activity_names=activity_names,
        cases=cases,
        activities=activities,
        moments=_rows_of(time, keep),
        resources=_values(table, taken.get("resource"), keep),
        groups=_values(table, taken.get("group"), keep),
        lifecycles=_values(table, taken.get("lifecycle"), keep),
        case_moments={name: _rows_of(moments[name], first_rows) for name in table if name in used},
        set_aside=len(case_column) - len(keep),
        notes=_notes(time, taken["time"], len(case_column) - len(keep), _unsteady(table, used, cases, keep)),
    )


def _numbered(names: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    known: dict[str, int] = {}
    numbers = np.fromiter((known.setdefault(name, len(known)) for name in names), dtype=np.int64, count=len(names))
    return tuple(known), numbers


def _first_rows(cases: NDArray[np.int64], count: int, keep: Sequence[int]) -> list[int]:
    first = np.full(count, -1, dtype=np.int64)
    for row in range(len(cases) - 1, -1, -1):
        first[cases[row]] = keep[row]
    return [int(row) for row in first]


def _rows_of(moments: Moments, rows: Sequence[int]) -> Moments:
    taken = np.asarray(rows, dtype=np.int64)
    return Moments(
        moments.utc[taken],
        moments.clock[taken],
        moments.has_zone,
        moments.is_date_only,
        moments.unread,
        moments.form,
        moments.is_ambiguous,
    )


def _values(table: dict[str, list[str]], column: str | None, keep: Sequence[int]) -> tuple[str, ...]:
    return tuple(table[column][row].strip() for row in keep) if column else ()


def _unsteady(
    table: dict[str, list[str]], columns: set[str], cases: NDArray[np.int64], keep: Sequence[int]
) -> Iterator[str]:
    """Columns of the whole case that say different things within one case; their first row is used."""
    for name in sorted(columns):
        said: dict[int, str] = {}
        differing = {
            int(case)
            for case, row in zip(cases, keep, strict=True)
            if said.setdefault(int(case), table[name][row]) != table[name][row]
        }
        if differing:
            yield f"{name} says different things within {len(differing)} cases: their first row is used"


def _notes(time: Moments, column: str, set_aside: int, unsteady: Iterator[str]) -> tuple[str, ...]:
    notes = list(unsteady)
    if set_aside:
        notes.append(f"{set_aside} rows without a case or an activity are set aside")
    if time.unread:
        notes.append(f"{time.unread} values of {column} are not moments and count as missing")
    if not time.has_zone:
        notes.append(f"{column} gives no time zone for some rows: they count as UTC")
    if time.is_ambiguous:
        notes.append(f"{column} could be read day first or month first: it is read as {time.form}")
    return tuple(notes)
