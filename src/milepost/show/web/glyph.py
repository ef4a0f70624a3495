"""A small picture for a line of the plan: the interval at the deadline beside the target."""

from __future__ import annotations

from django.utils.safestring import mark_safe

from milepost.forecast.outlook import Outlook

_WIDTH, _MIDDLE = 132, 11


def interval_glyph(goal: float | None, outlook: Outlook) -> str:
    """Give an SVG of the 90 % interval, the median and the target's mark; empty where there is no outlook.

    It is hidden from screen readers: the same numbers stand beside it in words.
    """
    if goal is None or outlook.median is None or outlook.p05 is None or outlook.p95 is None:
        return ""
    ends = (outlook.p05, outlook.p95, outlook.median, goal)
    low, high = min(ends), max(ends)
    room = (high - low) or 1.0

    def x(value: float) -> str:
        return f"{8 + (value - low) / room * (_WIDTH - 16):.1f}"

    return str(
        mark_safe(
            f'<svg class="glyph" viewBox="0 0 {_WIDTH} 22" width="{_WIDTH}" height="22" aria-hidden="true">'
            f'<path class="track" d="M2 {_MIDDLE}H{_WIDTH - 2}"/>'
            f'<path class="range" d="M{x(outlook.p05)} {_MIDDLE}H{x(outlook.p95)}"/>'
            f'<path class="goal" d="M{x(goal)} 2V20"/>'
            f'<circle class="median" cx="{x(outlook.median)}" cy="{_MIDDLE}" r="4.2"/></svg>'
        )
    )
