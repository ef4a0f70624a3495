"""A figure and a promise in words: what kind of number it is stands in the words themselves."""

from __future__ import annotations

from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.show.number import amount, growth_words
from milepost.show.wording import Wording


def reading_words(reading: Reading, words: Wording) -> str:
    """Give a reading with its unit and what kind of number it is: "at least 2,100 enterprises"."""
    if reading.kind == "growth_yoy_pct":
        return words.say("figure.growth", amount=growth_words(reading.value, words.language))
    text = amount(reading.value, reading.unit, words.language)
    return words.say(f"figure.{reading.kind}", amount=text)


def promise_words(target: Target, words: Wording) -> str:
    """Give the number a target promises, or an empty text where it promises none: "over 25 %"."""
    if target.comparison == "rising":
        return words.say("promise.rising", year=target.base_year or "")
    if target.value is None:
        return ""
    return words.say(f"promise.{target.comparison}", amount=amount(target.value, target.unit, words.language))
