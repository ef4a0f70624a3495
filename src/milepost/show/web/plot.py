"""A table of an answer as a picture: lines, bars, parts that sum, steps. SVG written by hand, as the target's chart.

What is drawn stands in the table below it, number by number; the picture is hidden from screen readers for that reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import mark_safe

from milepost.basics.answer import AnswerTable, Picture
from milepost.basics.text import Text
from milepost.show.number import is_whole, scaled, unit_words
from milepost.show.web.axis import Scale, round_ticks

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 720, 300, 78, 16, 26, 46
_MOST_BARS = 40
_LABEL_ROOM = 8


@dataclass(frozen=True)
class _Frame:
    """The scales of a picture and the elements every picture begins with."""

    across: Scale
    up: Scale
    unit: str
    language: str

    def grid(self) -> list[str]:
        """Give the horizontal lines with their numbers, and the unit."""
        found = [_text(2, TOP - 12, unit_words(self.unit, self.language), "unit", "start")]
        for tick in round_ticks(self.up.low, self.up.high, 5, whole=is_whole(self.unit)):
            y = self.up(tick)
            found.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
            found.append(_text(LEFT - 6, y + 4, f"{tick:,.10g}", "tick", "end"))
        zero = self.up.clamped(0.0)
        return [*found, f'<path class="base" d="M{LEFT} {zero:.1f}H{WIDTH - RIGHT}"/>']


def plot(table: AnswerTable, language: str) -> str:
    """Give the SVG of a table's picture, or an empty text where it has none or there is nothing to draw."""
    picture = table.picture
    if picture is None or not any(_is_number(row.get(name)) for row in table.rows for name in picture.up):
        return ""
    rows = _in_words(table, language)
    if picture.kind == "parts" and len(rows) > _MOST_BARS:
        return ""  # with some parts left out the rest would not sum
    unit = next((column.unit for column in table.columns if column.id == picture.up[0]), "")
    parts = _DRAWINGS[picture.kind](picture, rows, unit, language)
    names = {column.id: column.name[language] for column in table.columns}
    legend, more = _legend([names.get(name, name) for name in picture.up]) if len(picture.up) > 1 else ([], 0)
    body = "".join([*parts, *legend])
    return str(
        mark_safe(f'<svg class="chart plot" viewBox="0 0 {WIDTH} {HEIGHT + more}" aria-hidden="true">{body}</svg>')
    )


def _in_words(table: AnswerTable, language: str) -> list[dict[str, Any]]:
    """The rows as they are read: texts in the reader's language, numbers in the scale of their unit's words."""
    times = {one.id: float(scaled(1.0, one.unit, language)) for one in table.columns if one.unit}
    return [
        {
            name: value[language] if isinstance(value, Text)
            else value * times[name] if _is_number(value) and name in times
            else value
            for name, value in row.items()
        }
        for row in table.rows
    ]  # fmt: skip


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _frame(values: Sequence[float], across: tuple[float, float], unit: str, language: str, zero: bool) -> _Frame:
    low, high = min(values), max(values)
    if zero or 0 <= low < (high - low) * 0.6:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    ends = (low - room if low else 0.0, high + room if high or not low else 0.0)
    return _Frame(Scale(*across, LEFT + 8, WIDTH - RIGHT - 8), Scale(*ends, HEIGHT - FOOT, TOP), unit, language)


def _lines(picture: Picture, rows: Sequence[Mapping[str, Any]], unit: str, language: str) -> list[str]:
    """Lines over an ordered column; a point that is missing breaks its line."""
    band = (picture.low, picture.high) if picture.low and picture.high else ()
    values = [row[name] for row in rows for name in (*picture.up, *band) if _is_number(row.get(name))]
    numbers = [row.get(picture.across) for row in rows]
    places = [float(n) for n in numbers] if all(map(_is_number, numbers)) else list(map(float, range(len(rows))))  # type: ignore[arg-type]
    ends = (min(places), max(places)) if len(set(places)) > 1 else (places[0] - 1, places[0] + 1)
    frame = _frame(values, ends, unit, language, zero=False)
    found = frame.grid()
    if band:
        both = [(p, row) for p, row in zip(places, rows, strict=True) if all(_is_number(row.get(n)) for n in band)]
        there = [f"{frame.across(p):.1f} {frame.up(row[picture.high]):.1f}" for p, row in both]
        back = [f"{frame.across(p):.1f} {frame.up(row[picture.low]):.1f}" for p, row in reversed(both)]
        found += [f'<path class="band-90" d="M{"L".join(there + back)}Z"/>'] if both else []
    for number, name in enumerate(picture.up):
        found += _line(frame, places, [row.get(name) for row in rows], number)
    labels = [(frame.across(place), _named(row, picture, language)) for place, row in zip(places, rows, strict=True)]
    return found + [_text(x, HEIGHT - FOOT + 18, label, "tick", "middle") for x, label in _apart(labels)]


