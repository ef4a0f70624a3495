"""What is wrong with an event: order and time, state and role, answers and documents, clocks.

Every reason is given at once; none of them quotes an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from milepost.basics.calendar import Calendar
from milepost.basics.errors import Trouble, listed, nearest
from milepost.cases.case import Case
from milepost.cases.clock import may_be, read_clock, term_end
from milepost.cases.event import Event
from milepost.cases.form import troubles_of
from milepost.cases.process import GIVEN, PROMISED, FlatAct, Guard, branched, clocks_of

_PARTS = ("fields", "documents", "promised", "reason", "told_days")
_LONGEST_REASON = 20_000
_LONGEST_HASH = 200


def unknown_act(case: Case, event: Event) -> Trouble:
    """Give the trouble of an act, or a branch of one, that the case does not have."""
    known = {name for name, _ in case.net.acts}
    if event.act in known:
        return Trouble(
            "S204", f"{event.act} has no such branch here", f"Branches: {listed(case.net.branches) or 'none'}"
        )
    mend = nearest(event.act, known) or f"Acts: {listed(sorted(known), 30)}"
    return Trouble("S203", f"{event.act} is not an act of {case.net.process.id}", mend)


def order_troubles(case: Case, event: Event) -> list[Trouble]:
    """Give what is wrong with the event's place in the history: its sequence and its time."""
    troubles = []
    if event.sequence != case.sequence + 1:
        what = f"the case stands at event {case.sequence}, not {event.sequence - 1}"
        troubles.append(Trouble("S202", what, "Somebody acted meanwhile: read the case again"))
    if event.at.tzinfo is None or event.at < case.last_at:
        mend = "Give the moment it happens, with its offset"
        troubles.append(Trouble("S208", "the time is earlier than the case's last event", mend))
    return troubles


def state_troubles(case: Case, flat: FlatAct, role: str, person: str) -> list[Trouble]:
    """Give why this act is not for this role and person now; none where it is allowed."""
    act = flat.act
    if case.outcome is not None:
        return [Trouble("S201", f"the case has ended ({case.outcome})", "Nothing more can be done to it")]
    troubles = []
    if role not in act.by:
        troubles.append(Trouble("S205", f"{role} may not {act.id}", f"May: {listed(act.by)}"))
    if not flat.is_enabled(case.marking):
        where = listed(sorted(case.marking))
        troubles.append(Trouble("S206", f"{act.id} is not possible now: the case stands at {where}", _before(flat)))
    for guard in act.when:
        if not _holds(case, guard, flat.branch):
            what = f"{act.id} needs {guard.field} to be {listed(guard.among)} ({guard.of})"
            troubles.append(Trouble("S207", what, "Choose the act that fits"))
    if person and any(who == person and done in act.not_by_who_did for done, _, who in case.did):
        what = f"{act.id} must be done by another person than {listed(act.not_by_who_did)}"
        troubles.append(Trouble("S217", what, "Ask a colleague"))
    return troubles


def _before(flat: FlatAct) -> str:
    needed = sorted(flat.takes | flat.while_any)
    return f"It follows {listed(needed)}" if needed else "It is possible while the case is open"


def _holds(case: Case, guard: Guard, branch: str) -> bool:
    if guard.field == PROMISED:
        waiting = any(c.kept_on is None for c in case.commitments.values())
        return ("some" if waiting else "none") in guard.among
    if guard.of == "this":
        of_branch = case.net.field_is_of_branch.get(guard.field, False)
        value = case.values.get((guard.field, branch if of_branch else ""))
        return _word(value) in guard.among
    words = [_word(case.values.get((guard.field, b))) in guard.among for b in case.net.branches]
    return all(words) if guard.of == "all" else any(words) == (guard.of == "any")


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def content_troubles(case: Case, flat: FlatAct, event: Event, calendar: Calendar | None) -> list[Trouble]:
    """Give what is wrong with what the event brings: answers, documents, reasons, clocks."""
    act, data = flat.act, event.data or {}
    fields = [f for name in act.forms for f in case.forms[name].fields]
    answers = data.get("fields", {})
    if not isinstance(answers, dict):
        return [Trouble("S210", "the fields are not names and answers", "Write them as names and answers")]
    troubles = troubles_of(fields, answers)
    if calendar is not None and not troubles:
        troubles = _term_troubles(case, flat, event, answers)
    troubles += [*_document_troubles(case, flat, data), *_shape_troubles(data)]
    if act.needs_reason and not str(data.get("reason") or "").strip():
        troubles.append(Trouble("S214", f"{act.id} needs a reason", "Give the reason in words"))
    if act.suspends and data.get("told_days") is None:
        what = f"{act.id} stops the clock, and the applicant must be told in writing for how long"
        troubles.append(Trouble("S215", what, "Give told_days, a whole number of days (Licensing Law, art. 45)"))
    return [*troubles, *_clock_troubles(case, flat), *_extension_troubles(case, flat, event, calendar)]


