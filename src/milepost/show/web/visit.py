"""A visit: the language, the day asked for, and the walk as on that day. Every link keeps the day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

from milepost.basics.text import LANGUAGES
from milepost.basics.unit import factor
from milepost.plan.plan import Target
from milepost.show.walk import Walk
from milepost.show.web.site import KEY, Site
from milepost.show.wording import Wording


@dataclass(frozen=True)
class Visit:
    """What every page needs to know; `wrong` is the message key of what is wrong with the day asked for."""

    language: str
    site: Site
    walk: Walk
    asked_on: date | None
    wrong: str | None
    path: str
    request: Any = None

    @property
    def words(self) -> Wording:
        """The words of the visit's language."""
        return Wording(self.language)

    def link(self, page: str, *names: str) -> str:
        """Give the address of a page of this language, known on the same day."""
        return str(reverse(page, args=(self.language, *names))) + self.query(self.asked_on)

    def query(self, day: date | None) -> str:
        """Give the end of an address that asks for a day."""
        return f"?{urlencode({'known_on': day.isoformat()})}" if day else ""

    def named(self, id: str) -> str:
        """Give what the zone calls an area or an indicator; anything else stays as it is."""
        zone = self.walk.zone
        found = zone.areas.get(id) or zone.indicators.get(id)
        return found.name[self.language] if found else id

    def unit_of(self, target: Target) -> str:
        """Give the unit that a target's figures and outlook are in: its indicator's."""
        indicator = self.walk.zone.indicators.get(target.indicator or "")
        return indicator.unit if indicator else target.unit

    def goal_of(self, target: Target) -> float | None:
        """Give the promised number in the unit of the target's figures, None where none is promised."""
        return None if target.value is None else target.value * (factor(target.unit, self.unit_of(target)) or 1.0)

    def other_language(self) -> tuple[str, str]:
        """Give the other language and the address of this page in it."""
        other = next(language for language in LANGUAGES if language != self.language)
        rest = self.path.removeprefix(f"/{self.language}/")
        return other, f"/{other}/{rest}{self.query(self.asked_on)}"


def enter(request: Any, language: str) -> Visit:
    """Give the visit of a request; an unknown language is not found, a wrong day falls back to today."""
    if language not in LANGUAGES:
        raise Http404
    site: Site = request.META[KEY]
    day, wrong = day_asked(request.GET.get("known_on", ""), site.today())
    return Visit(language, site, site.walk(day), day, wrong, request.path, request)


def day_asked(written: str, today: date) -> tuple[date | None, str | None]:
    """Give the day asked for (None is today) and the message key of what is wrong with it."""
    written = written.strip()
    if not written:
        return None, None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", written, re.ASCII):
            return None, "known_on.no_date"
        day = date.fromisoformat(written)
    except ValueError:
        return None, "known_on.no_date"
    return (None, "known_on.future") if day > today else (day, None)
