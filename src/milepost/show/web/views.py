"""What each address answers. A page is built from a visit; nothing is computed here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string

from milepost.basics.errors import MilepostError, Trouble, TryAgain, YoursToMend
from milepost.basics.text import LANGUAGES
from milepost.show.asking import finding_document
from milepost.show.document import plan_document
from milepost.show.web.figures_page import figures_page, home_page
from milepost.show.web.frame import bare_frame, frame
from milepost.show.web.made_page import made_page
from milepost.show.web.plan_page import plan_page
from milepost.show.web.row_page import row_page
from milepost.show.web.scoreboard_page import scoreboard_page
from milepost.show.web.site import KEY
from milepost.show.web.study_page import study_page
from milepost.show.web.target_page import target_page
from milepost.show.web.visit import Visit, day_asked, enter
from milepost.show.web.why_page import why_page
from milepost.show.web.wing_page import wing_page, wings_page
from milepost.show.wording import Wording

LARGEST_REQUEST_BYTES = 40_000_000
LARGEST_DELIVERY_BYTES = 2_000_000_000
WRONG_DAYS = {
    "known_on.no_date": Trouble("S102", "known_on is not a date", "Write it as year-month-day: 2023-11-22"),
    "known_on.future": Trouble("S103", "known_on is in the future", "Ask for today or an earlier day"),
}


def bounded(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Give the middleware that turns a request away which is too large, before anything of it is read."""

    def answer(request: Any) -> Any:
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_delivery = request.path.startswith(tuple(f"/{language}/records/" for language in LANGUAGES))
        most = LARGEST_DELIVERY_BYTES if is_delivery else LARGEST_REQUEST_BYTES
        if not length.isdigit() or int(length) > most:
            return _error(request, "too_large", 413)
        return get_response(request)

    return answer


def door(request: Any) -> Any:
    """Send the visitor to the plan in the language their browser asks for."""
    asked = request.GET.urlencode()
    return HttpResponseRedirect(f"/{_language(request)}/" + (f"?{asked}" if asked else ""))


def health(request: Any) -> Any:
    """Say that the site stands; nothing is walked."""
    return JsonResponse({"status": "ok"})


def plan(request: Any, language: str) -> Any:
    """The plan on one screen; the figures of a zone that has none."""
    visit = enter(request, language)
    if visit.walk.zone.plan.is_none:
        return _page(visit, "figures.html", home_page(visit))
    return _page(visit, "plan.html", plan_page(visit))


def target(request: Any, language: str, target_id: str) -> Any:
    """A target: what was promised, where it stands, and on what that rests."""
    visit = enter(request, language)
    if target_id not in visit.walk.outlooks:
        raise Http404
    return _page(visit, "target.html", target_page(visit, target_id))


def row(request: Any, language: str, reading_id: str) -> Any:
    """The row of the file that a figure came from, or what a computed one was made of."""
    visit = enter(request, language)
    found = next((reading for reading in visit.walk.readings if reading.id == reading_id), None)
    if found is None:
        raise Http404
    if found.made is not None:
        return _page(visit, "made.html", made_page(visit, found))
    return _page(visit, "row.html", row_page(visit, found))


def why(request: Any, language: str, target_id: str) -> Any:
    """What moved a target's chance, and how far each figure pulls it."""
    visit = enter(request, language)
    outlook = visit.walk.outlooks.get(target_id)
    if outlook is None or outlook.method != "method_path":
        raise Http404
    asked = next(one for one in visit.walk.zone.plan.targets() if one.id == target_id)
    return _page(visit, "why.html", why_page(visit, asked))


def figures(request: Any, language: str) -> Any:
    """What the zone counts from registers of its own."""
    visit = enter(request, language)
    return _page(visit, "figures.html", figures_page(visit))


def wings(request: Any, language: str) -> Any:
    """The systems the plan names, each with its page."""
    visit = enter(request, language)
    return _page(visit, "wings.html", wings_page(visit))


def wing(request: Any, language: str, wing_id: str) -> Any:
    """A wing: its figures, its promises, its questions, its records."""
    visit = enter(request, language)
    return _page(visit, "wing.html", wing_page(visit, wing_id))


