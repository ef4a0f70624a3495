"""The page of one thing of a register, from the blocks its wing declares, for those who may see it.

To everybody else, and for a code that nobody has, it is the same calm page: what is told of a single firm is told to
that firm and to those in charge.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string

from milepost.basics.errors import Trouble, YoursToMend
from milepost.cases.case import Refusal
from milepost.registers.page import Block, filled, is_own
from milepost.show.hall.about import open_about, opening_role
from milepost.show.things import Thing, find_thing, may_see, thing_page
from milepost.show.web import thing_blocks
from milepost.show.web.accounts import person_at_door
from milepost.show.web.answers import MOST_ROWS, shown
from milepost.show.web.counter import Entry, at_counter, token_of, told
from milepost.show.web.frame import frame
from milepost.show.web.sign_in import ask_to_sign_in
from milepost.show.web.study_page import told as told_troubles
from milepost.show.web.thing_blocks import SeenThing
from milepost.show.web.visit import Visit, enter
from milepost.show.web.wing_page import shown_block, waits_for

_CLOSED_TAKES_SECONDS = 0.15


def thing(request: Any, language: str, wing_id: str, thing_id: str, code: str) -> Any:
    """The page of a thing; for others a page that says who may see it."""
    began, visit = time.monotonic(), enter(request, language)
    found = _seen(visit, wing_id, thing_id, code)
    if found is None:
        return closed(visit, began)
    return _answer(visit, "thing.html", thing_content(visit, found))


@at_counter
def thing_case(entry: Entry, wing_id: str, thing_id: str, code: str, process: str) -> Any:
    """Open a case about a thing and go to it; what keeps it from being opened is told on the thing's page."""
    if entry.person is None:
        return ask_to_sign_in(entry)
    began, visit = time.monotonic(), enter(entry.request, entry.language)
    found = _seen(visit, wing_id, thing_id, code)
    if found is None or not found.is_own or found.thing.page.process_block(process, found.thing.row) is None:
        return closed(visit, began)
    opened = _opened(entry, found.thing, process)
    if isinstance(opened, str):
        return HttpResponseRedirect(entry.link("case", opened))
    return _answer(visit, "thing.html", thing_content(visit, found) | {"refused": told(entry, opened)}, 409)


def _opened(entry: Entry, one: Thing, process: str) -> str | tuple[Trouble, ...]:
    """Give the id of the case that was opened, or why none was."""
    held = token_of(entry, entry.request.POST.get("token", ""))
    if held is None or (held.who, held.about) != (entry.who.id, thing_blocks.case_token(one, process)):
        what = "the form is not from this page, or too old"
        return (Trouble("S326", what, "Open the page again and repeat it"),)
    role = opening_role(entry.hall, entry.who, one, process)
    if not role:
        return (Trouble("S205", "opening this case is not this person's to do", "Ask whom it belongs to"),)
    after = open_about(entry.hall, one, process, entry.who.id, role, held.name)
    return after.reasons if isinstance(after, Refusal) else after.id


def _seen(visit: Visit, wing_id: str, thing_id: str, code: str) -> SeenThing | None:
    """The thing as this visitor sees it, None where they do not. Raises Http404 where no wing declares such pages."""
    page = thing_page(visit.site.wings(), wing_id, thing_id)
    if page is None or page.register not in visit.walk.zone.registers:
        raise Http404
    wing = next(one for one in visit.site.wings() if one.id == wing_id)
    on = visit.asked_on or visit.site.today()
    found = find_thing(visit.walk.zone, wing_id, page, code, on, visit.asked_on)
    if found is None:
        return None
    rights = visit.site.hall.rights if visit.site.hall is not None else None
    is_own = may_see(rights, person_at_door(visit.request), page, found.party)
    return SeenThing(wing, found, is_own) if is_own or found.register.is_public else None


def closed(visit: Visit, began: float) -> Any:
    """Give the page for whoever may not see a thing, after the same time whether or not there is one."""
    time.sleep(max(0.0, _CLOSED_TAKES_SECONDS - (time.monotonic() - began)))
    person = person_at_door(visit.request)
    is_stranger = person is None and visit.site.hall is not None
    here = urlencode({"next": visit.request.get_full_path()})
    page = {
        "title": visit.words.say("thing.closed"),
        "wings_link": visit.link("wings"),
        "person": person.id if person else "",
        "sign_in_here": f"/{visit.language}/sign-in/?{here}" if is_stranger else "",
    }
    return _answer(visit, "closed.html", page, 403)


def thing_content(visit: Visit, found: SeenThing) -> dict[str, Any]:
    """Give what the template of a thing shows."""
    one, wing = found.thing, found.wing
    blocks = [_block(visit, block, found) for block in one.page.blocks if block.fits(one.row)]
    return {
        "title": one.name,
        "code": one.code if one.name != one.code else "",
        "kind": one.page.name[visit.language],
        "is_own": found.is_own,
        "wing": wing.label[visit.language],
        "wing_link": visit.link("wing", wing.id),
        "above": [
            {"link": visit.link("thing", wing.id, page, code), "code": code} for page, code in reversed(one.above)
        ],
        "blocks": [block for block in blocks if block is not None],
    }


_OWN_BLOCKS = {"facts": thing_blocks.facts, "things": thing_blocks.parts, "case": thing_blocks.case}


def _block(visit: Visit, block: Block, found: SeenThing) -> dict[str, Any] | None:
    if block.kind == "study":
        return shown_block(visit, block, _study(visit, block, found))
    if block.kind in _OWN_BLOCKS:
        return shown_block(visit, block, _OWN_BLOCKS[block.kind](visit, block, found))
    return shown_block(visit, block, wing=found.wing)


def _study(visit: Visit, block: Block, found: SeenThing) -> dict[str, Any] | None:
    """A question asked of this thing alone: answered whole to whom all may be told that is told of it."""
    given = {name: value for name, value in filled(block.set, found.thing.row).items() if value}
    if not any(name in given and is_own(value) for name, value in block.set.items()):
        return None  # nothing of the thing is left in the question: it would be asked of everything
    study = found.wing.studies()[block.study]
    said = {"question": study.question[visit.language], "link": ""}
    if waits := waits_for(visit, found.wing, study):
        return said | {"waits": visit.words.say("wing.waits", registers=waits)}
    try:
        finding = visit.site.answer_of_one(study.id, given, visit.asked_on, found.is_own)
    except YoursToMend as error:
        return said | {"troubles": told_troubles(visit, error)}
    answer = shown(finding, visit.words, MOST_ROWS)
    if block.tables:
        answer["tables"] = [table for table in answer["tables"] if table["id"] in block.tables]
    return said | {"answer": answer}


def _answer(visit: Visit, template: str, page: dict[str, Any], status: int = 200) -> Any:
    """A page that no browser or proxy keeps."""
    body = render_to_string(template, frame(visit) | page, visit.request)
    return HttpResponse(body, status=400 if visit.wrong else status, headers={"Cache-Control": "no-store"})
