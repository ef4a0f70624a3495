"""Signing in and out. Whoever was typing when their session ended finds their words again afterwards."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from milepost.people.rights import Person
from milepost.show.hall.agenda import parties_of, sees_desk
from milepost.show.web.accounts import person_of
from milepost.show.web.counter import Entry, at_counter, token_of

KEPT = "kept."
TYPED = "typed"
_LONGEST_KEPT = 20_000
_TRIES, _WINDOW_SECONDS = 8, 300.0


class Tries:
    """How often a name was tried in vain lately: guessing is slowed down, whether or not the name exists."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, list[float]] = OrderedDict()
        self._door = threading.Lock()

    def may_try(self, name: str) -> bool:
        """May this name be tried now?"""
        with self._door:
            recent = [moment for moment in self._failed.get(name, []) if moment > time.monotonic() - _WINDOW_SECONDS]
            return len(recent) < _TRIES

    def failed(self, name: str) -> None:
        """Note a try in vain."""
        with self._door:
            recent = [*self._failed.pop(name, []), time.monotonic()][-_TRIES:]
            self._failed[name] = recent
            while len(self._failed) > 10_000:
                self._failed.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forget what was in vain."""
        with self._door:
            self._failed.pop(name, None)


_TRIED = Tries()


@at_counter
def sign_in(entry: Entry) -> Any:
    """The page to sign in on."""
    request = entry.request
    if request.method != "POST":
        return _page(entry, _next(request.GET.get("next", "")), {})
    place = _next(request.POST.get("next", ""))
    typed = {name.removeprefix(KEPT): request.POST.getlist(name) for name in request.POST if name.startswith(KEPT)}
    name, password = request.POST.get("name", "")[:150], request.POST.get("password", "")[:4096]
    about = f"{entry.hall.folder}:{name}"
    if not _TRIED.may_try(about):
        return _page(entry, place, typed, wrong="sign_in.wait", name=name, status=429)
    user = authenticate(request, username=name, password=password)
    if user is None:
        _TRIED.failed(about)
        return _page(entry, place, typed, wrong="sign_in.wrong", name=name, status=403)
    _TRIED.succeeded(about)
    login(request, user)
    request.session.set_expiry(entry.hall.zone.declared.settings.session_minutes * 60)
    if typed:
        request.session[TYPED] = {"path": place, "fields": typed}
    return HttpResponseRedirect(place or _own_page(entry, person_of(user)))


@at_counter
def sign_out(entry: Entry) -> Any:
    """Sign out and go to the plan."""
    logout(entry.request)
    return HttpResponseRedirect(f"/{entry.language}/")


def ask_to_sign_in(entry: Entry) -> Any:
    """Ask a visitor to sign in; what they sent is kept in the page until they do."""
    request = entry.request
    if request.method != "POST":
        return HttpResponseRedirect(f"{entry.link('sign_in')}?next={request.get_full_path()}")
    typed = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    held = token_of(entry, request.POST.get("token", ""))
    place = request.POST.get("shown_at", "") or request.path
    wrong = "sign_in.ended_files" if request.FILES else "sign_in.ended"
    if held is None or sum(len(part) for parts in typed.values() for part in parts) > _LONGEST_KEPT:
        return _page(entry, _next(place), {}, wrong="sign_in.ended_lost", status=403)
    return _page(entry, _next(place), typed, wrong=wrong, name=held.who, status=403)


def typed_before(entry: Entry, about: str) -> dict[str, list[str]]:
    """Give what this person had typed in a form when their session ended, once; only to the one who typed it."""
    kept = entry.request.session.get(TYPED)
    if not kept or kept.get("path", "").split("?")[0] != entry.request.path:
        return {}
    fields: dict[str, list[str]] = kept["fields"]
    held = token_of(entry, (fields.get("token") or [""])[0])
    if held is None or held.who != entry.who.id:
        del entry.request.session[TYPED]
        return {}
    if held.about != about:
        return {}
    del entry.request.session[TYPED]
    return {name: parts for name, parts in fields.items() if name != "token"}


def _next(place: str) -> str:
    """Give where to go afterwards: a page of this site, whatever was asked; empty where none is."""
    is_ours = place.startswith("/") and url_has_allowed_host_and_scheme(place, allowed_hosts=None)
    return place if is_ours and "/sign-" not in place else ""


def _own_page(entry: Entry, person: Person) -> str:
    """Give the page somebody wants first."""
    if parties_of(person):
        return entry.link("own_cases")
    return entry.link("desk" if sees_desk(entry.hall, person) else "duties")


def _page(
    entry: Entry, place: str, typed: dict[str, list[str]], wrong: str = "", name: str = "", status: int = 200
) -> Any:
    kept = [(KEPT + key, part) for key, parts in typed.items() for part in parts]
    page = {
        "title": entry.words.say("sign_in.title"),
        "next": place,
        "kept": kept,
        "wrong": entry.words.word("sign_in", wrong.removeprefix("sign_in.")) if wrong else "",
        "name": name,
    }
    return entry.page("sign_in.html", page, status)