def study(request: Any, language: str, study_id: str) -> Any:
    """A question put to the zone, and its answer with the proof."""
    visit = enter(request, language)
    page = study_page(visit, study_id)
    return _page(visit, "study.html", page, 400 if page["troubles"] else 200)


def study_document(request: Any, study_id: str) -> Any:
    """The answer to a question as `milepost ask --json` prints it."""
    site = request.META[KEY]
    day, wrong = day_asked(request.GET.get("known_on", ""), site.today())
    if wrong:
        return troubles_answer([WRONG_DAYS[wrong]], 400)
    given = {name: value for name, value in request.GET.items() if name not in ("known_on", "asked")}
    try:
        found = finding_document(site.answer(study_id, given, day)) | site.notice()
    except YoursToMend as error:
        return troubles_answer(error.troubles, 404 if error.troubles[0].code == "Q001" else 400)
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False})


def scoreboard(request: Any, language: str) -> Any:
    """Past chances beside what came true."""
    visit = enter(request, language)
    return _page(visit, "scoreboard.html", scoreboard_page(visit, visit.site.scoreboard()))


def method(request: Any, language: str) -> Any:
    """How a verdict comes about, and what a chance is not."""
    visit = enter(request, language)
    return _page(visit, "method.html", {"title": visit.words.say("method.title")})


def document(request: Any) -> Any:
    """The plan as the command line's `--json` prints it."""
    site = request.META[KEY]
    day, wrong = day_asked(request.GET.get("known_on", ""), site.today())
    if wrong:
        return troubles_answer([WRONG_DAYS[wrong]], 400)
    layout = {"ensure_ascii": False, "allow_nan": False}
    return JsonResponse(plan_document(site.walk(day)), json_dumps_params=layout)


def bad_request(request: Any, exception: object) -> Any:
    """A request the site cannot read."""
    return _error(request, "bad_request", 400)


def not_found(request: Any, exception: object) -> Any:
    """An address that leads nowhere."""
    return _error(request, "not_found", 404)


def not_from_here(request: Any, reason: str = "") -> Any:
    """A form that was not made by a page of this site for this browser."""
    return _error(request, "not_from_here", 403)


def failed(request: Any) -> Any:
    """A failure: what to do, with the lasting codes of what is to mend, and nothing else."""
    error = sys.exc_info()[1]
    troubles = list(error.troubles) if isinstance(error, MilepostError) else []
    return _error(request, "failed", 503 if isinstance(error, TryAgain) else 500, troubles)


def _page(visit: Visit, template: str, page: dict[str, Any], status: int = 200) -> Any:
    return HttpResponse(
        render_to_string(template, frame(visit) | page, visit.request), status=400 if visit.wrong else status
    )


def _error(request: Any, what: str, status: int, troubles: Sequence[Trouble] = ()) -> Any:
    if request.path.startswith("/api/"):
        said = Trouble("S105", Wording("en").say(f"error.{what}"), Wording("en").say(f"error.{what}_mend"))
        return troubles_answer(troubles or [said], status)
    codes = sorted({trouble.code for trouble in troubles})
    language = _language(request)
    site = request.META.get(KEY)
    notice = site.notice().get("notice", {}).get(language, "") if site is not None else ""
    context = bare_frame(language) | {"what": what, "codes": codes, "notice": notice}
    return HttpResponse(render_to_string("error.html", context), status=status)


def troubles_answer(troubles: Sequence[Trouble], status: int) -> Any:
    """Give troubles as data; their places stay here, a stranger has no use for our folders."""
    listed = [{"code": one.code, "what": one.what, "mend": one.mend} for one in troubles]
    return JsonResponse({"troubles": listed}, status=status, json_dumps_params={"ensure_ascii": False})


def _language(request: Any) -> str:
    """The language of the address, else the one the browser would rather have."""
    first = request.path.split("/")[1]
    if first in LANGUAGES:
        return str(first)
    accepted = str(request.META.get("HTTP_ACCEPT_LANGUAGE", "")).lower()
    places = {language: accepted.find(language) for language in LANGUAGES}
    found = [language for language in LANGUAGES if places[language] >= 0]
    return min(found, key=lambda language: places[language], default=LANGUAGES[0])
