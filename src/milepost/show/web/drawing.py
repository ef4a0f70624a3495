"""The chart of a target as SVG, written by hand.

Not drawn by a chart program, for four reasons: each mark is a link to its row; a bound, a rounding and a
preliminary figure have marks of their own; one stylesheet rules screen, print and contrast under a policy
that allows no inline style; and a chart takes about a millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import mark_safe

from milepost.show.figure import promise_words
from milepost.show.number import amount, day_words, is_whole, scaled, unit_words
from milepost.show.web.axis import Scale, apart, round_ticks, year_place
from milepost.show.web.chart import Chart, Mark
from milepost.show.wording import Wording


@dataclass(frozen=True)
class Size:
    """A picture's size in points, its margins, and whether it has room for labels at the side."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    ticks: int

    @property
    def is_wide(self) -> bool:
        """Is there room for labels at the side?"""
        return self.name == "wide"


WIDE = Size("wide", 1060, 400, 58, 178, 34, 34, 6)
NARROW = Size("narrow", 350, 290, 44, 12, 34, 28, 5)


def draw(chart: Chart, size: Size, words: Wording) -> str:
    """Give the SVG of a chart in a size, or an empty text where there is nothing to draw."""
    if not chart.marks and not chart.path:
        return ""
    return str(mark_safe("".join(_Drawing(chart, size, words).parts())))