def _shape_troubles(data: Mapping[str, Any]) -> list[Trouble]:
    """An event holds only what is read of it."""
    troubles = [
        Trouble("S211", f"{name} is not a part of an event", nearest(name, _PARTS) or f"Parts: {listed(_PARTS)}")
        for name in data
        if name not in _PARTS
    ]
    reason, days = data.get("reason"), data.get("told_days")
    if reason is not None and not (isinstance(reason, str) and len(reason) <= _LONGEST_REASON):
        troubles.append(Trouble("S210", "the reason is not a text of moderate length", "Give it in words"))
    if days is not None and not _is_days(days):
        troubles.append(Trouble("S210", "told_days is not a whole number of days", "Give days from 1 to 3660"))
    return troubles


def _is_days(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 3660


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_HASH


def _needed_documents(case: Case, flat: FlatAct) -> list[str]:
    needed: list[str] = []
    for name in flat.act.documents:
        needed.extend((n for n in case.papers if n not in case.net.documents) if name == GIVEN else (name,))
    return needed


def _document_troubles(case: Case, flat: FlatAct, data: Mapping[str, Any]) -> list[Trouble]:
    handed, promised = data.get("documents", {}), data.get("promised", ())
    is_shaped = isinstance(handed, dict) and isinstance(promised, list | tuple)
    if not is_shaped or not all(_is_hash(h) for h in handed.values()):
        return [Trouble("S212", "the documents are not names and content hashes", "Write them as names and hashes")]
    needed, troubles = _needed_documents(case, flat), []
    for name in (*handed, *promised):
        if name not in needed:
            mend = nearest(str(name), needed) or f"Asked here: {listed(needed) or 'none'}"
            troubles.append(Trouble("S211", f"{name} is not a document asked here", mend))
        elif name in promised and not case.papers[name].may_be_promised:
            troubles.append(Trouble("S213", f"{name} may not be promised", "Hand it in"))
    missing = [n for n in needed if n not in handed and n not in promised and n not in case.documents]
    is_after_check = case.decided_on is not None
    for name in missing:
        if not is_after_check or name not in case.commitments:
            mend = "Hand it in" + (", or promise it" if case.papers[name].may_be_promised else "")
            troubles.append(Trouble("S212", f"the document {name} is missing", mend))
    return troubles


def _clock_troubles(case: Case, flat: FlatAct) -> list[Trouble]:
    act, troubles = flat.act, []
    for names, verb in (
        (act.starts, "started"),
        (act.suspends, "suspended"),
        (act.resumes, "resumed"),
        (act.stops, "stopped"),
        (act.extends, "extended"),
    ):
        for name in clocks_of(names, case.net, flat.branch):
            clock = case.clocks[name]
            if not may_be(clock, verb, ground_of(flat)):
                what = f"the clock {name} is {clock.status.replace('_', ' ')} and cannot be {verb}"
                troubles.append(Trouble("S216", what, "Do what comes before"))
    return troubles


def _term_troubles(case: Case, flat: FlatAct, event: Event, answers: Mapping[str, Any]) -> list[Trouble]:
    """At the door a term that would be over on its first day is refused."""
    day = case.day(event.at)
    rules = [case.clocks[name].rule for name in clocks_of(flat.act.starts, case.net, flat.branch)]
    ends = {rule.ends_before: term_end(rule, answers, day) for rule in rules}
    return [
        Trouble("S210", f"{name} is not later than the day of the act", "Give the day from which it is not valid")
        for name, end in ends.items()
        if end is not None and end <= day
    ]


def _extension_troubles(case: Case, flat: FlatAct, event: Event, calendar: Calendar | None) -> list[Trouble]:
    troubles = []
    for name in clocks_of(flat.act.extends, case.net, flat.branch):
        clock = case.clocks[name]
        if clock.rule.extension is None or clock.extensions >= clock.rule.extension.most:
            what = f"the clock {name} has had every extension the law allows"
            troubles.append(Trouble("S216", what, "Decide within the period"))
        elif calendar is not None and read_clock(clock, calendar, case.day(event.at)).is_late:
            what = f"the period of the clock {name} has already ended"
            troubles.append(Trouble("S216", what, "An extension is granted before the end, not after it"))
    return troubles


def ground_of(flat: FlatAct) -> str:
    """Give the name under which an act holds a clock: its ground, in its branch."""
    return branched(flat.act.ground or "other", flat.branch)
