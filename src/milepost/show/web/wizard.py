"""Applying: choose the industry, answer what can still change the answer, read the one notice, hand in the one form.

The answers travel in the address, so that every step can be kept, gone back to, or sent to a colleague; nothing is
stored before the application is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseRedirect

from milepost.basics.errors import Trouble, YoursToMend
from milepost.cases.case import Case, Refusal
from milepost.cases.form import troubles_of
from milepost.cases.process import Field
from milepost.show.hall.agenda import entries, parties_of
from milepost.show.hall.handling import Application, begin
from milepost.show.hall.notice import Notice, Service
from milepost.show.web.counter import Entry, absent, at_counter, token, token_of, told
from milepost.show.web.inputs import ANSWER, Input, answer, answers, hand_in, paper, question
from milepost.show.web.sign_in import ask_to_sign_in, typed_before

ASKED = "a."
_MOST_QUESTIONS = 60
Sent = Mapping[str, list[str]]


@dataclass(frozen=True)
class Progress:
    """How far the questions have come: answered, still open, and what was wrong with the last answer."""

    answered: tuple[tuple[Field, str], ...]
    values: Mapping[str, Any]
    open: tuple[Field, ...]
    wrong: tuple[Trouble, ...] = ()


@at_counter
def apply(entry: Entry) -> Any:
    """Choose an industry."""
    service = _service(entry)
    found = [
        {
            "link": entry.link("apply_for", one.id),
            "name": entry.said(one.name),
            "area": entry.said(one.area),
            "source": one.source,
        }
        for one in service.industries(entry.hall.today())
    ]
    return entry.page("apply.html", {"title": entry.words.say("wizard.title"), "industries": found})


@at_counter
def apply_for(entry: Entry, industry: str) -> Any:
    """The questions of an industry, one at a time; then its notice, and the one form."""
    service, request = _service(entry), entry.request
    sent = {name: request.GET.getlist(name) for name in request.GET}
    progress = asked(service, industry, sent, entry)
    if progress is None:
        raise absent(entry)
    notice = service.notice(industry, progress.values, entry.hall.today())
    if notice is None:
        raise absent(entry)
    if request.method == "POST" and not progress.open:
        if entry.person is None:
            return ask_to_sign_in(entry)
        return _hand_in(entry, service, notice, progress)
    if progress.open:
        return entry.page("question.html", _question_page(entry, notice, progress))
    return entry.page("notice.html", _notice_page(entry, notice, progress, typed_before(entry, _about(notice)), ()))


def asked(service: Service, industry: str, sent: Sent, entry: Entry) -> Progress | None:
    """Give how far the answers in an address lead; an answer that no longer matters is left out.

    None where there is no such industry.
    """
    day, values = entry.hall.today(), dict[str, Any]()
    answered: list[tuple[Field, str]] = []
    for _ in range(_MOST_QUESTIONS):
        still = service.open_questions(industry, values, day)
        if still is None:
            return None
        given = next((one for one in still if (sent.get(ASKED + one.id) or [""])[0].strip()), None)
        if given is None:
            return Progress(tuple(answered), values, still)
        text = sent[ASKED + given.id][0].strip()
        value = answer(given, text)
        wrong = troubles_of([given], {given.id: value})
        if wrong:
            rest = (given, *(one for one in still if one.id != given.id))
            return Progress(tuple(answered), values, rest, tuple(wrong))
        values[given.id] = value
        answered.append((given, text))
    return Progress(tuple(answered), values, ())


def _service(entry: Entry) -> Service:
    if entry.hall.service is None:
        raise absent(entry)
    return entry.hall.service


def _about(notice: Notice) -> str:
    return f"apply/{notice.industry.id}"


def _given(entry: Entry, progress: Progress) -> list[dict[str, str]]:
    """The questions answered, each with the address that asks it again."""
    found = []
    for number, (field, text) in enumerate(progress.answered):
        before = {ASKED + one.id: value for one, value in progress.answered[:number]}
        choices = dict(question(entry, field).choices)
        unit = question(entry, field).unit
        found.append(
            {
                "name": ASKED + field.id,
                "question": entry.said(field.name),
                "value": text,
                "answer": choices.get(text, f"{text} {unit}".strip()),
                "change": f"{entry.request.path}?{urlencode(before)}",
            }
        )
    return found


def _question_page(entry: Entry, notice: Notice, progress: Progress) -> dict[str, Any]:
    field = progress.open[0]
    typed = entry.request.GET.get(ASKED + field.id, "")
    return {
        "title": entry.said(notice.industry.name),
        "industry": entry.said(notice.industry.name),
        "given": _given(entry, progress),
        "input": question(entry, field, typed, ASKED),
        "more": len(progress.open) - 1,
        "troubles": told(entry, progress.wrong),
        "permits_so_far": [entry.said(permit.name) for permit in notice.permits],
        "start": entry.link("apply"),
    }


def _notice_page(
    entry: Entry, notice: Notice, progress: Progress, sent: Sent, troubles: tuple[Trouble, ...]
) -> dict[str, Any]:
    parties = parties_of(entry.who)
    return {
        "title": entry.said(notice.industry.name),
        "industry": entry.said(notice.industry.name),
        "area": entry.said(notice.industry.area),
        "source": notice.industry.source,
        "given": _given(entry, progress),
        "permits": [
            {
                "name": entry.said(permit.name),
                "authority": entry.said(permit.authority),
                "why": permit.why,
                "days": permit.promised_days or permit.statutory_days or 0,
                "valid_months": permit.valid_months or 0,
            }
            for permit in notice.permits
        ],
        "papers": [{"name": entry.said(one.document.name), "why": one.why} for one in notice.papers],
        "days": notice.promised_days or 0,
        "lacks": [entry.said(one) for one in notice.lacks],
        "refusals": notice.refusals,
        "may_apply": notice.may_apply,
        "parties": parties,
        "party": (sent.get("party") or parties or ("",))[0],
        "inputs": _inputs(entry, notice, progress, sent) if notice.may_apply else [],
        "token": token(entry, _about(notice)) if parties else "",
        "troubles": told(entry, troubles),
        "came_back": bool(sent) and not troubles,
        "sign_in_here": f"{entry.link('sign_in')}?{urlencode({'next': entry.request.get_full_path()})}",
        "shown_at": entry.request.get_full_path(),
        "start": entry.link("apply"),
    }


def _inputs(entry: Entry, notice: Notice, progress: Progress, sent: Sent) -> list[Input]:
    """The one form: what was already answered stands in it, and the enterprise's own number too."""
    known = {field.identity: text for field, text in progress.answered}
    parties = parties_of(entry.who)
    found = []
    for one in notice.form:
        value = known.get(one.field.identity, "")
        if one.field.definition == "party:unified_social_credit_code" and parties:
            value = value or parties[0]
        found.append(question(entry, one.field, (sent.get(ANSWER + one.field.id) or [value])[0], why=one.why))
    return found + [paper(entry, one.document, sent, one.why) for one in notice.papers]


