"""A case on one page: where it stands, what this person may do, its clocks, permits, papers and history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse

from milepost.cases.case import Case
from milepost.cases.clock import ClockReading
from milepost.cases.event import OPEN, Event
from milepost.cases.process import branched
from milepost.keep.docket import History
from milepost.show.hall.about import about
from milepost.show.hall.agenda import sees_desk
from milepost.show.hall.licences import was_issued
from milepost.show.hall.papers import KINDS, kind_of
from milepost.show.hall.sight import seen
from milepost.show.number import day_words
from milepost.show.web.case_acts import Failed, act_forms, act_on
from milepost.show.web.counter import Entry, absent, for_people, told
from milepost.show.wording import messages


@dataclass(frozen=True)
class ClockLine:
    """A clock in words."""

    name: str
    branch: str
    status: str
    status_word: str
    used: int
    days: int
    left: int
    due: str
    promised: str
    citation: str
    is_late: bool
    is_promise_broken: bool
    is_provisional: bool
    held_for: str


@for_people
def case_page(entry: Entry, case_id: str) -> Any:
    """A case; a form sent here is done or told why not. Another's case is answered as one that does not exist."""
    history = seen(entry.hall, entry.who, case_id)
    if history is None:
        raise absent(entry)
    failed = None
    if entry.request.method == "POST":
        done, failed = act_on(entry, history)
        if done is not None:
            return done
        history = entry.hall.docket.history(case_id) or history
    return entry.page("case.html", case_content(entry, history, failed), 409 if failed else 200)


@for_people
def case_paper(entry: Entry, case_id: str, digest: str) -> Any:
    """A paper of a case, to be saved; only what the case itself holds."""
    return paper_answer(entry, seen(entry.hall, entry.who, case_id), digest)


def paper_answer(entry: Entry, history: History | None, digest: str) -> Any:
    """Give a paper that a case holds, as a file to be saved and never shown in the site's own name."""
    hash = f"sha256:{digest}"
    content = entry.hall.papers.content(hash) if history and hash in papers_of(history) else None
    if content is None:
        raise absent(entry)
    kind = kind_of(content) or "pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{digest[:16]}.{kind}"',
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return HttpResponse(content, content_type=KINDS[kind], headers=headers)


def papers_of(history: History) -> set[str]:
    """Give the hashes of all papers a case holds, those its updates name among them."""
    told = (str(value) for kept in history.events for value in (kept.event.data or {}).get("fields", {}).values())
    return set(history.case.documents.values()) | {value for value in told if value.startswith("sha256:")}


def case_content(entry: Entry, history: History, failed: Failed | None) -> dict[str, Any]:
    """Give what the case's template shows."""
    case, opening = history.case, history.events[0].event.data or {}
    names = branch_names(entry, history)
    done = entry.request.GET.get("done", "")
    acts = {act.id: act.name for act in case.net.process.acts}
    return {
        "title": case_title(entry, history),
        "case_id": case.id,
        "process": entry.said(case.net.process.name),
        "party": str(opening.get("party", "")),
        "opened": moment_words(entry, case.opened_at),
        "outcome": case.outcome or "",
        "states": state_words(entry, case, names),
        "acts": act_forms(entry, history, names, failed),
        "failed": failed,
        "failed_troubles": _loose_troubles(entry, history, names, failed),
        "done": entry.said(acts[done]) if done in acts else "",
        "clocks": [
            clock_line(entry, case, one, names) for one in case.readings(entry.hall.calendar, entry.hall.today())
        ],
        "permits": [_permit(entry, case, branch, names, opening) for branch in case.net.branches],
        "form": _form(entry, case),
        "papers": _papers(entry, case),
        "timeline": [_event(entry, case, kept.event, names) for kept in reversed(history.events)],
        "branch_word": entry.said(case.net.process.branches),
        "licence_link": entry.link("licence", case.id) if was_issued(case) else "",
        "back": _back(entry),
        "about_link": _about_link(entry, history),
        "about": about(history).get("name", ""),
    }


def case_title(entry: Entry, history: History) -> str:
    """Give what a case is called: its industry, or its process and what it is about."""
    opening = history.events[0].event.data or {}
    if named := opening.get("industry_name"):
        return str(named[entry.language])
    name = about(history).get("name", "")
    return entry.said(history.case.net.process.name) + (f" · {name}" if name else "")


def _about_link(entry: Entry, history: History) -> str:
    """The page of the thing a case is about."""
    told = about(history)
    return entry.link("thing", told["wing"], told["thing"], told["code"]) if told else ""


def branch_names(entry: Entry, history: History) -> dict[str, str]:
    """Give what the permits of a case are called."""
    named = (history.events[0].event.data or {}).get("names", {})
    return {branch: str(named.get(branch, {}).get(entry.language, branch)) for branch in history.case.net.branches}


def state_words(entry: Entry, case: Case, names: Mapping[str, str]) -> list[dict[str, str]]:
    """Give the states a case stands in, in the order of its process, with the permit where it is one's own."""
    found = []
    for state in case.net.process.states:
        branches = case.net.branches if state.for_each else ("",)
        here = [branch for branch in branches if branched(state.id, branch) in case.marking]
        if here:
            of = entry.words.say("list.comma").join(names[branch] for branch in here if branch)
            found.append({"name": entry.said(state.name), "of": of, "outcome": state.outcome or ""})
    return [*found, *({"name": over, "of": "", "outcome": ""} for over in _terms_over(entry, case))]