class _Drawing:
    """One chart in one size: the scales, and each layer as a list of SVG elements, from back to front."""

    def __init__(self, chart: Chart, size: Size, words: Wording) -> None:
        self.chart, self.size, self.words = chart, size, words
        self.bottom = size.height - size.bottom
        self.side = size.width - size.right
        self.x = Scale(*self._years(), size.left, self.side)
        self.y = Scale(*self._values(), self.bottom, size.top)

    def _years(self) -> tuple[float, float]:
        chart = self.chart
        places = [mark.at for mark in chart.marks] + [float(point.year) for point in chart.path]
        places += [year_place(chart.target.deadline)] if chart.target.deadline else []
        last = max(*places, min(year_place(chart.known_on), max(places) + 1.5))
        room = max((last - min(places)) * 0.03, 0.12)
        return min(*places, last - 2) - room, last + room

    def _values(self) -> tuple[float, float]:
        chart = self.chart
        solid = [mark.value + mark.half for mark in chart.marks] + [mark.value - mark.half for mark in chart.marks]
        solid += [point.median for point in chart.path]
        solid += [chart.goal] if chart.goal is not None else []
        highest = max(solid)
        ends = solid + [min(point.p95, highest + abs(highest) * 1.5) for point in chart.path]
        ends += [point.p05 for point in chart.path]
        low, high = min(ends), max(ends)
        room = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
        is_from_zero = 0 <= low < (high - low) * 0.6
        return 0.0 if is_from_zero else low - room, high + room

    def parts(self) -> list[str]:
        """Give all elements, from the frame to the labels."""
        size, name = self.size, f"chart-{self.size.name}"
        says = self.words.say
        title = says("chart.title", name=self.chart.target.name[self.words.language])
        return [
            f'<svg class="chart {size.name}" viewBox="0 0 {size.width} {size.height}" role="group" '
            f'aria-labelledby="{name}-title {name}-desc">',
            f'<title id="{name}-title">{escape(title)}</title>',
            f'<desc id="{name}-desc">{escape(says("chart.desc"))}</desc>',
            f'<clipPath id="{name}-clip"><rect x="{size.left}" y="{size.top - 6}" '
            f'width="{self.side - size.left}" height="{self.bottom - size.top + 6}"/></clipPath>',
            *self._grid(),
            f'<g clip-path="url(#{name}-clip)">',
            *self._bands(),
            "</g>",
            *self._known_on(),
            *self._promise(),
            *(self._mark(mark) for mark in sorted(self.chart.marks, key=lambda mark: mark.at)),
            *self._side_labels(),
            "</svg>",
        ]

    def _grid(self) -> list[str]:
        unit, language = self.chart.unit, self.words.language
        low, high = (float(scaled(end, unit, language)) for end in (self.y.low, self.y.high))
        factor = (high - low) / (self.y.high - self.y.low)
        found = []
        for tick in round_ticks(low, high, self.size.ticks, whole=is_whole(unit)):
            y = self.y(tick / factor)
            found.append(f'<path class="grid" d="M{self.size.left} {y:.1f}H{self.side}"/>')
            text = f"{tick:,.10g}" if abs(tick) < 1e6 else f"{tick:,.0f}"
            found.append(_text(self.size.left - 8, y + 4, text, "tick", "end"))
        found.append(_text(2, self.size.top - 18, unit_words(unit, language), "unit", "start"))
        return found + self._year_ticks()

    def _year_ticks(self) -> list[str]:
        found = [f'<path class="base" d="M{self.size.left} {self.bottom}H{self.side}"/>']
        for year in round_ticks(self.x.low, self.x.high, 16 if self.size.is_wide else 5, whole=True):
            x = self.x(year)
            found.append(f'<path class="base" d="M{x:.1f} {self.bottom}v5"/>')
            found.append(_text(x, self.bottom + 20, f"{year:.0f}", "tick", "middle"))
        return found

    def _bands(self) -> list[str]:
        path = self.chart.path
        if not path:
            return []
        now = year_place(self.chart.known_on)
        known = [point for point in path if point.year <= now]
        to_come = path[max(len(known) - 1, 0) :]
        return [
            f'<path class="band-90" d="{self._area([(p.year, p.p05, p.p95) for p in path])}"/>',
            f'<path class="band-50" d="{self._area([(p.year, p.p25, p.p75) for p in path])}"/>',
            f'<path class="path" d="{self._line([(p.year, p.median) for p in known])}"/>' if len(known) > 1 else "",
            f'<path class="path to-come" d="{self._line([(p.year, p.median) for p in to_come])}"/>',
        ]

    def _line(self, points: list[tuple[int, float]]) -> str:
        return "M" + "L".join(f"{self.x(year):.1f} {self.y(value):.1f}" for year, value in points)

    def _area(self, points: list[tuple[int, float, float]]) -> str:
        there = [(year, high) for year, _, high in points]
        back = [(year, low) for year, low, _ in reversed(points)]
        return self._line(there + back) + "Z"

    def _known_on(self) -> list[str]:
        place = year_place(self.chart.known_on)
        if not self.x.low <= place <= self.x.high:
            return []
        x = self.x(place)
        label = self.words.say("chart.known_on", day=day_words(self.chart.known_on)[self.words.language])
        anchor = "end" if x > self.size.left + 130 else "start"
        return [
            f'<path class="known-on" d="M{x:.1f} {self.size.top - 8}V{self.bottom}"/>',
            _text(x + (-5 if anchor == "end" else 5), self.size.top - 4, label, "known-on-label", anchor),
        ]

    def _promise(self) -> list[str]:
        target = self.chart.target
        if self.chart.goal is None:
            return []
        y = self.y(self.chart.goal)
        found = [f'<path class="goal" d="M{self.size.left} {y:.1f}H{self.side}"/>']
        if target.deadline:
            x = self.x(year_place(target.deadline))
            found.append(f'<path class="goal-mark" d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6Z"/>')
        if not self.size.is_wide:
            found.append(_text(self.size.left + 4, y - 6, promise_words(target, self.words), "goal-label", "start"))
        return found

    def _mark(self, mark: Mark) -> str:
        x, y = self.x(mark.at), self.y.clamped(mark.value)
        if mark.kind == "at_least":
            shape = f'<path d="M{x - 6:.1f} {y:.1f}h12M{x:.1f} {y:.1f}v-15m-4 5l4 -5l4 5"/>'
        elif mark.kind == "approx":
            top, foot = self.y.clamped(mark.value + mark.half), self.y.clamped(mark.value - mark.half)
            shape = f'<path d="M{x:.1f} {top:.1f}V{foot:.1f}M{x - 4:.1f} {top:.1f}h8M{x - 4:.1f} {foot:.1f}h8"/>'
        else:
            shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
        marks = [mark.kind, *(["other-area"] if mark.is_other_area else []), *(["aside"] if mark.is_aside else [])]
        return (
            f'<a class="mark {" ".join(marks)}" href="{escape(mark.link)}" tabindex="-1">'
            f"<title>{escape(mark.title)}</title>{shape}</a>"
        )

    def _side_labels(self) -> list[str]:
        target = self.chart.target
        if not self.size.is_wide:
            return []
        labels: list[tuple[float, str, str]] = []
        if self.chart.goal is not None:
            labels.append((self.y(self.chart.goal), promise_words(target, self.words), "goal-label"))
        if self.chart.path:
            last, language = self.chart.path[-1], self.words.language
            median = amount(last.median, self.chart.unit, language, digits=3)
            labels.append((self.y(last.median), self.words.say("chart.median", amount=median), "median-label"))
            for value in (last.p95, last.p05):
                text = amount(value, self.chart.unit, language, digits=3)
                labels.append((self.y.clamped(value), text, "end-label"))
        labels.sort()
        places = apart([place for place, _, _ in labels], 18, self.size.top, self.bottom)
        return [
            _text(self.side + 10, y + 4, text, kind, "start") for y, (_, text, kind) in zip(places, labels, strict=True)
        ]


def _text(x: float, y: float, text: str, kind: str, anchor: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
