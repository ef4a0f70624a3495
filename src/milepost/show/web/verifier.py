"""Licences on pages: the issued one with its code, the verifier for everybody, the public status list and keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import Http404, JsonResponse
from django.utils.safestring import mark_safe

from milepost.domains.licensing.qr_code import qr_svg, qr_text
from milepost.domains.licensing.verifying import LONGEST_FILE_BYTES, Verification
from milepost.people.rights import Person
from milepost.show.hall.licences import ISSUING, LIST, licence_in, was_issued
from milepost.show.hall.sight import seen
from milepost.show.number import day_words
from milepost.show.web.case_acts import act_forms, act_on
from milepost.show.web.case_page import branch_names
from milepost.show.web.counter import Entry, absent, at_counter, for_people, told
from milepost.show.web.site import KEY

_LAMPS = {"valid": "met", "not_valid": "missed", "valid_but_revocation_not_checked": "at risk"}
_CHECK_LAMPS = {"passed": "met", "failed": "missed", "not_checked": "at risk"}


@for_people
def licence(entry: Entry, case_id: str) -> Any:
    """An issued licence, to be printed or shown; its parts as they stand now, and what this person may do to it."""
    history = seen(entry.hall, entry.who, case_id)
    licences = entry.site.licences
    if history is None or licences is None or not was_issued(history.case):
        raise absent(entry)
    officer = next(who for act, _, who in history.case.did if act in ISSUING)
    standing = licences.bring_into_force(Person(officer), history)
    if standing is None:
        raise absent(entry)
    signed = licence_in(standing)
    failed = None
    if entry.request.method == "POST":
        done, failed = act_on(entry, standing)
        if done is not None:
            return done
        standing = entry.hall.docket.history(standing.case.id) or standing
    text = qr_text(signed)
    verification = licences.verified(text.encode(), entry.hall.now())
    subject = signed["credentialSubject"]
    page = {
        "title": entry.words.say("licence.title"),
        "number": verification.number,
        "verdict": verdict_words(entry, verification),
        "holder": subject["name"],
        "uscc": str(subject["id"]).removeprefix("urn:uscc:"),
        "premises": subject["premises"],
        "industry": entry.said(subject["industryName"]),
        "issuer": entry.said(signed["issuer"]["name"]),
        "valid_until": _day(entry, signed.get("validUntil", "")),
        "parts": parts(entry, signed, verification),
        "qr": mark_safe(_picture(signed)),
        "text": text,
        "case_link": entry.link("case", case_id),
        "acts": act_forms(entry, standing, branch_names(entry, standing), failed),
        "troubles": told(entry, failed.troubles) if failed else [],
    }
    return entry.page("licence.html", page, 409 if failed else 200)


def _picture(signed: Mapping[str, Any]) -> str:
    """The code as a picture that is drawn whole at any size; nothing where the licence is too large for one code."""
    try:
        svg = qr_svg(signed)
    except ValueError:
        return ""
    return re.sub(r'^.*?<svg([^>]*?) width="(\d+)" height="(\d+)"', r'<svg\1 viewBox="0 0 \2 \3"', svg, count=1)


def parts(entry: Entry, signed: Mapping[str, Any], verification: Verification) -> list[dict[str, str]]:
    """Give the permits of a licence with their numbers, days and how each stands now."""
    stands = {part.permit: part.standing for part in verification.parts}
    return [
        {
            "name": entry.said(part["name"]),
            "number": str(part["number"]),
            "authority": entry.said(part["authority"]),
            "valid_from": _day(entry, part["validFrom"]),
            "valid_until": _day(entry, part.get("validUntil", "")),
            "standing": stands.get(part["permit"], "not_checked"),
            "word": entry.words.word("part", stands.get(part["permit"], "not_checked")),
        }
        for part in signed["credentialSubject"]["permits"]
    ]


@at_counter
def verify(entry: Entry) -> Any:
    """May this licence be believed? Paste the code or choose its file; nothing is sent elsewhere, nothing is kept."""
    licences, request = entry.site.licences, entry.request
    if licences is None:
        raise absent(entry)
    page: dict[str, Any] = {"title": entry.words.say("verify.title"), "pasted": ""}
    if request.method != "POST":
        return entry.page("verify.html", page)
    came = request.FILES.get("file")
    pasted = request.POST.get("code", "")[: LONGEST_FILE_BYTES + 1]
    content = came.read(LONGEST_FILE_BYTES + 1) if came is not None else pasted.encode("utf-8", "replace")
    asked = {"holder_uscc": request.POST.get("uscc", "").strip()[:100]}
    found = licences.verified(content, entry.hall.now(), **asked)
    page |= {
        "pasted": pasted if came is None else "",
        "uscc": asked["holder_uscc"],
        "verdict": verdict_words(entry, found),
        "checks": [
            {"lamp": _CHECK_LAMPS[one.standing], "says": entry.said(one.says), "code": one.code} for one in found.checks
        ],
        "found": found,
        "valid_until": _day(entry, found.valid_until),
        "parts": [
            {
                "name": entry.said(one.name),
                "number": one.number,
                "valid_until": _day(entry, one.valid_until),
                "standing": one.standing,
                "word": entry.words.word("part", one.standing),
            }
            for one in found.parts
        ],
    }
    return entry.page("verify.html", page)


def verdict_words(entry: Entry, found: Verification) -> dict[str, str]:
    """Give a verdict as a word with its lamp."""
    return {"lamp": _LAMPS[found.verdict], "word": entry.words.word("verify", found.verdict), "id": found.verdict}


def _day(entry: Entry, moment: str) -> str:
    from datetime import datetime

    try:
        return day_words(datetime.fromisoformat(moment).date())[entry.language] if moment else ""
    except ValueError:
        return ""


def status_list(request: Any, list_id: str) -> Any:
    """The signed status list, for every verifier: what is revoked shows at once."""
    site = request.META[KEY]
    if site.licences is None or list_id != LIST:
        raise Http404
    answer = JsonResponse(site.licences.status_list(site.hall.now()), json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-cache"
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Content-Type"] = "application/vc+json"
    return answer


def keys(request: Any) -> Any:
    """The issuer's public keys."""
    site = request.META[KEY]
    if site.licences is None:
        raise Http404
    answer = JsonResponse(site.licences.issuer.document(), json_dumps_params={"ensure_ascii": False})
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