def _hand_in(entry: Entry, service: Service, notice: Notice, progress: Progress) -> Any:
    request = entry.request
    sent: Sent = {name: request.POST.getlist(name) for name in request.POST}
    held = token_of(entry, request.POST.get("token", ""))
    party = request.POST.get("party", "")
    troubles: list[Trouble] = []
    if held is None or held.who != entry.who.id or held.about != _about(notice):
        what = "the form is not from this page, or too old"
        troubles.append(Trouble("S326", what, "Read it again and hand it in"))
    if party not in parties_of(entry.who):
        troubles.append(Trouble("S327", "this account does not speak for that enterprise", "Choose your own"))
    handed = hand_in(entry, [one.document.id for one in notice.papers], request.FILES, sent)
    troubles += [trouble for found in handed.troubles.values() for trouble in found]
    again = {**sent, **handed.sent}
    if troubles or held is None or not notice.may_apply:
        return entry.page("notice.html", _notice_page(entry, notice, progress, again, tuple(troubles)), 400)
    submission = {
        "fields": answers([one.field for one in notice.form], sent),
        "documents": handed.hashes,
        "promised": handed.promised,
    }
    application = Application(
        service.process, party, "applicant", notice.opening(progress.values, service.lead), submission
    )
    after = _begun(entry, service, notice, application, held.name)
    if isinstance(after, Refusal):
        return entry.page("notice.html", _notice_page(entry, notice, progress, again, after.reasons), 400)
    return HttpResponseRedirect(f"{entry.link('case', after.id)}?done=submit")


def _begun(entry: Entry, service: Service, notice: Notice, application: Application, name: str) -> Case | Refusal:
    """Begin the case; the same enterprise applies once for one place, however often it sends the form."""
    hall, party = entry.hall, application.party
    before = [one.history for one in entries(hall, entry.who, party)]
    earlier = [one for one in before if one.events[0].event.id != name]
    premises = str(application.submission["fields"].get("premises_address", ""))
    repeated = service.repeats(earlier, party, notice.industry.id, premises) if premises else ()
    if repeated:
        return Refusal(repeated)
    try:
        return begin(hall, entry.who, application, name)
    except YoursToMend as error:
        return Refusal(error.troubles)
