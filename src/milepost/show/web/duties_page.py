"""The duties of the plan: the leader's first screen, and one duty with what its owner has told.

What is late and what is silent stands first. A figure's verdict drives the status where one exists; nobody types a
percentage. What owners wrote is shown to those who carry the plan; how a duty stands, to everybody.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponseRedirect

from milepost.basics.errors import Trouble, YoursToMend
from milepost.cases.case import Refusal
from milepost.plan.duties import Duty, Milestone
from milepost.show.hall.duties import DutyView, assign, duty_history, duty_scope, duty_views
from milepost.show.number import day_words
from milepost.show.web.case_acts import Failed, act_forms, act_on
from milepost.show.web.case_page import moment_words, paper_answer
from milepost.show.web.counter import Entry, absent, at_counter, for_people, token, token_of, told
from milepost.show.web.sign_in import ask_to_sign_in
from milepost.show.web.visit import day_asked

_HEADLINE = ("late", "stalled", "at risk", "waiting", "on time", "met", "done", "dropped")


@at_counter
def duties(entry: Entry) -> Any:
    """What is late, what is stalled, what is on time; the silence of each as a fact."""
    views = _views(entry)
    counts = {status: sum(view.standing.status == status for view in views) for status in _HEADLINE}
    page = {
        "title": entry.words.say("duties.title"),
        "counts": [
            {"status": status, "word": entry.words.word("duty_status", status), "count": count}
            for status, count in counts.items()
            if count
        ],
        "groups": [
            {"status": status, "word": entry.words.word("duty_status", status), "lines": lines}
            for status in _HEADLINE
            if (lines := [line(entry, view) for view in views if view.standing.status == status])
        ],
        "heard_count": sum(bool(view.events) for view in views),
        "count": len(views),
        "is_empty": not any(view.events for view in views),
        "on": day_words(day_of(entry))[entry.language],
    }
    return entry.page("duties.html", page)


@at_counter
def duty(entry: Entry, duty_id: str) -> Any:
    """One duty: how it stands and why, its milestones, what was told; its people may act on it here."""
    asked = next((one for one in entry.hall.duties if one.id == duty_id), None)
    if asked is None:
        raise absent(entry)
    failed: Failed | None = None
    loose: tuple[Trouble, ...] = ()
    if entry.request.method == "POST":
        if entry.person is None:
            return ask_to_sign_in(entry)
        done, failed, loose = _act(entry, asked)
        if done is not None:
            return done
    view = next(view for view in _views(entry) if view.duty.id == duty_id)
    status = 409 if failed or loose else 200
    return entry.page("duty.html", _duty_page(entry, view, failed, loose), status)


@for_people
def duty_paper(entry: Entry, duty_id: str, digest: str) -> Any:
    """A paper handed in as evidence of a duty, for those who carry the plan."""
    asked = next((one for one in entry.hall.duties if one.id == duty_id), None)
    history = duty_history(entry.hall, asked) if asked and may(entry, "duty.read", asked) else None
    return paper_answer(entry, history, digest)


def day_of(entry: Entry) -> date:
    """Give the day the duties are shown as on: the one asked for, else today."""
    return _asked(entry) or entry.hall.today()


def _asked(entry: Entry) -> date | None:
    return day_asked(entry.request.GET.get("known_on", ""), entry.site.today())[0]


def _views(entry: Entry) -> tuple[DutyView, ...]:
    return duty_views(entry.hall, entry.site.walk(_asked(entry)).outlooks, day_of(entry))


def may(entry: Entry, right: str, duty: Duty) -> bool:
    """May this person do that with a duty?"""
    return entry.person is not None and bool(entry.hall.rights.may(entry.person, right, duty_scope(duty)))


def line(entry: Entry, view: DutyView) -> dict[str, Any]:
    """Give a duty in the list."""
    standing, words = view.standing, entry.words
    return {
        "id": view.duty.id,
        "name": entry.said(view.duty.name),
        "link": entry.link("duty", view.duty.id) + (f"?known_on={asked}" if (asked := _asked(entry)) else ""),
        "owner": owner_words(entry, view.duty),
        "status": standing.status.replace(" ", "-"),
        "word": words.word("duty_status", standing.status),
        "due": day_words(standing.due_date)[entry.language],
        "days": abs(standing.days_left),
        "is_past": standing.days_left < 0,
        "silence": silence_words(entry, view),
        "verdict": words.word("verdict", standing.by_verdict) if standing.by_verdict else "",
        "verdict_lamp": standing.by_verdict or "",
        "milestones": f"{standing.milestones_reached}/{standing.milestones_count}" if standing.milestones_count else "",
        "waits_for": ", ".join(standing.waits_for),
        "moved": standing.times_moved,
    }


def owner_words(entry: Entry, duty: Duty) -> str:
    """Give what an owner is called; an item that nobody owns says so."""
    if not duty.owner:
        return entry.words.say("duties.no_owner")
    return entry.words.word("owner", duty.owner)


def silence_words(entry: Entry, view: DutyView) -> str:
    """Give how long nothing was heard, as a fact."""
    standing = view.standing
    if standing.silent_days is None:
        return entry.words.say("duties.never_assigned")
    if standing.last_told_on is None:
        return entry.words.say("duties.never_told", days=standing.silent_days)
    return entry.words.say("duties.silent", days=standing.silent_days)


def _duty_page(entry: Entry, view: DutyView, failed: Failed | None, loose: tuple[Trouble, ...]) -> dict[str, Any]:
    duty = view.duty
    history = duty_history(entry.hall, duty)
    names = {one.id: entry.said(one.name) for one in duty.milestones}
    may_read, may_act = may(entry, "duty.read", duty), may(entry, "duty.act", duty)
    may_assign = history is None and bool(duty.owner) and may(entry, "duty.assign", duty)
    target = duty.target or ""
    return {
        "title": entry.said(duty.name),
        "line": line(entry, view),
        "target_link": entry.link("target", target) if target else "",
        "milestones": [_milestone(entry, view, one) for one in duty.milestones],
        "reminders": [
            {
                "why": entry.words.word("reminder", one.why, days=one.days),
                "milestone": names.get(one.milestone, one.milestone),
            }
            for one in view.reminders
        ],
        "may_read": may_read,
        "told": [_told(entry, kept.event, names) for kept in reversed(view.events)] if may_read else [],
        "told_count": len(view.events),
        "acts": act_forms(entry, history, names, failed) if history is not None and may_act else [],
        "assign_token": token(entry, f"assign/{duty.id}") if may_assign else "",
        "troubles": told(entry, loose),
        "back": entry.link("duties"),
    }


def _milestone(entry: Entry, view: DutyView, milestone: Milestone) -> dict[str, Any]:
    late = dict(view.standing.late_milestones)
    return {
        "name": entry.said(milestone.name),
        "due": day_words(late.get(milestone.id, milestone.due_date))[entry.language],
        "is_late": milestone.id in late,
    }


def _told(entry: Entry, event: Any, names: dict[str, str]) -> dict[str, Any]:
    history = entry.hall.docket.processes[event.process, event.version]
    act = next((one.name for one in history.acts if one.id == event.act), None)
    fields = (event.data or {}).get("fields", {})
    evidence = str(fields.get("evidence", ""))
    is_paper = evidence.startswith("sha256:")
    return {
        "act": entry.said(act) if act else entry.words.say("duties.assigned"),
        "milestone": names.get(event.branch, event.branch),
        "person": event.person,
        "at": moment_words(entry, event.at),
        "words": str(fields.get("words", "")),
        "due_date": str(fields.get("due_date", "")),
        "reason": str((event.data or {}).get("reason", "")),
        "evidence": evidence,
        "evidence_link": _evidence_link(entry, event.case, evidence),
        "is_paper": is_paper,
    }


def _evidence_link(entry: Entry, case: str, evidence: str) -> str:
    if evidence.startswith("sha256:"):
        return entry.link("duty_paper", case.removeprefix("duty-"), evidence.removeprefix("sha256:"))
    return evidence if evidence.startswith(("https://", "http://")) else ""


def _act(entry: Entry, duty: Duty) -> tuple[Any, Failed | None, tuple[Trouble, ...]]:
    history = duty_history(entry.hall, duty)
    if entry.request.POST.get("act") == "open":
        return _assign(entry, duty)
    if history is None or not may(entry, "duty.act", duty):
        raise absent(entry)
    done, failed = act_on(entry, history)
    return done, failed, ()


def _assign(entry: Entry, duty: Duty) -> tuple[Any, Failed | None, tuple[Trouble, ...]]:
    held = token_of(entry, entry.request.POST.get("token", ""))
    if not may(entry, "duty.assign", duty):
        raise absent(entry)
    if held is None or held.who != entry.who.id or held.about != f"assign/{duty.id}":
        return None, None, (Trouble("S326", "the form is not from this page, or too old", "Open the duty again"),)
    try:
        after = assign(entry.hall, entry.who, duty, held.name)
    except YoursToMend as error:
        return None, None, error.troubles
    if isinstance(after, Refusal):
        return None, None, after.reasons
    return HttpResponseRedirect(entry.request.path), None, ()
