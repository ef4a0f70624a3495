"""Acts on a case as forms: what each asks, and what becomes of what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseRedirect

from milepost.basics.errors import Trouble, YoursToMend
from milepost.cases.case import Case, Refusal
from milepost.cases.process import GIVEN, FlatAct
from milepost.keep.docket import History
from milepost.show.hall.handling import do
from milepost.show.hall.licences import ISSUING
from milepost.show.hall.sight import Offer, offers
from milepost.show.web.counter import Entry, token, token_of, told
from milepost.show.web.inputs import ANSWER, Input, answers, hand_in, is_evidence, paper, question
from milepost.show.web.sign_in import typed_before

Sent = Mapping[str, list[str]]


@dataclass(frozen=True)
class ActForm:
    """An act somebody may do, with what it asks; `branch_name` says for which permit."""

    act: str
    branch: str
    name: str
    branch_name: str
    token: str
    inputs: tuple[Input, ...]
    needs_reason: bool
    asks_days: bool
    reason: str = ""
    told_days: str = ""
    is_open: bool = False
    is_final: bool = False
    is_upload: bool = False
    troubles: tuple[dict[str, str], ...] = ()

    @property
    def is_bare(self) -> bool:
        """Is a button enough?"""
        return not (self.inputs or self.needs_reason or self.asks_days)

    @property
    def id(self) -> str:
        """The form's place on the page."""
        return f"{self.act}-{self.branch}" if self.branch else self.act


@dataclass(frozen=True)
class Failed:
    """An act that was refused, with what was sent."""

    act: str
    branch: str
    sent: Sent
    troubles: tuple[Trouble, ...]


def act_forms(entry: Entry, history: History, names: Mapping[str, str], failed: Failed | None) -> list[ActForm]:
    """Give the forms of what this person may do now."""
    return [
        act_form(entry, history, offer, names.get(offer.flat.branch, offer.flat.branch), failed)
        for offer in offers(entry.hall.rights, entry.who, history)
    ]


def about(case: Case, act: str, branch: str) -> str:
    """Give what a token of an act is about."""
    return f"{case.id}/{act}/{branch}"


def act_form(entry: Entry, history: History, offer: Offer, branch_name: str, failed: Failed | None) -> ActForm:
    """Give one act as a form, with what was typed before and what was wrong with it."""
    case, flat, act = history.case, offer.flat, offer.flat.act
    is_this = failed is not None and (failed.act, failed.branch) == offer.key
    sent: Sent = failed.sent if failed is not None and is_this else typed_before(entry, about(case, *offer.key))
    asked = [
        question(entry, one, (sent.get(ANSWER + one.id) or [_held(case, one.id, flat)])[0])
        for name in act.forms
        for one in case.forms[name].fields
    ]
    papers = [paper(entry, case.papers[name], sent) for name in needed_papers(case, flat)]
    return ActForm(
        act.id,
        flat.branch,
        entry.said(act.name),
        branch_name,
        token(entry, about(case, *offer.key), case.sequence),
        (*asked, *papers),
        act.needs_reason,
        bool(act.suspends),
        (sent.get("reason") or [""])[0],
        (sent.get("told_days") or [""])[0],
        is_open=bool(sent),
        is_final=act.clears or bool(set(flat.puts) & set(case.net.ends)),
        is_upload=bool(papers) or any(one.kind == "evidence" for one in asked),
        troubles=tuple(told(entry, failed.troubles)) if failed is not None and is_this else (),
    )


def _held(case: Case, name: str, flat: FlatAct) -> str:
    value = case.values.get((name, flat.branch))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def needed_papers(case: Case, flat: FlatAct) -> list[str]:
    """Give the documents an act asks for that are not yet handed in."""
    named: list[str] = []
    for name in flat.act.documents:
        named.extend((one for one in case.papers if one not in case.net.documents) if name == GIVEN else (name,))
    is_after_check = case.decided_on is not None
    return [name for name in named if name not in case.documents and (not is_after_check or name in case.commitments)]


def sent_data(
    entry: Entry, case: Case, flat: FlatAct, sent: Sent, files: Any
) -> tuple[dict[str, Any], list[Trouble], Sent]:
    """Give what was sent as an event's data, the troubles of its papers, and what to show again."""
    fields = [one for name in flat.act.forms for one in case.forms[name].fields]
    data: dict[str, Any] = {}
    if fields:
        data["fields"] = answers(fields, sent)
    evidence = hand_in(entry, [one.id for one in fields if is_evidence(one)], files, sent)
    handed = hand_in(entry, needed_papers(case, flat), files, sent)
    if evidence.hashes:
        data["fields"] |= evidence.hashes
    if handed.hashes:
        data["documents"] = handed.hashes
    if handed.promised:
        data["promised"] = handed.promised
    if flat.act.needs_reason:
        data["reason"] = (sent.get("reason") or [""])[0].strip()[:4000]
    days = (sent.get("told_days") or [""])[0].strip()
    if flat.act.suspends and days.isascii() and days.isdigit() and len(days) < 6:
        data["told_days"] = int(days)
    wrong = (*handed.troubles.values(), *evidence.troubles.values())
    return data, [one for found in wrong for one in found], {**sent, **evidence.sent, **handed.sent}


def act_on(entry: Entry, history: History) -> tuple[Any, Failed | None]:
    """Do what a form asks: the answer to send where it was done, else what was refused.

    A form that was sent twice is done once; one made for somebody else, or too old, is not done.
    """
    request = entry.request
    sent: Sent = {name: request.POST.getlist(name) for name in request.POST}
    act, branch = request.POST.get("act", ""), request.POST.get("branch", "")
    held = token_of(entry, request.POST.get("token", ""))
    case = history.case
    flat = case.net.acts.get((act, branch))
    if flat is None or held is None or held.who != entry.who.id or held.about != about(case, act, branch):
        what = "the form is not from this page, or too old"
        return None, Failed(act, branch, sent, (Trouble("S326", what, "Open the case again and repeat it"),))
    if any(kept.event.id == held.name for kept in history.events):
        return HttpResponseRedirect(request.path), None
    data, troubles, again = sent_data(entry, case, flat, sent, request.FILES)
    if troubles:
        return None, Failed(act, branch, again, tuple(troubles))
    licences, signed = entry.site.licences, None
    try:
        if act in ISSUING and licences is not None:
            signed = licences.signed(history, entry.hall.now())
        after = do(entry.hall, entry.who, history, act, branch, data, held.name, held.seen)
    except YoursToMend as error:
        return None, Failed(act, branch, again, error.troubles)
    if isinstance(after, Refusal):
        return None, Failed(act, branch, again, after.reasons)
    if act in ISSUING and licences is not None:
        licences.bring_into_force(entry.who, entry.hall.docket.history(case.id) or history, signed)
    return HttpResponseRedirect(f"{request.path}?done={act}"), None
