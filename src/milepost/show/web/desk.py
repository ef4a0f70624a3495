"""The officer's desk and the applicant's own cases: lists by the clock, overdue first."""

from __future__ import annotations

from typing import Any

from milepost.show.hall.agenda import Entry as Case_
from milepost.show.hall.agenda import entries, own, sees_desk
from milepost.show.hall.licences import was_issued
from milepost.show.number import chance_words, day_words
from milepost.show.web.case_page import branch_names, case_title, clock_line, state_words
from milepost.show.web.counter import Entry, absent, for_people


@for_people
def desk(entry: Entry) -> Any:
    """Today's list: what waits for this officer first, then what they may see; each by its clock."""
    if not sees_desk(entry.hall, entry.who):
        raise absent(entry)
    found = entries(entry.hall, entry.who, is_open=True)
    mine = [line(entry, one) for one in found if one.offers]
    others = [line(entry, one) for one in found if not one.offers]
    closed = entries(entry.hall, entry.who, is_open=False, most=20)
    page = {
        "title": entry.words.say("desk.title"),
        "mine": mine,
        "others": others,
        "closed": [line(entry, one) for one in closed],
        "late_count": sum(one["is_late"] for one in mine),
    }
    return entry.page("desk.html", page)


@for_people
def own_cases(entry: Entry) -> Any:
    """The cases of the enterprises this person speaks for, the newest first."""
    page = {
        "title": entry.words.say("own.title"),
        "cases": [line(entry, one) for one in own(entry.hall, entry.who)],
        "apply_link": entry.link("apply"),
    }
    return entry.page("own_cases.html", page)


def line(entry: Entry, one: Case_) -> dict[str, Any]:
    """Give a case in a list."""
    case, names = one.history.case, branch_names(entry, one.history)
    clock = clock_line(entry, case, one.clock, names) if one.clock else None
    days = one.clock.left_days if one.clock else 0
    return {
        "link": entry.link("case", case.id),
        "id": case.id,
        "title": case_title(entry, one.history),
        "party": one.party,
        "states": state_words(entry, case, names),
        "clock": clock,
        "due": day_words(one.due)[entry.language] if one.due else "",
        "left": abs(days),
        "is_late": one.is_late,
        "is_today": clock is not None and not one.is_late and days == 0,
        "breach": _breach(entry, case.id),
        "acts": [entry.said(offer.flat.act.name) for offer in one.offers][:4],
        "licence_link": entry.link("licence", case.id) if was_issued(case) else "",
        "opened": day_words(case.day(case.opened_at))[entry.language],
    }


def _breach(entry: Entry, case_id: str) -> str:
    """The chance of missing the period, for officers, where the hall's past says something."""
    if entry.site.breaches is None or not sees_desk(entry.hall, entry.who):
        return ""
    chance = entry.site.breaches.chances().get(case_id)
    return "" if chance is None else entry.words.say("desk.breach", chance=chance_words(chance.value, entry.language))
