"""At the counter: who asks, in which language, of which hall; and what stands around a page of the hall.

A form carries a token that names the person, the act and the request, so that sending twice is harmless and what one
person typed is never given back to another.
"""

from __future__ import annotations

import functools
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from milepost.basics.errors import Trouble
from milepost.basics.text import LANGUAGES, Text
from milepost.people.rights import Person
from milepost.show.hall.agenda import parties_of, sees_desk
from milepost.show.hall.hall import Hall
from milepost.show.number import day_words
from milepost.show.web.accounts import person_at_door
from milepost.show.web.frame import bare_frame
from milepost.show.web.site import KEY, Site
from milepost.show.wording import Wording, messages

_SALT = "milepost.form"
_TOKEN_LIVES_SECONDS = 7 * 24 * 3600
_ABSENT_TAKES_SECONDS = 0.06


@dataclass(frozen=True)
class Entry:
    """Somebody at the counter; `person` is None before they sign in."""

    request: Any
    language: str
    site: Site
    hall: Hall
    person: Person | None
    began: float

    @property
    def words(self) -> Wording:
        """The words of the language asked for."""
        return Wording(self.language)

    @property
    def who(self) -> Person:
        """The person who is signed in; behind `for_people` there is one."""
        return self.person or Person("")

    def link(self, page: str, *names: str) -> str:
        """Give the address of a page of this language."""
        return str(reverse(page, args=(self.language, *names)))

    def said(self, text: Text | Mapping[str, str] | None) -> str:
        """Give a text in the language asked for."""
        return "" if text is None else str(text[self.language])

    def page(self, template: str, page: Mapping[str, Any], status: int = 200) -> Any:
        """Give the answer: a page that no browser or proxy keeps."""
        body = render_to_string(template, hall_frame(self) | dict(page), self.request)
        return HttpResponse(body, status=status, headers={"Cache-Control": "no-store"})


def enter_hall(request: Any, language: str) -> Entry:
    """Give the entry of a request; an unknown language, or a site without a hall, is not found."""
    site: Site = request.META[KEY]
    if language not in LANGUAGES or site.hall is None:
        raise Http404
    return Entry(request, language, site, site.hall, person_at_door(request), time.monotonic())


def at_counter(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give a view for everybody: it receives an entry in place of request and language."""

    @functools.wraps(view)
    def answer(request: Any, language: str, **names: str) -> Any:
        return view(enter_hall(request, language), **names)

    return answer


def for_people(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give a view for those who are signed in; others are asked to, before anything is looked up.

    What they had typed is kept for them.
    """

    @functools.wraps(view)
    def answer(request: Any, language: str, **names: str) -> Any:
        from milepost.show.web.sign_in import ask_to_sign_in

        entry = enter_hall(request, language)
        return view(entry, **names) if entry.person is not None else ask_to_sign_in(entry)

    return answer


def absent(entry: Entry) -> Http404:
    """Give the answer for what is not there or not for this person: the same page, after the same time."""
    time.sleep(max(0.0, _ABSENT_TAKES_SECONDS - (time.monotonic() - entry.began)))
    return Http404()


def hall_frame(entry: Entry) -> dict[str, Any]:
    """Give what stands around a page of the hall."""
    other = next(language for language in LANGUAGES if language != entry.language)
    rest = entry.request.path.removeprefix(f"/{entry.language}/")
    asked = entry.request.GET.urlencode()
    zone = entry.hall.zone
    return (
        bare_frame(entry.language)
        | doors(entry.site, entry.language, entry.person, entry.request.path)
        | {
            "zone_name": zone.declared.name[entry.language],
            "notice": entry.said(zone.declared.notice),
            "method_link": entry.link("method"),
            "wings_link": entry.link("wings"),
            "scoreboard_link": entry.link("scoreboard"),
            "other": other,
            "other_html": "zh-Hans" if other == "zh" else "en",
            "other_link": f"/{other}/{rest}" + (f"?{asked}" if asked and entry.request.method == "GET" else ""),
            "today_words": day_words(entry.hall.today())[entry.language],
            "path": entry.request.path,
        }
    )


def doors(site: Site, language: str, person: Person | None, path: str) -> dict[str, Any]:
    """Give the doors of the hall for the head of every page; none where the site has no hall."""
    if site.hall is None:
        return {}
    names = ["duties", "apply"]
    if person is not None:
        names += ["own_cases"] if parties_of(person) else []
        names += ["desk"] if sees_desk(site.hall, person) else []
    names += ["records", "verify"]
    words = Wording(language)
    links = [(name, str(reverse(name, args=(language,)))) for name in names]
    listed = [
        {"link": link, "word": words.word("door", name), "is_here": path.startswith(link)} for name, link in links
    ]
    return {
        "doors": listed,
        "person_name": person.id if person else "",
        "sign_in_link": str(reverse("sign_in", args=(language,))),
        "sign_out_link": str(reverse("sign_out", args=(language,))),
    }


def token(entry: Entry, about: str, seen_at: int = 0) -> str:
    """Give a fresh form token for something (an act of a case, an application)."""
    held = {"who": entry.who.id, "about": about, "name": secrets.token_hex(16), "seen": seen_at}
    return str(signing.dumps(held, key=_key(entry), salt=_SALT))


@dataclass(frozen=True)
class Held:
    """What a form token holds: who it was made for, what about, the request's own name, and the event seen last."""

    who: str
    about: str
    name: str
    seen: int


def token_of(entry: Entry, text: str) -> Held | None:
    """Give what a token holds, or None where it was not made here or is too old."""
    try:
        held = signing.loads(text, key=_key(entry), salt=_SALT, max_age=_TOKEN_LIVES_SECONDS)
        return Held(str(held["who"]), str(held["about"]), str(held["name"]), int(held["seen"]))
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def _key(entry: Entry) -> str:
    return entry.hall.secret.hex()


def told(entry: Entry, troubles: tuple[Trouble, ...]) -> list[dict[str, str]]:
    """Give troubles in the reader's language; a code without words of its own is told as the room told it."""
    known = messages(entry.language)
    return [
        {
            "code": one.code,
            "what": known.get(f"trouble.{one.code}") or f"{one.what[:1].upper()}{one.what[1:]}. {one.mend}.",
            "about": one.what if f"trouble.{one.code}" in known and entry.language == "en" else "",
        }
        for one in troubles
    ]
