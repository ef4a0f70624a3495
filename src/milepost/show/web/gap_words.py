"""A target's gap in words: the account from the base to now, and from now to the promise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from milepost.explain.account import Account
from milepost.explain.divided import Divided
from milepost.explain.gap import Gap, gap
from milepost.forecast.outlook import Outlook
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.show.explanation_table import division_title, growth_without, part_words, says_nothing, signed
from milepost.show.number import period_words
from milepost.show.web.study_page import answer_of
from milepost.show.web.visit import Visit


@dataclass(frozen=True)
class AccountWords:
    """An account as a short table: its head, its parts with their sizes and figures' links, and their sum."""

    head: str
    parts: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    total: str


@dataclass(frozen=True)
class DivisionWords:
    """A division as a table: its head, and for each part its name, size, how many stand behind it, growth without."""

    head: str
    parts: tuple[tuple[str, str, str, str], ...]
    total: str
    has_growth: bool


@dataclass(frozen=True)
class GapWords:
    """What a target's page says of its gap: accounts, divisions of what is behind us, the question that goes on."""

    accounts: list[AccountWords]
    divisions: list[DivisionWords]
    study: dict[str, Any] | None
    is_guarded: bool = False


def gap_words(visit: Visit, target: Target, outlook: Outlook, goal: float | None) -> GapWords | None:
    """Give the accounts of a target's gap; None where no plain figure is known."""
    found = gap(target, visit.walk.zone, visit.walk.readings, outlook, goal)
    if found is None:
        return None
    accounts = ((found.history, _history_head(visit, found)), (found.ahead, _ahead_head(visit, found)))
    told = [_told(visit, account, head) for account, head in accounts if account is not None]
    if found.base is None or found.history is None or not (found.base.made and found.latest.made):
        return GapWords(told, [], None)
    divisions = [_divided(visit, one) for one in visit.site.divisions(found.base, found.latest)]
    if divisions and says_nothing(found.history):
        head = _history_head(visit, found)
        divisions = [replace(one, head=f"{head} · {one.head}") for one in divisions]
        told = told[1:]
    study = _study(visit, found.base, found.latest)
    return GapWords(told, divisions, study, not found.latest.made.is_public)


def _divided(visit: Visit, found: Divided) -> DivisionWords:
    words, unit = visit.words, found.account.unit
    parts = tuple(
        (
            part_words(part.name, words), signed(part.value, unit, visit.language),
            f"{found.counts[part.name]:,}" if part.name in found.counts else "", growth_without(found, part.name),
        )
        for part in found.account.parts
    )  # fmt: skip
    total = signed(found.account.end - found.account.start, unit, visit.language)
    return DivisionWords(division_title(found, words), parts, total, any(part[3] for part in parts))


def _study(visit: Visit, base: Reading, latest: Reading) -> dict[str, Any] | None:
    """The answer of the question that the indicator names for its changes, between the two years."""
    why = visit.walk.zone.indicators[latest.indicator].explained_by
    known = visit.site.studies()
    if why is None or why.study not in known or base.period.end is None or latest.period.end is None:
        return None
    study = known[why.study][1]
    years = {"start_year": str(base.period.end.year), "end_year": str(latest.period.end.year)}
    link = visit.link("study", study.id)
    asked = urlencode({**why.set, **years, "asked": "yes"})
    return {
        "question": study.question[visit.language],
        "link": f"{link}{'&' if '?' in link else '?'}{asked}",
        **answer_of(visit, study, {**why.set, **years}),
    }


def _history_head(visit: Visit, found: Gap) -> str:
    start = period_words(found.base.period)[visit.language] if found.base else ""
    return visit.words.say(
        "explain.history", first=start, last=period_words(found.latest.period)[visit.language], area=_area(visit, found)
    )


def _ahead_head(visit: Visit, found: Gap) -> str:
    last = period_words(found.latest.period)[visit.language]
    return visit.words.say("explain.ahead", last=last, area=_area(visit, found))


def _area(visit: Visit, found: Gap) -> str:
    area = visit.walk.zone.areas.get(found.area)
    return area.label[visit.language] if area else found.area


def _told(visit: Visit, account: Account, head: str) -> AccountWords:
    parts = tuple(
        (
            visit.words.word("explain", f"part_{part.name}"),
            signed(part.value, account.unit, visit.language),
            tuple((period_words(one.period)[visit.language], visit.link("row", one.id)) for one in part.readings),
        )
        for part in account.parts
    )
    return AccountWords(head, parts, signed(account.end - account.start, account.unit, visit.language))
