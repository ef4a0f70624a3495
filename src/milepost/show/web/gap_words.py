"""A target's gap in words: the account from the base to now, and from now to the promise."""

from __future__ import annotations

from dataclasses import dataclass

from milepost.explain.account import Account
from milepost.explain.gap import Gap, gap
from milepost.forecast.outlook import Outlook
from milepost.plan.plan import Target
from milepost.show.number import amount, period_words
from milepost.show.web.visit import Visit


@dataclass(frozen=True)
class AccountWords:
    """An account as a short table: its head, its parts with their sizes and figures' links, and their sum."""

    head: str
    parts: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    total: str


def gap_words(visit: Visit, target: Target, outlook: Outlook, goal: float | None) -> list[AccountWords]:
    """Give the accounts of a target's gap; none where no plain figure was published."""
    found = gap(target, visit.walk.zone, visit.walk.readings, outlook, goal)
    if found is None:
        return []
    accounts = ((found.history, _history_head(visit, found)), (found.ahead, _ahead_head(visit, found)))
    return [_told(visit, account, head) for account, head in accounts if account is not None]


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
            _signed(visit, part.value, account.unit),
            tuple((period_words(one.period)[visit.language], visit.link("row", one.id)) for one in part.readings),
        )
        for part in account.parts
    )
    return AccountWords(head, parts, _signed(visit, account.end - account.start, account.unit))


def _signed(visit: Visit, value: float, unit: str) -> str:
    """A change with its sign, rounded as estimates are; a change of a share is in percentage points."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    if unit in ("percent", "fraction"):
        points = abs(value) * (100 if unit == "fraction" else 1)
        return visit.words.say("explain.points", change=f"{sign}{points:.3g}")
    return f"{sign}{amount(abs(value), unit, visit.language, 3)}"