def _line(frame: _Frame, places: Sequence[float], values: Sequence[Any], number: int) -> list[str]:
    found, path = [], ""
    for place, value in zip(places, values, strict=True):
        if not _is_number(value):
            path += "|"
            continue
        x, y = frame.across(place), frame.up(value)
        path += f"{'L' if path and not path.endswith('|') else 'M'}{x:.1f} {y:.1f}"
        found.append(f'<circle class="dot series-{number % 6}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
    return [f'<path class="path series-{number % 6}" d="{path.replace("|", "")}"/>', *found]


def _bars(picture: Picture, rows: Sequence[Mapping[str, Any]], unit: str, language: str) -> list[str]:
    """Bars beside one another, one group for each row."""
    rows = rows[:_MOST_BARS]
    values = [row[name] for row in rows for name in picture.up if _is_number(row.get(name))]
    frame = _frame(values, (-0.5, len(rows) - 0.5), unit, language, zero=True)
    step = frame.across(1) - frame.across(0)
    wide = min(step * 0.76 / len(picture.up), 56)
    found = frame.grid()
    for place, row in enumerate(rows):
        for number, name in enumerate(picture.up):
            if _is_number(row.get(name)):
                x = frame.across(place) + (number - len(picture.up) / 2) * wide
                found.append(_bar(x, frame.up(0.0), frame.up(row[name]), wide - 1, f"series-{number % 6}"))
    return found + _names(frame, [_named(row, picture, language) for row in rows])


def _parts(picture: Picture, rows: Sequence[Mapping[str, Any]], unit: str, language: str) -> list[str]:
    """A waterfall: each part begins where the one before it ended; the last row is the sum."""
    name, reached, spans = picture.up[0], 0.0, []
    for row in rows[:-1]:
        size = row[name] if _is_number(row.get(name)) else 0.0
        spans.append((reached, reached + size))
        reached += size
    spans.append((0.0, rows[-1][name] if _is_number(rows[-1].get(name)) else reached))
    frame = _frame([end for both in spans for end in both], (-0.5, len(rows) - 0.5), unit, language, zero=True)
    wide = min((frame.across(1) - frame.across(0)) * 0.7, 64)
    found = frame.grid()
    for place, (start, end) in enumerate(spans):
        kind = "sum" if place == len(rows) - 1 else "more" if end >= start else "less"
        found.append(_bar(frame.across(place) - wide / 2, frame.up(start), frame.up(end), wide, kind))
    return found + _names(frame, [_named(row, picture, language) for row in rows])


def _steps(picture: Picture, rows: Sequence[Mapping[str, Any]], unit: str, language: str) -> list[str]:
    """A curve of steps: each row as wide as its own size, from left to right."""
    widths = [max(float(row[picture.width]), 0.0) if _is_number(row.get(picture.width)) else 0.0 for row in rows]
    values = [row[picture.up[0]] for row in rows if _is_number(row.get(picture.up[0]))]
    frame = _frame(values, (0.0, sum(widths) or 1.0), unit, language, zero=True)
    found, reached = frame.grid(), 0.0
    for number, (row, width) in enumerate(zip(rows, widths, strict=True)):
        x, end = frame.across(reached), frame.across(reached + width)
        if _is_number(row.get(picture.up[0])):
            kind = f"step series-{number % 2}"
            found.append(_bar(x, frame.up(0.0), frame.up(row[picture.up[0]]), max(end - x - 0.6, 0.6), kind))
        reached += width
    for tick in round_ticks(0.0, sum(widths) or 1.0, 6):
        found.append(_text(frame.across(tick), HEIGHT - FOOT + 18, f"{tick:,.10g}", "tick", "middle"))
    return found


def _places(picture: Picture, rows: Sequence[Mapping[str, Any]], unit: str, language: str) -> list[str]:
    """Points at their latitude and longitude, north up, with one kilometre as long in both directions."""
    there = [row for row in rows if all(_is_number(row.get(name)) for name in picture.up)]
    points = [(float(row[picture.up[1]]), float(row[picture.up[0]])) for row in there]
    middle = math.radians(sum(lat for _, lat in points) / len(points))
    flat = [(lon * math.cos(middle), lat) for lon, lat in points]
    (west, east), (south, north) = ((min(side), max(side)) for side in zip(*flat, strict=True))
    wide, high = WIDTH - 2 * RIGHT, HEIGHT - TOP - RIGHT
    size = max((east - west) / wide, (north - south) / high) or 1e-4
    left, top = (wide - (east - west) / size) / 2 + RIGHT, (high - (north - south) / size) / 2 + TOP
    most = max((row[picture.width] for row in there if _is_number(row.get(picture.width))), default=0) or 1
    found = [f'<rect class="ground" x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}"/>']
    for row, (x, y) in zip(there, flat, strict=True):
        share = row[picture.width] / most if _is_number(row.get(picture.width)) else 0.3
        cx, cy = left + (x - west) / size, top + (north - y) / size
        title = f"<title>{escape(_named(row, picture, language))}</title>"
        size_of = 3 + 6 * max(share, 0.0) ** 0.5
        found.append(f'<circle class="dot place" cx="{cx:.1f}" cy="{cy:.1f}" r="{size_of:.1f}">{title}</circle>')
    kilometre = 1 / 111.195 / size
    step = next((k for k in (50, 20, 10, 5, 2, 1) if k * kilometre < wide / 3), 1)
    found.append(f'<path class="base" d="M{RIGHT} {HEIGHT - 8}h{step * kilometre:.1f}"/>')
    return [*found, _text(RIGHT, HEIGHT - 12, f"{step} km", "tick", "start")]


def _bar(x: float, start: float, end: float, width: float, kind: str) -> str:
    top, height = min(start, end), max(abs(end - start), 0.8)
    return f'<rect class="bar {kind}" x="{x:.1f}" y="{top:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}"/>'


def _names(frame: _Frame, names: Sequence[str]) -> list[str]:
    """Names below the bars, shortened to their room; the table has them in full."""
    room = (frame.across(1) - frame.across(0)) if len(names) > 1 else WIDTH - LEFT
    letters = max(int(room / 7.5), 1)
    found = []
    for place, name in enumerate(_thinned(list(names), 20)):
        wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in name)
        shown = name if wide <= letters * 1.0 else name[: max(letters - 1, 1) // (2 if wide > len(name) else 1)] + "…"
        found.append(_text(frame.across(place), HEIGHT - FOOT + 18, shown, "tick", "middle") if name else "")
    return found


def _apart(labels: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Of labels around their places those that have room beside each other; the last one always stands."""
    found: list[tuple[float, str]] = []
    free = math.inf
    for x, label in sorted(labels, reverse=True):
        half = _width(label) / 2
        if label and x + half + _LABEL_ROOM <= free:
            found.append((x, label))
            free = x - half
    return found[::-1]


def _width(text: str) -> int:
    """How wide a text is about, in pixels."""
    return sum(13 if ord(letter) > 0x2E80 else 7 for letter in text)


def _thinned(labels: list[str], most: int) -> list[str]:
    every = -(-len(labels) // most)
    return [label if place % every == 0 else "" for place, label in enumerate(labels)]


def _legend(names: Sequence[str]) -> tuple[list[str], int]:
    """Give the names of the series, in as many lines as they need, and the height [px] of the lines after the first."""
    found: list[str] = []
    x, y = float(LEFT), HEIGHT - 16
    for number, name in enumerate(names):
        wide = 34 + _width(name)
        if x > LEFT and x + wide > WIDTH:
            x, y = float(LEFT), y + 18
        found.append(f'<rect class="bar series-{number % 6}" x="{x:.0f}" y="{y}" width="11" height="11"/>')
        found.append(_text(x + 16, y + 10, name, "tick", "start"))
        x += wide
    return found, y - HEIGHT + 16


def _text(x: float, y: float, text: str, kind: str, anchor: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


_Drawing = Callable[[Picture, Sequence[Mapping[str, Any]], str, str], list[str]]
_DRAWINGS: dict[str, _Drawing] = {
    "lines": _lines,
    "bars": _bars,
    "parts": _parts,
    "steps": _steps,
    "places": _places,
}


def _named(row: Mapping[str, Any], picture: Picture, language: str) -> str:
    """The name a row stands at, in the reader's language where it has several."""
    value = row.get(picture.across, "")
    return str(getattr(value, language, value))
