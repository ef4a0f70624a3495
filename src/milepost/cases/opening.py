"""How a case begins: its branches, its promised days, and the fields and documents handed over with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any

from milepost.basics.errors import Trouble, listed, nearest
from milepost.basics.time_zone import CHINA
from milepost.cases.case import Case, Refusal
from milepost.cases.clock import Clock
from milepost.cases.event import OPEN, Event
from milepost.cases.form import document_from_json, field_from_json
from milepost.cases.process import ClockRule, Net, Process, unfold

_MOST_BRANCHES = 64


def open_case(process: Process, event: Event, time_zone: tzinfo = CHINA) -> Case | Refusal:
    """Give the case an opening event begins, or the reasons why it may not.

    The event's data may name the branches, promise days for clocks, and hand over the fields of forms
    and the documents that this case needs. Its days are those of `time_zone`.
    """
    data = event.data or {}
    raw = data.get("branches", [])
    branches = tuple(raw) if isinstance(raw, list) and all(_is_name(name) for name in raw) else ("",)
    reasons = _opening_troubles(process, event, branches)
    if reasons:
        return Refusal(tuple(reasons))
    net = unfold(process, branches)
    try:
        given = {name: tuple(map(field_from_json, held)) for name, held in data.get("forms", {}).items()}
        papers = {str(held["id"]): document_from_json(held) for held in data.get("documents", ())}
    except (TypeError, KeyError, ValueError, AttributeError):
        what = "the fields or documents handed over are not of their shape"
        return Refusal((Trouble("S220", what, "Write them with field_as_json and document_as_json"),))
    promises = data.get("days", {})
    reasons = [*_promise_troubles(net, promises), *_given_troubles(process, given)]
    if reasons:
        return Refusal(tuple(reasons))
    forms = {n: replace(form, fields=given[n]) if n in given else form for n, form in net.forms.items()}
    return Case(
        id=event.case,
        net=net,
        sequence=event.sequence,
        marking=frozenset({process.start}),
        opened_at=event.at,
        last_at=event.at,
        last_event=event.id,
        forms=forms,
        papers={**net.documents, **papers},
        clocks={n: Clock(n, rule, promises.get(n, rule.promised_days)) for n, rule in net.clocks.items()},
        did=((OPEN, "", event.person),),
        time_zone=time_zone,
    )


def _opening_troubles(process: Process, event: Event, branches: tuple[str, ...]) -> list[Trouble]:
    troubles = []
    if event.act != OPEN or event.sequence != 1:
        troubles.append(Trouble("S202", "a case begins with the act open and the sequence 1", "Open the case first"))
    if event.at.tzinfo is None:
        troubles.append(Trouble("S208", "the time of the event has no time zone", "Write it with its offset"))
    if process.opened_by and event.role not in process.opened_by:
        troubles.append(Trouble("S205", f"{event.role} may not open {process.id}", f"May: {listed(process.opened_by)}"))
    least = process.least_branches if process.branches else 0
    if len(branches) < least or (branches and process.branches is None):
        what = "the branches of the case are missing" if process.branches else "this process has no branches"
        troubles.append(Trouble("S204", what, "Name one branch for each permit, or none"))
    elif len(set(branches)) != len(branches) or len(branches) > _MOST_BRANCHES or "" in branches:
        what = f"branches must be different plain names, at most {_MOST_BRANCHES}"
        troubles.append(Trouble("S204", what, "Use letters, digits, dash and underscore"))
    return troubles


def _is_name(text: Any) -> bool:
    return isinstance(text, str) and bool(text) and all(c.isalnum() or c in "-_." for c in text)


def _promise_troubles(net: Net, promises: Any) -> list[Trouble]:
    if not isinstance(promises, dict):
        return [Trouble("S220", "the promised days are not clocks and days", "Write them as clocks and days")]
    troubles = []
    for name, days in promises.items():
        rule: ClockRule | None = net.clocks.get(name)
        if rule is None:
            mend = nearest(name, net.clocks) or f"Clocks: {listed(list(net.clocks))}"
            troubles.append(Trouble("S220", f"{name} is not a clock of this case", mend))
        elif not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= rule.days:
            what = f"the promise for {name} is not a number of days within the period of {rule.days}"
            troubles.append(Trouble("S220", what, "Promise at most the statutory days"))
    return troubles


def _given_troubles(process: Process, given: Mapping[str, Any]) -> list[Trouble]:
    open_forms = {form.id for form in process.forms if form.is_given}
    return [
        Trouble("S220", f"the form {name} does not take fields at the opening", listed(sorted(open_forms)) or "Omit it")
        for name in given
        if name not in open_forms
    ]