def _terms_over(entry: Entry, case: Case) -> Iterator[str]:
    """The terms of validity that are over, which nobody has to say: a certificate lapses on its day."""
    over = entry.words.word("clock_status", "over")
    for reading in case.readings(entry.hall.calendar, entry.hall.today()):
        rule = case.clocks[reading.id].rule
        if rule.ends_before and reading.status == "running" and reading.is_late:
            yield entry.words.say("clock.over", name=entry.said(rule.name), status=over)


def clock_line(entry: Entry, case: Case, reading: ClockReading, names: Mapping[str, str]) -> ClockLine:
    """Give a clock in words."""
    rule = case.clocks[reading.id].rule
    due, promised = reading.due or reading.expected_due, reading.promised_due
    grounds = sorted({ground.partition("@")[0] for ground in case.clocks[reading.id].held_by})
    past = "over" if rule.ends_before else "late"
    status = past if reading.is_late and reading.status != "stopped" else reading.status
    return ClockLine(
        entry.said(rule.name),
        names.get(reading.id.partition("@")[2], ""),
        status,
        entry.words.word("clock_status", status),
        reading.used_days,
        reading.days,
        reading.left_days,
        day_words(due)[entry.language] if due else "",
        day_words(promised)[entry.language] if promised and promised != due else "",
        entry.said(rule.cited),
        reading.is_late,
        reading.is_promise_broken,
        reading.is_provisional,
        entry.words.say("list.comma").join(entry.words.word("ground", one) for one in grounds),
    )


def moment_words(entry: Entry, moment: datetime) -> str:
    """Give a moment in the zone's time, to the minute."""
    here = moment.astimezone(entry.hall.zone.time_zone)
    return f"{day_words(here.date())[entry.language]} {here:%H:%M}"


def _permit(
    entry: Entry, case: Case, branch: str, names: Mapping[str, str], opening: Mapping[str, Any]
) -> dict[str, str]:
    result = case.values.get(("result", branch))
    states = [s for s in case.net.process.states if s.for_each and branched(s.id, branch) in case.marking]
    return {
        "name": names[branch],
        "authority": str(opening.get("authorities", {}).get(branch, {}).get(entry.language, "")),
        "state": entry.said(states[0].name) if states else "",
        "result": _choice(entry, result),
    }


def _choice(entry: Entry, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return entry.words.say("form.yes") if value else entry.words.say("form.no")
    return messages(entry.language).get(f"choice.{value}") or str(value)


def _form(entry: Entry, case: Case) -> list[tuple[str, str]]:
    given = [form for form in case.forms.values() if case.net.forms[form.id].is_given]
    return [
        (entry.said(one.name), _with_unit(entry, _choice(entry, case.values.get((one.id, ""))), one.unit))
        for form in given
        for one in form.fields
    ]


def _with_unit(entry: Entry, value: str, unit: str) -> str:
    if not value or not unit:
        return value
    return f"{value} {messages(entry.language).get(f'unit.{unit}') or unit.replace('_', ' ')}"


def _papers(entry: Entry, case: Case) -> list[dict[str, str]]:
    found = []
    for name, asked in case.papers.items():
        hash, commitment = case.documents.get(name, ""), case.commitments.get(name)
        due = commitment.due if commitment is not None and commitment.kept_on is None else None
        found.append(
            {
                "name": entry.said(asked.name),
                "hash": hash.removeprefix("sha256:")[:12],
                "link": entry.link("case_paper", case.id, hash.removeprefix("sha256:")) if hash else "",
                "promised": "yes" if commitment is not None and commitment.kept_on is None else "",
                "due": day_words(due)[entry.language] if due else "",
            }
        )
    return found


def _event(entry: Entry, case: Case, event: Event, names: Mapping[str, str]) -> dict[str, Any]:
    act = next((one.name for one in case.net.process.acts if one.id == event.act), None)
    role = next((one.name for one in case.net.process.roles if one.id == event.role), None)
    data = event.data or {}
    return {
        "name": entry.said(act) if act else entry.words.say("case.opened") if event.act == OPEN else event.act,
        "branch": names.get(event.branch, event.branch),
        "role": entry.said(role) if role else event.role,
        "person": event.person if event.person == entry.who.id or sees_desk(entry.hall, entry.who) else "",
        "at": moment_words(entry, event.at),
        "at_machine": event.at.astimezone(entry.hall.zone.time_zone).isoformat(timespec="minutes"),
        "reason": str(data.get("reason", "")),
        "told_days": data.get("told_days", 0),
        "result": _choice(entry, data.get("fields", {}).get("result")),
        "promised": len(data.get("promised", ())),
        "handed": len(data.get("documents", {})) if event.act != OPEN else 0,
    }


def _loose_troubles(
    entry: Entry, history: History, names: Mapping[str, str], failed: Failed | None
) -> list[dict[str, str]]:
    """Troubles of an act that is no longer this person's to do, so that no form stands to show them in."""
    if failed is None:
        return []
    forms = act_forms(entry, history, names, None)
    is_shown = any((form.act, form.branch) == (failed.act, failed.branch) for form in forms)
    return [] if is_shown else told(entry, failed.troubles)


def _back(entry: Entry) -> dict[str, str]:
    name = "desk" if sees_desk(entry.hall, entry.who) else "own_cases"
    return {"link": entry.link(name), "word": entry.words.word("door", name)}
