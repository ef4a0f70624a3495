"""A figure and a promise in words: what kind of number it is stands in the words themselves."""

from __future__ import annotations

import math
from datetime import date

from milepost.basics.text import Text
from milepost.basics.unit import factor
from milepost.forecast.outlook import Outlook, Verdict
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.show.number import amount, computed_amount, day_words, growth_words
from milepost.show.wording import Wording

_APART = Text("; ", "；")
JUDGED_BY_FACT: tuple[Verdict, ...] = ("met", "missed")
"""Verdicts that a published figure gives; a chance beside them would only confuse."""


def reading_words(reading: Reading, words: Wording) -> str:
    """Give a reading with its unit, what kind of number it is, and its notes: "at least 2,100 enterprises"."""
    said, notes = number_words(reading, words), note_words(reading, words)
    return words.say("figure.noted", figure=said, notes=notes) if notes else said


def number_words(reading: Reading, words: Wording) -> str:
    """Give the same without its notes."""
    if reading.kind == "growth_yoy_pct":
        return words.say("figure.growth", amount=growth_words(reading.value, words.language))
    # A source's own number keeps every digit.
    told = computed_amount if reading.basis == "computed" else amount
    text = told(reading.value, reading.unit, words.language)
    return words.say(f"figure.{reading.kind}", amount=text)


def note_words(reading: Reading, words: Wording) -> str:
    """Give what is to be known beside a computed figure: its period is not over, cells of its rows are empty."""
    notes = []
    if reading.made is not None and reading.as_of is not None:
        notes.append(words.say("figure.up_to", day=day_words(reading.as_of)[words.language]))
    if reading.item_response < 1:
        # Cut off, not rounded: 99.97 % is not all.
        share = amount(math.floor(reading.item_response * 1000) / 10, "percent", words.language)
        notes.append(words.say("figure.response", share=share))
    return _APART[words.language].join(notes)


def told_words(reading: Reading, words: Wording) -> str:
    """Give a reading in words, or how many rows it waits for where it is held back."""
    count = reading.made.held_count if reading.made else 0
    return words.say("wing.held_back", count=count) if count else reading_words(reading, words)


def promise_words(target: Target, words: Wording) -> str:
    """Give the number a target promises, or an empty text where it promises none: "over 25 %"."""
    if target.comparison == "rising":
        return words.say("promise.rising", year=target.base_year or "")
    if target.value is None:
        return ""
    return words.say(f"promise.{target.comparison}", amount=amount(target.value, target.unit, words.language))


def estimate(outlook: Outlook, own_unit: str, unit: str) -> tuple[float, float, float] | None:
    """Give median, 5 % and 95 % point at the deadline in `unit`; the outlook's own is that of its indicator."""
    if outlook.median is None or outlook.p05 is None or outlook.p95 is None:
        return None
    times = factor(own_unit, unit) or 1.0
    return outlook.median * times, outlook.p05 * times, outlook.p95 * times


def newest_part(outlook: Outlook) -> Reading | None:
    """Give the newest figure of a ratio's parts where it is newer than the ratio's own latest figure, else None."""
    latest = outlook.latest
    if latest is None:
        return None
    parts = [reading for reading in outlook.evidence if reading.indicator != latest.indicator]
    newest = max(parts, key=_end, default=latest)
    return newest if _end(newest) > _end(latest) else None


def _end(reading: Reading) -> date:
    return reading.period.end or date.min
